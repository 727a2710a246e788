/** Requests for amendments at the doctor's: opening them, and what of a record keeps its salt in the next revision. */
import { type Ceas, type Extraction, type Header, makeSalt, type Part } from "../ces/index.ts";
import { equal, wipe } from "../core/bytes.ts";
import { Reader, Writer } from "../core/encoding.ts";
import { DiptychError } from "../core/errors.ts";
import {
  amendmentRequestInfo,
  type CheckedCertificate,
  checkRecord,
  decodeAmendmentRequest,
  joinRecord,
  type SplitRecord,
  type Trust,
  verifyAmendmentRequest,
} from "../record/index.ts";
import { generateKeyPair, isPublicKey, open, publicKeyOf } from "../seal/index.ts";
import { type KeyStore, keep } from "./keyStore.ts";

/** A record that its patient wants amended, all of it verified. */
export type RecordToAmend = {
  header: Header;
  /** All parts with their salts. */
  extraction: Extraction;
  /** Of the doctor who signed this revision. */
  certificate: CheckedCertificate;
  /** The patient's HPKE record key. */
  recordKey: Uint8Array;
  /** The file that the record was made from, byte for byte. */
  file: Uint8Array;
};

/** The private HPKE key that requests are sealed to: u8 format version 1, key (32); made and kept at the first time. */
export async function readRequestKey(keyStore: KeyStore): Promise<Uint8Array> {
  const kept = await keep(keyStore, "doctor/request-key", async () =>
    new Writer()
      .u8(1)
      .fixed((await generateKeyPair()).privateKey)
      .finish(),
  );
  const reader = new Reader(kept, "request key").version(1);
  const privateKey = reader.fixed(32);
  reader.end();
  return privateKey;
}

export async function openAmendmentRequest(
  keyStore: KeyStore,
  sealed: Uint8Array,
  trust: Trust,
): Promise<RecordToAmend> {
  const privateKey = await readRequestKey(keyStore);
  const plain = await open(privateKey, amendmentRequestInfo, sealed);
  const request = decodeAmendmentRequest(plain);
  wipe(plain);
  const { info1, recordKey } = request;
  const { header, certificate } = await checkRecord(info1, trust);
  verifyAmendmentRequest(request, publicKeyOf(privateKey), header.pseudonym);
  if (!isPublicKey(recordKey))
    throw new DiptychError(
      "amendment-invalid",
      "The patient's record key is not a point of P-256: ask the patient to send the request again.",
    );
  const { extraction } = info1;
  return { header, extraction, certificate, recordKey, file: joinRecord(header.schema, extraction.parts) };
}

/** The parts of the next revision: those that say what they said keep their salts. Throws `amendment-invalid`. */
export function saltAmended(
  { header, extraction }: Pick<RecordToAmend, "header" | "extraction">,
  record: SplitRecord,
  ceas: Ceas,
): Part[] {
  const before = extraction.parts;
  const refuse = (why: string) => new DiptychError("amendment-invalid", `Nothing is signed: ${why}.`);
  if (record.schema !== header.schema || before.some(({ label }, i) => record.parts[i]?.label !== label))
    throw refuse(
      "each part must stand where it stood before, under its label; cut the file with splitAmendment",
    );
  const says = (i: number, content: Uint8Array) => {
    const old = before[i];
    return old !== undefined && equal(old.content, content) ? old : undefined;
  };
  const same = record.parts.every(({ content }, i) => says(i, content) !== undefined);
  if (same && JSON.stringify(ceas) === JSON.stringify(header.ceas))
    throw refuse("the record says what it said, under the same rule");
  return record.parts.map(({ label, content }, i) => ({
    label,
    content,
    salt: says(i, content)?.salt ?? makeSalt(),
  }));
}
