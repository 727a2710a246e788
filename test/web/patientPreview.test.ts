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
import { alongWith, movesOf, type PlacedPart, tiesWithin } from "../../web/src/patient/moving.ts";
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

  it("adds to the shared rule whom only the full one lets in, and nobody else", async () => {
    expect(withEverybodyOf("role:a", "role:a or role:b")).to.equal("role:a or role:b");
    const widened = withEverybodyOf("role:a and org:x or role:c", "role:b");
    expect(implies(parsePolicy("role:a and org:x or role:c"), parsePolicy(widened))).to.equal(true);
    expect(satisfies(parsePolicy(widened), ["role:a"])).to.equal(false);
    expect(satisfies(parsePolicy(widened), ["role:b"])).to.equal(true);
    const many = (label: string) => Array.from({ length: 300 }, (_, i) => `${label}:${i}`).join(" or ");
    await expectCode("policy-limit", () => withEverybodyOf(many("a"), many("b")));
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

  it("are those for which the doctor's rule permits a side with and without others, and take as few along as can be", () => {
    const sides = fc.subarray([1, 2, 3, 4, 5, 6], { minLength: 1, maxLength: n - 1 });
    const every = Array.from({ length: 2 ** n }, (_, bits) =>
      [1, 2, 3, 4, 5, 6].filter((each) => bits & (1 << (each - 1))),
    );
    const seen = { alone: 0, together: 0, kept: 0 };
    fc.assert(
      fc.property(rules, sides, (ceas, shared) => {
        fc.pre(permits(ceas, n, shared));
        const moves = movesOf(partsOf(n, shared), ceas);
        for (let each = 1; each <= n; each++) {
          const back = shared.includes(each);
          // What moves on the way to all permitted sides that are reached by moving it, and others in the same direction.
          const sameWay = every
            .filter(
              (to) => to.length > 0 && to.length < n && to.includes(each) !== back && permits(ceas, n, to),
            )
            .filter((to) =>
              back ? to.every((one) => shared.includes(one)) : shared.every((one) => to.includes(one)),
            )
            .map((to) =>
              back ? shared.filter((one) => !to.includes(one)) : to.filter((one) => !shared.includes(one)),
            );
          const fewest = Math.min(...sameWay.map((moved) => moved.length));
          const { along: first, lock } = moves.get(each)!;
          const along = alongWith(each, partsOf(n, shared), ceas);
          if (lock === undefined) expect(first.length > 0).to.equal(along.length > 0);
          expect(lock === undefined).to.equal(sameWay.length > 0);
          if (lock !== undefined) seen.kept++;
          else {
            const all = [each, ...along].sort((a, b) => a - b);
            expect(sameWay.filter((moved) => moved.length === fewest)).to.deep.equal([all]);
            seen[along.length > 0 ? "together" : "alone"]++;
          }
        }
      }),
      { numRuns: 300 },
    );
    for (const [kind, times] of Object.entries(seen)) expect(times, kind).to.be.greaterThan(50);
  });

  it("say which others go along and by which rules, and what keeps them where they are", () => {
    const chain = {
      mandatory: [],
      never: [4],
      implications: [
        { position: 2, needs: 1 },
        { position: 3, needs: 2 },
      ],
    };
    const together = partsOf(5, [1, 2, 3, 5]);
    expect(movesOf(together, chain).get(1)).to.deep.equal({ along: [2] });
    expect(alongWith(1, together, chain)).to.deep.equal([2, 3]);
    expect(movesOf(together, chain).get(3)).to.deep.equal({ along: [] });
    expect(tiesWithin([1, 2, 3], chain)).to.deep.equal([
      [2, 1],
      [3, 2],
    ]);
    expect(alongWith(3, partsOf(5, [5]), chain)).to.deep.equal([1, 2]);
    const wanted = { ...chain, mandatory: [3] };
    expect(movesOf(together, wanted).get(1)!.lock).to.deep.equal({ kind: "needed", others: [2] });
    // Whatever is shared holds at least one part, and so does what is kept.
    expect(movesOf(partsOf(5, [1, 2, 3]), chain).get(1)!.lock).to.deep.equal({ kind: "lastShared" });
    expect(movesOf(partsOf(3, []), chain).get(3)!.lock).to.deep.equal({ kind: "lastPrivate" });
  });

  it("are found in a record of very many that all hang together", () => {
    const many = 20_000;
    const implications = Array.from({ length: many - 2 }, (_, i) => ({ position: i + 2, needs: i + 1 }));
    const all = Array.from({ length: many - 1 }, (_, i) => i + 1);
    const parts = partsOf(many, []).map((part) => ({
      ...part,
      side: part.position < many ? ("shared" as const) : part.side,
    }));
    const moves = movesOf(parts, { ...free, implications });
    expect(moves.get(1)!.lock).to.deep.equal({ kind: "lastShared" });
    expect(moves.get(2)).to.deep.equal({ along: [3] });
    expect(alongWith(2, parts, { ...free, implications })).to.deep.equal(all.slice(2));
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
    expect(movesOf(parts, free).get(3)!.lock).to.deep.equal({ kind: "envelope" });
    // Nor does it go along with another.
    const needed = { ...free, implications: [{ position: 2, needs: 3 }] };
    expect(movesOf(parts, needed).get(2)!.lock).to.deep.equal({ kind: "needs", others: [3] });
  });
});
