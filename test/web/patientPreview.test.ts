/** What the page tells a patient of a change before it is confirmed, and which parts it lets move. */
import { expect } from "chai";
import { planChange } from "diptych";
import { permits } from "diptych/ces";
import { implies, parsePolicy, satisfies } from "diptych/policy";
import fc from "fast-check";
import {
  permittedSide,
  previewChange,
  type Standing,
  withEverybodyOf,
} from "../../web/src/engine/patientPreview.ts";
import { locksOf, type PlacedPart } from "../../web/src/patient/moving.ts";
import { expectCode } from "../expectCode.ts";

const free = { mandatory: [], implications: [], never: [] };
const rights = { full: "role:doctor", shared: "role:doctor or role:researcher" };
const partsOf = (n: number, shared: readonly number[]): PlacedPart[] =>
  Array.from({ length: n }, (_, i) => ({
    position: i + 1,
    label: `part ${i + 1}`,
    side: shared.includes(i + 1) ? "shared" : "private",
  }));
const standing = (shared: readonly number[]): Standing => ({ parts: partsOf(4, shared), ceas: free, rights });

describe("web: what a change would come to", () => {
  it("moving a part to the shared side lets in those whom only that side's rule names", () => {
    const preview = previewChange(standing([1]), { shared: [1, 2] });
    expect(preview.gains).to.deep.equal([{ policy: "role:researcher", positions: [2] }]);
    expect(preview.loses).to.deep.equal([]);
    expect(preview.encrypted).to.deep.equal([]);
    expect(preview.entries).to.deep.equal({ storage: 0, shared: 1 });
  });

  it("moving it back takes it from them, encrypts it anew and ends what is granted on the shared ledger", () => {
    const preview = previewChange(standing([1, 2]), { shared: [1] });
    expect(preview.loses).to.deep.equal([{ policy: "role:researcher", positions: [2] }]);
    expect(preview.encrypted).to.deep.equal([2]);
    expect(preview.grantsEnd).to.deep.equal(["shared"]);
    expect(preview.entries).to.deep.equal({ storage: 1, shared: 2 });
  });

  it("rules that change tell who comes and who goes", () => {
    const wish = { rights: { full: "role:nurse", shared: "role:nurse or role:researcher" } };
    const preview = previewChange(standing([1]), wish);
    const all = [1, 2, 3, 4];
    expect(preview.gains).to.deep.equal([{ policy: "role:nurse", positions: all }]);
    expect(preview.loses).to.deep.equal([{ policy: "role:doctor", positions: all }]);
    expect(preview.grantsEnd).to.deep.equal(["storage", "shared"]);
  });

  it("the first publish lets in whomever the rules name, and encrypts everything", () => {
    const preview = previewChange({ parts: partsOf(3, []), ceas: free }, { shared: [2], rights });
    expect(preview.gains).to.deep.equal([
      { policy: "role:doctor", positions: [1, 2, 3] },
      { policy: "role:researcher", positions: [2] },
    ]);
    expect(preview.encrypted).to.deep.equal([1, 2, 3]);
    expect(preview.entries).to.deep.equal({ storage: 1, shared: 1 });
  });

  it("tells purposes that narrow, blocks, and a view that is opened again", () => {
    const narrowed = { ...rights, purposes: { full: ["TREAT"] } };
    const preview = previewChange(standing([1]), { rights: narrowed });
    expect(preview.purposes).to.deep.equal(["storage"]);
    expect(preview.gains).to.deep.equal([]);
    const account = `0x${"1".repeat(40)}`;
    const blocking = previewChange(standing([1]), { block: [account] });
    expect(blocking.blocked).to.deep.equal([account]);
    expect(blocking.encrypted).to.deep.equal([1, 2, 3, 4]);
    expect(previewChange(standing([1]), { reopen: ["full"] }).entries).to.deep.equal({
      storage: 1,
      shared: 0,
    });
    expect(previewChange(standing([1]), {}).nothing).to.equal(true);
  });

  it("refuses what the record or its rules don't allow", async () => {
    await expectCode("record-one-sided", () => previewChange(standing([1]), { shared: [] }));
    await expectCode("rights-inconsistent", () =>
      previewChange(standing([1]), { rights: { full: "role:doctor", shared: "role:nurse" } }),
    );
  });

  it("names as losers exactly when something is encrypted anew, whatever the rules", () => {
    const roles = ["role:a", "role:b", "role:c", "org:x and role:a"];
    const policies = fc
      .uniqueArray(fc.constantFrom(...roles), { minLength: 1 })
      .map((each) => each.join(" or "));
    const sides = fc.subarray([1, 2, 3, 4], { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(policies, policies, policies, policies, sides, sides, (a, b, c, d, from, to) => {
        const before = { full: a, shared: withEverybodyOf(a, b) };
        const after = { full: c, shared: withEverybodyOf(c, d) };
        const preview = previewChange(
          { parts: partsOf(4, from), ceas: free, rights: before },
          { shared: to, rights: after },
        );
        const lost = new Set(preview.loses.flatMap(({ positions }) => positions));
        const parts = partsOf(4, from);
        const plan = planChange(
          { shared: from, rights: before },
          { shared: to, rights: after },
          { header: { n: 4, ceas: free }, parts },
        );
        expect([...lost].sort()).to.deep.equal(plan.rotate);
        // Whoever gains a part may read it afterwards, and whoever loses it may not.
        const policyOf = (position: number) => parsePolicy(to.includes(position) ? after.shared : after.full);
        for (const { policy, positions } of preview.gains)
          for (const position of positions)
            expect(implies(parsePolicy(policy), policyOf(position))).to.equal(true);
        for (const { policy, positions } of preview.loses)
          for (const position of positions)
            expect(implies(parsePolicy(policy), policyOf(position))).to.equal(false);
      }),
    );
  });

  it("adds to the shared rule whom only the full one lets in, and nobody else", () => {
    expect(withEverybodyOf("role:a", "role:a or role:b")).to.equal("role:a or role:b");
    const widened = withEverybodyOf("role:a and org:x or role:c", "role:b");
    expect(implies(parsePolicy("role:a and org:x or role:c"), parsePolicy(widened))).to.equal(true);
    expect(satisfies(parsePolicy(widened), ["role:a"])).to.equal(false);
    expect(satisfies(parsePolicy(widened), ["role:b"])).to.equal(true);
  });
});

describe("web: parts that can be moved", () => {
  const n = 6;
  const position = fc.integer({ min: 1, max: n });
  const rules = fc
    .record({
      never: fc.uniqueArray(position, { maxLength: 2 }),
      mandatory: fc.uniqueArray(position, { maxLength: 2 }),
      pairs: fc.uniqueArray(fc.tuple(position, position), { maxLength: 5, selector: String }),
    })
    .map(({ never, mandatory, pairs }) => {
      const ascending = (a: number, b: number) => a - b;
      return {
        never: never.sort(ascending),
        mandatory: mandatory.filter((each) => !never.includes(each)).sort(ascending),
        implications: pairs
          .filter(([a, b]) => a !== b && !never.includes(a) && !never.includes(b))
          .map(([a, b]) => ({ position: a, needs: b }))
          .sort((a, b) => a.position - b.position || a.needs - b.needs),
      };
    });

  it("are just those after whose move the doctor's rule permits the shared side", () => {
    const sides = fc.subarray([1, 2, 3, 4, 5, 6], { minLength: 1, maxLength: n - 1 });
    let [moved, kept] = [0, 0];
    fc.assert(
      fc.property(rules, sides, (ceas, shared) => {
        fc.pre(permits(ceas, n, shared));
        const locks = locksOf(partsOf(n, shared), ceas);
        for (let each = 1; each <= n; each++) {
          const after = shared.includes(each)
            ? shared.filter((other) => other !== each)
            : [...shared, each].sort((a, b) => a - b);
          const fine = after.length > 0 && after.length < n && permits(ceas, n, after);
          expect(locks.has(each)).to.equal(!fine);
          if (fine) moved++;
          else kept++;
        }
      }),
      { numRuns: 300 },
    );
    expect(moved > 100 && kept > 100).to.equal(true);
  });

  it("start from a side that the doctor's rule permits, which keeps what it permits already", () => {
    fc.assert(
      fc.property(rules, fc.subarray([1, 2, 3, 4, 5, 6], { minLength: 1 }), (ceas, usual) => {
        const shared = permittedSide(usual, ceas);
        fc.pre(shared.length > 0 && shared.length < n);
        expect(permits(ceas, n, shared)).to.equal(true);
        if (permits(ceas, n, usual) && usual.length < n) expect(shared).to.deep.equal(usual);
      }),
    );
  });

  it("never is the frame around the file", () => {
    const parts = [...partsOf(2, [1]), { position: 3, label: "envelope", side: "private" as const }];
    expect(locksOf(parts, free).get(3)).to.deep.equal({ kind: "envelope" });
  });
});
