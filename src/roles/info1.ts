/** Info1 between doctor and patient (paper, 5.1.1 and 5.1.2): the invitation that it answers, and opening it. */
import { commit } from "../ces/index.ts";
import { equal } from "../core/bytes.ts";
import { Writer } from "../core/encoding.ts";
import { DiptychError } from "../core/errors.ts";
import { checkRecord, decodeInfo1 } from "../record/index.ts";
import { open } from "../seal/index.ts";
import type { Owner } from "./owner.ts";
import type { OwnRecord } from "./ownRecord.ts";

/** What a patient gives a doctor before a record is issued: public values only. */
export type EmrInvitation = {
  /** 32 random bytes that the patient drew for this EMR. */
  emrId: Uint8Array;
  /** The patient's HPKE record key, 65 bytes. */
  recordKey: Uint8Array;
  /** Hash of the key that the patient derives for this EMR, 32 bytes. */
  pseudonym: Uint8Array;
};

/** The HPKE info of Info1: nobody can pass one EMR's message off as another's. */
export function info1Info(invitation: EmrInvitation): Uint8Array {
  return new Writer().text("diptych/info1/v1").fixed(invitation.emrId).fixed(invitation.pseudonym).finish();
}

/**
 * Opens Info1 with the patient's record key and verifies everything in it: certificate and revocation, commitments, signature,
 * and that it answers this invitation.
 */
export async function openInfo1(
  owner: Owner,
  info1: Uint8Array,
  invitation: EmrInvitation,
): Promise<OwnRecord> {
  const opened = decodeInfo1(await open(owner.keys.record.privateKey, info1Info(invitation), info1));
  const { trust } = await owner.credentials();
  const { header } = await checkRecord(opened, trust);
  const { emrId, pseudonym } = invitation;
  if (!equal(header.emrId, emrId) || !equal(header.pseudonym, pseudonym))
    throw new DiptychError(
      "info1-invalid",
      "The doctor signed this record for someone else: don't take it, and tell the doctor.",
    );
  const { extraction, certificateChain } = opened;
  const parts = await Promise.all(
    extraction.parts.map(async ({ position, ...plaintext }) => ({
      position,
      label: plaintext.label,
      commitment: await commit(emrId, position, plaintext),
      plaintext,
    })),
  );
  return {
    header,
    headerBytes: extraction.header,
    signature: extraction.signature,
    certificateChain,
    parts,
    shared: [],
    rights: { full: "", shared: "" },
    views: {},
  };
}
