/** Acts of one window at a time. */
import { expect } from "chai";
import { Turn } from "../../web/src/engine/patientTurn.ts";
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
