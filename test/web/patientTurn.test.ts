/** Acts of one window at a time. */
import { expect } from "chai";
import type { Progress } from "diptych";
import { paced, Turn } from "../../web/src/engine/patientTurn.ts";
import { expectCode } from "../expectCode.ts";

/** Something under way until it is told to end. */
function underWay() {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { end, act: () => ended };
}

describe("web: acts of one window at a time", () => {
  const name = `test ${Math.random()}`;

  it("run beside others of their window, and keep other windows out until the last one ended", async () => {
    const [one, other] = [new Turn(name), new Turn(name)];
    const [first, second] = [underWay(), underWay()];
    const running = [one.take(first.act), one.take(second.act)];
    await expectCode("home-locked", () => other.take(async () => undefined));
    first.end();
    await running[0];
    expect(one.busy).to.equal(true);
    await expectCode("home-locked", () => other.take(async () => undefined));
    second.end();
    await running[1];
    expect(one.busy).to.equal(false);
    expect(await other.take(async () => 7)).to.equal(7);
    expect(await one.take(async () => 8)).to.equal(8);
  });

  it("let go when they fail", async () => {
    const [one, other] = [new Turn(name), new Turn(name)];
    const failure = new Error("no");
    expect(await one.take(() => Promise.reject(failure)).catch((error) => error)).to.equal(failure);
    expect(await other.take(async () => 7)).to.equal(7);
  });
});

describe("web: progress at people's pace", () => {
  it("tells each step's begin and end, and little of ten thousand reports between", () => {
    const told: Progress[] = [];
    const { progress } = paced({ progress: (each) => told.push(each) });
    const report = (step: "encrypt" | "wrap", done: number) =>
      progress?.({ step, done, total: 10_000, unit: step === "encrypt" ? "parts" : "views" });
    for (const step of ["encrypt", "wrap"] as const)
      for (let done = 0; done <= 10_000; done++) report(step, done);
    for (const step of ["encrypt", "wrap"]) {
      const of = told.filter((each) => each.step === step).map(({ done }) => done);
      expect([of[0], of.at(-1)]).to.deep.equal([0, 10_000]);
      expect(of.length).to.be.below(1_000);
    }
  });

  it("leaves options without progress as they are", () => {
    const options = { signal: new AbortController().signal };
    expect(paced(options)).to.equal(options);
  });
});
