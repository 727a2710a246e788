/** Works that must not run beside each other. */
import { expect } from "chai";
import { Turns } from "../../src/core/turns.ts";

const soon = () => new Promise((resolve) => setTimeout(resolve, 2));

describe("core: turns", () => {
  it("works run one after the other, in the order in which they were asked for", async () => {
    const turns = new Turns();
    const told: string[] = [];
    const work = (name: string, pauses: number) => async () => {
      told.push(`${name} begins`);
      for (let i = 0; i < pauses; i++) await soon();
      told.push(`${name} ends`);
      return name;
    };
    const made = [turns.take(work("long", 5)), turns.take(work("short", 0)), turns.take(work("last", 1))];
    expect(await Promise.all(made)).to.deep.equal(["long", "short", "last"]);
    const inOrder = ["long", "short", "last"].flatMap((name) => [`${name} begins`, `${name} ends`]);
    expect(told).to.deep.equal(inOrder);
  });

  it("one that fails is its caller's trouble alone", async () => {
    const turns = new Turns();
    const trouble = new Error("of the first");
    const failing = turns.take(async () => {
      await soon();
      throw trouble;
    });
    const thrownAtOnce = turns.take(() => {
      throw trouble;
    });
    const next = turns.take(async () => "done");
    expect(await failing.catch((error: unknown) => error)).to.equal(trouble);
    expect(await thrownAtOnce.catch((error: unknown) => error)).to.equal(trouble);
    expect(await next).to.equal("done");
  });

  it("are settled when all asked for before are over, the failed ones too", async () => {
    const turns = new Turns();
    let over = 0;
    const failing = turns.take(async () => {
      await soon();
      over += 1;
      throw new Error("nobody's");
    });
    const good = turns.take(async () => {
      await soon();
      over += 1;
    });
    failing.catch(() => undefined);
    await turns.settled();
    expect(over).to.equal(2);
    await good;
    await turns.settled();
  });
});
