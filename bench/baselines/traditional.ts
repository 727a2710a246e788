/**
 * The traditional scheme: the doctor signs two documents, the whole record and its shared side, and the patient stores both,
 * each under a key of its own: C_full and C_share. Two indexes on one chain.
 */
import { decodeHeader, sign } from "../../src/ces/index.ts";
import type { Maker, Rights, Scheme, Sealed, SignedRecord, Step, View } from "./scheme.ts";
import { documentView, firstStanding, nextStanding, openDocument } from "./sealing.ts";

async function shareDocument(record: SignedRecord, shared: readonly number[], maker: Maker) {
  const { n: _, ...fields } = decodeHeader(record.whole.header);
  const parts = record.whole.parts.filter(({ position }) => shared.includes(position));
  return sign(fields, parts, maker.doctor.privateKey);
}

function sealed(record: SignedRecord, maker: Maker, rights: Rights, full: View, share: View): Sealed {
  return {
    views: [full, share],
    full: ["full"],
    shared: ["share"],
    /** The shared copy is made anew: the doctor signs it, all of it is encrypted again. */
    async move(shared): Promise<Step> {
      const narrows = record.shared.some((position) => !shared.includes(position));
      const document = await shareDocument(record, shared, maker);
      const next = await documentView(nextStanding(share, rights.shared, narrows), document, maker);
      return { closes: [], views: [next], next: sealed({ ...record, shared }, maker, rights, full, next) };
    },
    /** Both copies are encrypted again, for their new readers. */
    async regrant(to): Promise<Step> {
      const document = await shareDocument(record, record.shared, maker);
      const newFull = await documentView(nextStanding(full, to.full, true), record.whole, maker);
      const newShare = await documentView(nextStanding(share, to.shared, true), document, maker);
      const next = sealed(record, maker, to, newFull, newShare);
      return { closes: [], views: [newFull, newShare], next };
    },
  };
}

export const traditional: Scheme = {
  name: "traditional",
  sides: ["storage"],
  batched: false,
  oneUpload: false,
  async seal(record, maker) {
    const { rights } = maker;
    const at = (name: string, policy: string) => firstStanding(maker, "storage", record.emrId, name, policy);
    const document = await shareDocument(record, record.shared, maker);
    const full = await documentView(await at("full", rights.full), record.whole, maker);
    const share = await documentView(await at("share", rights.shared), document, maker);
    return sealed(record, maker, rights, full, share);
  },
  open: openDocument,
};
