import { expect } from "chai";
import type { Scheme, Sealed, SignedRecord } from "../../bench/baselines/scheme.ts";
import { schemes } from "../../bench/baselines/schemes.ts";
import { type Cost, put, share } from "../../bench/paper/acts.ts";
import { type Bed, rights } from "../../bench/paper/bed.ts";
import { makeRecord } from "../../bench/paper/workload.ts";
import { sharedBed } from "./bed.ts";

/** z, x. */
const parts = 5;
const shared = [2, 3, 4];
const wider = [2, 3, 4, 5];
const narrower = [2, 3];

/** What each claims of itself: indexes, uploads, ABE operations, requests of a share, parts that its reader of the shared side gets. */
const claims: Record<
  string,
  { indexes: number; uploads: number; capsules: number; requests: number; reads: number }
> = {
  traditional: { indexes: 2, uploads: 2, capsules: 2, requests: 1, reads: 3 },
  bpds: { indexes: 3, uploads: 3, capsules: 3, requests: 3, reads: 3 },
  "bpds-batched": { indexes: 3, uploads: 1, capsules: 3, requests: 1, reads: 3 },
  "bbds-like": { indexes: 1, uploads: 1, capsules: 1, requests: 1, reads: 5 },
  literal: { indexes: 2, uploads: 1, capsules: 5, requests: 1, reads: 3 },
  "diptych-one-chain": { indexes: 2, uploads: 1, capsules: 2, requests: 1, reads: 3 },
  diptych: { indexes: 2, uploads: 1, capsules: 2, requests: 1, reads: 3 },
};

describe("bench: the schemes of the comparison", () => {
  let bed: Bed;
  before(async () => {
    bed = await sharedBed();
  });

  const labels = (positions: number[]) => positions.map((position) => `part ${position}`);
  /** What a reader of the side gets, checked against what was signed. */
  const read = async (
    scheme: Scheme,
    record: SignedRecord,
    sealed: Sealed,
    side: "shared" | "full" = "shared",
  ) => {
    const opened = await share(bed, scheme, record, sealed, side);
    for (const { label, content } of opened.parts)
      expect(content).to.deep.equal(record.whole.parts.find((part) => part.label === label)!.content);
    return { transactions: opened.transactions, read: opened.parts.map(({ label }) => label) };
  };

  for (const scheme of schemes) {
    const claim = claims[scheme.name]!;
    describe(scheme.name, () => {
      let record: SignedRecord;
      let sealed: Sealed;
      let cost: Cost;
      before(async () => {
        record = await makeRecord({ parts, bytes: 5_000, shared: shared.length }, bed.maker);
        sealed = await scheme.seal(record, bed.maker);
        cost = await put(bed, scheme, { closes: [], views: sealed.views });
      });

      it("takes the uploads, indexes and ABE operations that it claims", () => {
        expect(record.shared).to.deep.equal(shared);
        expect(cost.transactions).to.equal(claim.indexes);
        expect(cost.uploads).to.equal(claim.uploads);
        expect(sealed.views.reduce((sum, { capsules }) => sum + capsules, 0)).to.equal(claim.capsules);
        expect(cost.gas.shared > 0).to.equal(scheme.sides.includes("shared"));
      });

      it("counts each byte in the cloud once", () => {
        const blocks = new Map<string, number>();
        for (const view of sealed.views)
          for (const { cid, bytes } of [view.manifest, ...view.blocks]) blocks.set(`${cid}`, bytes.length);
        const kinds = sealed.views.flatMap((view) => Object.values(view.kinds));
        const sum = (numbers: Iterable<number>) => [...numbers].reduce((all, each) => all + each, 0);
        expect(sum(kinds)).to.equal(sum(blocks.values()));
        expect(Math.min(...kinds)).to.be.at.least(0);
      });

      it("lets its reader open the shared side with that many requests", async () => {
        const opened = await read(scheme, record, sealed);
        expect(opened.transactions).to.equal(claim.requests);
        expect(opened.read).to.deep.equal(labels(claim.reads === parts ? [1, 2, 3, 4, 5] : shared));
      });

      if (scheme.name.startsWith("bpds"))
        it("keeps no whole record", () => {
          expect(sealed.full).to.deep.equal([]);
        });
      else
        it("lets the reader of the whole record open it", async () => {
          expect((await read(scheme, record, sealed, "full")).read).to.deep.equal(labels([1, 2, 3, 4, 5]));
        });

      it("moves parts, or can't", async () => {
        if (sealed.move === undefined) {
          expect(["bpds", "bpds-batched", "bbds-like"]).to.include(scheme.name);
          return;
        }
        for (const side of [wider, narrower]) {
          const step = await sealed.move!(side);
          await put(bed, scheme, step, sealed);
          sealed = step.next;
          record = { ...record, shared: side };
          expect((await read(scheme, record, sealed)).read).to.deep.equal(labels(side));
        }
      });

      it("changes who may read", async () => {
        const to = { full: rights.full, shared: `${rights.full} or role:insurer` };
        const step = await sealed.regrant!(to, [bed.maker.invited[0]!, bed.patient.wallets.storage.address]);
        await put(bed, scheme, step, sealed);
        sealed = step.next;
        const side = claim.reads === parts ? [1, 2, 3, 4, 5] : record.shared;
        expect((await read(scheme, record, sealed)).read).to.deep.equal(labels(side));
      });
    });
  }
});
