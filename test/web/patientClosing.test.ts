/** What a patient's timeline says of closings: those of a change aren't those that a patient asked for. */
import { expect } from "chai";
import { isForChange, type Standing } from "../../web/src/engine/patientClosing.ts";

const hour = 3_600;
const stored: Standing[] = [
  { side: "storage", kind: "published", time: 0 },
  { side: "shared", kind: "published", time: 10 },
];
const closed = (side: Standing["side"], time: number): Standing => ({ side, kind: "closed", time });
const published = (side: Standing["side"], time: number): Standing => ({ side, kind: "published", time });
/** What each closing of a history is taken for; sides one after the other, as ledgers are read. */
function told(events: readonly Standing[], changing = false, now = 1_000_000): boolean[] {
  const all = [...stored, ...events];
  const history = [
    ...all.filter(({ side }) => side === "storage"),
    ...all.filter(({ side }) => side === "shared"),
  ];
  return history
    .filter(({ kind }) => kind === "closed")
    .map((each) => isForChange(each, history, changing, now));
}

describe("web: a closing in a patient's timeline", () => {
  it("of one side that is stored anew belongs to a change", () => {
    expect(told([closed("shared", 100), published("shared", 160), published("storage", 140)])).to.deep.equal([
      true,
    ]);
  });

  it("of both sides that are stored anew soon belongs to a change", () => {
    const events = [closed("storage", 100), closed("shared", 110)];
    expect(told([...events, published("storage", 200), published("shared", 210)])).to.deep.equal([
      true,
      true,
    ]);
  });

  it("of both sides and no more is the patient's own, and stays so when they are opened again another day", () => {
    const events = [closed("storage", 100), closed("shared", 110)];
    expect(told(events)).to.deep.equal([false, false]);
    const again = [published("storage", 24 * hour), published("shared", 24 * hour + 60)];
    expect(told([...events, ...again])).to.deep.equal([false, false]);
  });

  it("of one side alone belongs to a change that stopped, finished or not", () => {
    expect(told([closed("shared", 100)])).to.deep.equal([true]);
    expect(told([closed("shared", 100), published("shared", 24 * hour)])).to.deep.equal([true]);
  });

  it("of both sides belongs to the change that is under way", () => {
    const events = [closed("storage", 100), closed("shared", 110)];
    expect(told(events, true, 200)).to.deep.equal([true, true]);
    // What is begun a day later is another thing: opening it again.
    expect(told(events, true, 24 * hour)).to.deep.equal([false, false]);
  });

  it("that comes after a change is told by itself", () => {
    const change = [closed("shared", 100), published("shared", 160)];
    expect(told([...change, closed("storage", 9 * hour), closed("shared", 9 * hour + 5)])).to.deep.equal([
      false,
      true,
      false,
    ]);
  });
});
