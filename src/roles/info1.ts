/** Info1 between doctor and patient (paper, 5.1.1 and 5.1.2): the invitation that it answers, and opening it. */
import { commit, decodeHeader, type Header } from "../ces/index.ts";
import { equal, hex } from "../core/bytes.ts";
import { Reader, Writer } from "../core/encoding.ts";
import { DiptychError } from "../core/errors.ts";
import { checkRecord, decodeInfo1, type Info1 } from "../record/index.ts";
import { open } from "../seal/index.ts";
import { type Journal, listEmr } from "./journal.ts";
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
export function info1Info(invitation: Pick<EmrInvitation, "emrId" | "pseudonym">): Uint8Array {
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
  return recordIn(opened, header, invitation);
}

/**
 * Opens Info1 and notes it until it is published; `known` is the record that is here already under its EMR id, and is what comes
 * back when it is the same. Throws as `openInfo1`, and `record-stored` when another is here.
 */
export async function acceptInfo1(
  owner: Owner,
  info1: Uint8Array,
  invitation: EmrInvitation,
  known: OwnRecord | undefined,
): Promise<OwnRecord> {
  const record = await openInfo1(owner, info1, invitation);
  if (known !== undefined && equal(known.signature, record.signature)) return known;
  if (known !== undefined)
    throw new DiptychError(
      "record-stored",
      record.header.revision > known.header.revision
        ? "This amends a record that is here already: take it as its amendment (amendments.accept)."
        : "There is a record of this EMR id here already: ask the doctor for a new one.",
    );
  await keepAccepted(owner.journal, info1, invitation);
  return record;
}

/** The record of an opened Info1, which must be for this invitation; throws `info1-invalid`. */
export async function recordIn(
  opened: Info1,
  header: Header,
  { emrId, pseudonym }: Pick<EmrInvitation, "emrId" | "pseudonym">,
): Promise<OwnRecord> {
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

const acceptedName = (emrId: Uint8Array) => `patient/accepted/${hex(emrId).slice(2)}`;

/**
 * Keeps an Info1 that was opened and verified, sealed as it came, until its record is published: u8 format version 1, pseudonym (32),
 * Info1.
 */
export async function keepAccepted(
  journal: Journal,
  info1: Uint8Array,
  { emrId, pseudonym }: Pick<EmrInvitation, "emrId" | "pseudonym">,
): Promise<void> {
  await listEmr(journal, emrId);
  await journal.set(acceptedName(emrId), new Writer().u8(1).fixed(pseudonym).fixed(info1).finish());
}

/** A record that was accepted and not published; undefined when there is none. It was verified before it was kept. */
export async function readAccepted(owner: Owner, emrId: Uint8Array): Promise<OwnRecord | undefined> {
  const kept = await owner.journal.get(acceptedName(emrId));
  if (kept === undefined) return undefined;
  const reader = new Reader(kept, "kept Info1").version(1);
  const invitation = { emrId, pseudonym: reader.fixed(32) };
  const opened = decodeInfo1(await open(owner.keys.record.privateKey, info1Info(invitation), reader.rest()));
  return recordIn(opened, decodeHeader(opened.extraction.header), invitation);
}

export function forgetAccepted(journal: Journal, emrId: Uint8Array): Promise<void> {
  return journal.delete(acceptedName(emrId));
}
