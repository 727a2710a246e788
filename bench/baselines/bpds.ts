/**
 * BPDS: each shared part is extracted, signed that is, encrypted and indexed by itself, on one chain, and asked for by itself.
 * The private side stays with the hospital. Batched, a reader's requests travel in one transaction.
 */
import { extract } from "../../src/ces/index.ts";
import type { Maker, Scheme, Sealed, SignedRecord, Step, View } from "./scheme.ts";
import { documentView, firstStanding, nextStanding, openDocument } from "./sealing.ts";

function sealed(record: SignedRecord, maker: Maker, views: View[]): Sealed {
  return {
    views,
    full: [],
    shared: views.map(({ name }) => name),
    /** Every part is encrypted again, uploaded and indexed anew. */
    async regrant(to): Promise<Step> {
      const next: View[] = [];
      for (const [at, view] of views.entries()) {
        const document = await extract(record.whole, [record.shared[at]!]);
        next.push(await documentView(nextStanding(view, to.shared, true), document, maker));
      }
      return { closes: [], views: next, next: sealed(record, maker, next) };
    },
  };
}

function bpdsScheme(name: "bpds" | "bpds-batched"): Scheme {
  const batched = name === "bpds-batched";
  return {
    name,
    sides: ["storage"],
    batched,
    oneUpload: batched,
    async seal(record, maker) {
      const views: View[] = [];
      for (const position of record.shared) {
        const { emrId, whole } = record;
        const at = await firstStanding(maker, "storage", emrId, `part ${position}`, maker.rights.shared);
        views.push(await documentView(at, await extract(whole, [position]), maker));
      }
      return sealed(record, maker, views);
    },
    open: openDocument,
  };
}

export const bpds: Scheme = bpdsScheme("bpds");
export const bpdsBatched: Scheme = bpdsScheme("bpds-batched");
