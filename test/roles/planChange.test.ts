/** What a change of sides and rights entails, against what brute force over attribute sets says that readers lose. */
import { expect } from "chai";
import fc from "fast-check";
import { unrestricted } from "../../src/ces/index.ts";
import { parsePolicy, satisfies } from "../../src/policy/index.ts";
import { checkSharedSide, planChange, type Rights } from "../../src/roles/redefinition.ts";
import { expectCode } from "../expectCode.ts";

const attributes = ["a:1", "b:1", "c:1", "d:1"];
/** Every set of attributes that somebody can hold. */
const holders = Array.from({ length: 1 << attributes.length }, (_, bits) =>
  attributes.filter((_, i) => (bits >> i) & 1),
);
const n = 5;
const labels = ["a", "b", "c", "d", "e"].map((label) => ({ label }));
const free = { header: { n, ceas: unrestricted }, parts: labels };
const positions = [1, 2, 3, 4, 5];

/** Policies without negation over the four attributes, brackets everywhere. */
const { policy } = fc.letrec<{ policy: string }>((tie) => ({
  policy: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom(...attributes),
    fc.tuple(tie("policy"), tie("policy")).map(([x, y]) => `(${x} and ${y})`),
    fc.tuple(tie("policy"), tie("policy")).map(([x, y]) => `(${x} or ${y})`),
    fc.tuple(tie("policy"), tie("policy"), tie("policy")).map(([x, y, z]) => `2 of (${x}, ${y}, ${z})`),
  ),
}));
/** Rights as they must be: whoever reads the whole record reads the shared side. */
const someRights = fc
  .tuple(policy, policy)
  .map(([full, more]): Rights => ({ full, shared: `${full} or ${more}` }));
const someSide = fc.subarray(positions, { minLength: 1, maxLength: n - 1 });
const state = fc.record({ shared: someSide, rights: someRights });

/** For each of the holders, whether they satisfy the full and the shared view's policy. */
function admitted({ full, shared }: Rights) {
  const [toFull, toShared] = [full, shared].map((text) => {
    const parsed = parsePolicy(text);
    return holders.map((held) => satisfies(parsed, held));
  });
  return { full: toFull!, shared: toShared! };
}

function someone(is: (holder: number) => boolean | undefined): boolean {
  return holders.some((_, holder) => is(holder));
}

describe("roles: planning a change", () => {
  it("rotates a part exactly when someone loses it, and ends an epoch exactly where someone loses something", () => {
    fc.assert(
      fc.property(state, state, (before, after) => {
        const plan = planChange(before, after, free);
        const [could, can] = [admitted(before.rights), admitted(after.rights)];
        // A part can be read on either ledger.
        const lost = positions.filter((position) =>
          someone((holder) => {
            const did = could.full[holder] || (before.shared.includes(position) && could.shared[holder]);
            return did && !can.full[holder] && !(after.shared.includes(position) && can.shared[holder]);
          }),
        );
        expect(plan.rotate).to.deep.equal(lost);

        const leaves = before.shared.some((position) => !after.shared.includes(position));
        const joins = after.shared.some((position) => !before.shared.includes(position));
        for (const view of ["full", "shared"] as const) {
          const loses = someone((holder) => could[view][holder] && !can[view][holder]);
          const ends = loses || (view === "shared" && leaves);
          expect(plan.views[view] === "next", `${view}: next epoch`).to.equal(ends);
          // What someone gains comes with a publish, and no view is left with a part under a key that no longer counts.
          const gains = someone((holder) => !could[view][holder] && can[view][holder]);
          const stale = lost.some((position) => view === "full" || after.shared.includes(position));
          if (gains || stale || (view === "shared" && joins))
            expect(plan.views[view]).not.to.equal(undefined);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("a blocked account loses everything: all parts rotate, both epochs end", () => {
    fc.assert(
      fc.property(state, state, (before, after) => {
        const plan = planChange(before, { ...after, block: [`0x${"ab".repeat(20)}`] }, free);
        expect(plan.rotate).to.deep.equal(positions);
        expect(plan.views).to.deep.equal({ full: "next", shared: "next" });
      }),
      { numRuns: 50 },
    );
  });

  it("no change plans nothing; the order and repeats of positions don't count", () => {
    fc.assert(
      fc.property(state, (before) => {
        const nothing = { shared: before.shared, rights: before.rights, block: [], rotate: [], views: {} };
        expect(planChange(before, {}, free)).to.deep.equal(nothing);
        const shuffled = [...before.shared, ...before.shared].reverse();
        expect(planChange(before, { shared: shuffled }, free)).to.deep.equal(nothing);
      }),
      { numRuns: 50 },
    );
  });

  it("refuses rights under which a reader of the whole record doesn't read the shared side", async () => {
    const before = { shared: [1], rights: { full: "a:1", shared: "a:1 or b:1" } };
    for (const rights of [
      { full: "a:1", shared: "b:1" },
      { full: "a:1 or c:1", shared: "a:1 or b:1" },
      { full: "a:1", shared: "a:1 and b:1" },
    ])
      await expectCode("rights-inconsistent", () => planChange(before, { rights }, free));
    const rights = { full: "a:1", shared: "a:1 or" };
    await expectCode("policy-syntax", () => planChange(before, { rights }, free));
  });

  it("refuses a shared side that is empty, everything, or against the doctor's rule", async () => {
    const ceas = { mandatory: [], implications: [{ position: 3, needs: 2 }], never: [5] };
    const ruled = { header: { n, ceas }, parts: labels };
    for (const shared of [[], positions])
      await expectCode("record-one-sided", () => checkSharedSide(shared, free));
    for (const shared of [[5], [1, 5], [3], [1, 3]]) {
      const error = await expectCode("record-move-forbidden", () => checkSharedSide(shared, ruled));
      expect(error.message).to.match(/part [35] may/);
    }
    for (const shared of [[0], [6], [2.5]])
      await expectCode("argument-invalid", () => checkSharedSide(shared, ruled));
    checkSharedSide([2, 3], ruled);
  });

  it("refuses an envelope on the shared side, even where the doctor's rule forgot it", async () => {
    const parts = [...labels.slice(0, 4), { label: "envelope" }];
    await expectCode("record-move-forbidden", () => checkSharedSide([1, 5], { ...free, parts }));
    checkSharedSide([1, 4], { ...free, parts });
  });
});
