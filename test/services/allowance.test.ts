/** How much somebody may take of what is there for all. */
import { expect } from "chai";
import fc from "fast-check";
import { Allowance } from "../../src/services/allowance.ts";

describe("services: an allowance", () => {
  it("is each name's own, and comes back evenly", () => {
    const allowance = new Allowance(100, 1000);
    expect(allowance.take("a", 60, 0)).to.equal(0);
    expect(allowance.take("a", 40, 0)).to.equal(0);
    expect(allowance.take("a", 1, 0)).to.equal(10);
    expect(allowance.take("b", 100, 0)).to.equal(0);
    expect(allowance.take("a", 30, 100)).to.equal(200);
    expect(allowance.take("a", 30, 300)).to.equal(0);
    expect(allowance.take("a", 1, 300)).to.equal(10);
    expect(allowance.take("a", 100, 1300)).to.equal(0);
    expect(allowance.take("a", 101, 9999)).to.equal(Number.POSITIVE_INFINITY);
  });

  it("what was refused takes nothing, and the wait that it names is enough, whatever came before", () => {
    const takings = fc.array(fc.record({ amount: fc.nat(100), pause: fc.nat(400) }), { maxLength: 30 });
    fc.assert(
      fc.property(takings, (list) => {
        const allowance = new Allowance(100, 1000);
        let now = 0;
        let taken = 0;
        for (const { amount, pause } of list) {
          now += pause;
          const wait = allowance.take("a", amount, now);
          if (wait > 0) {
            now += wait;
            expect(allowance.take("a", amount, now)).to.equal(0);
          }
          taken += amount;
          // All of it at once, and from then on what comes back.
          expect(taken).to.be.at.most(100 + now / 10 + 1e-6);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("remembers so many names and no more, and a clock that is set back gives nothing", () => {
    const allowance = new Allowance(1, 1000, 2);
    for (const name of ["a", "b"]) expect(allowance.take(name, 1, 500)).to.equal(0);
    expect(allowance.take("a", 1, 400)).to.equal(1000);
    expect(allowance.take("c", 1, 500)).to.equal(0);
    // "b" was not seen for longest.
    expect(allowance.take("a", 1, 500)).to.equal(1000);
    expect(allowance.take("b", 1, 500)).to.equal(0);
  });
});
