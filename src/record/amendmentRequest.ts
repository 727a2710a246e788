/**
 * What a patient gives a doctor to amend a record: the whole record with its salts, and where the next revision is to go, in the
 * word of the EMR key; and what the doctor gives first, a key to seal it to, in the word of the certified signing key.
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import { headerDigest, signMessage, verifyMessage } from "../ces/index.ts";
import { concat, equal, utf8 } from "../core/bytes.ts";
import { Reader, Writer } from "../core/encoding.ts";
import { DiptychError, isDiptychError } from "../core/errors.ts";
import { transcript } from "../core/hash.ts";
import { type CheckedCertificate, checkCertificate } from "./certificate.ts";
import { readCertificateChain } from "./certificateChain.ts";
import type { Trust } from "./checkRecord.ts";
import { decodeInfo1, encodeInfo1, type Info1 } from "./info1.ts";
import { emrPublicKey, pseudonymOf } from "./placement.ts";

const keySize = 65;

/** The HPKE info of a request, sealed to the key in the doctor's invitation. */
export const amendmentRequestInfo: Uint8Array = new Writer().text("diptych/amendment-request/v1").finish();

/** What a doctor gives to patients whose records are to be amended: public values. */
export interface AmendmentInvitation {
  /** HPKE key that requests are sealed to, 65 bytes. */
  requestKey: Uint8Array;
  /** DER; the doctor's first. */
  certificateChain: Uint8Array[];
  /** By the certified signing key over the request key. */
  signature: Uint8Array;
}

// The zero byte and another word keep it apart from records, which the same key signs.
const keyMessage = (requestKey: Uint8Array) =>
  concat(Uint8Array.of(0), utf8("diptych/amendment-key/v1"), requestKey);

/** A doctor's word that requests may be sealed to this key. */
export function signRequestKey(privateKey: CryptoKey, requestKey: Uint8Array): Promise<Uint8Array> {
  return signMessage(privateKey, keyMessage(requestKey));
}

/** u8 format version 1, request key (65), list of bytes certificate, bytes signature. */
export function encodeAmendmentInvitation(invitation: AmendmentInvitation): Uint8Array {
  return new Writer()
    .u8(1)
    .fixed(invitation.requestKey)
    .list(invitation.certificateChain, (writer, certificate) => writer.bytes(certificate))
    .bytes(invitation.signature)
    .finish();
}

/**
 * The invitation in these bytes, and who wrote it: a doctor with a certificate that holds now.
 *
 * @throws DiptychError `amendment-invalid`, `certificate-invalid`
 */
export async function readAmendmentInvitation(
  bytes: Uint8Array,
  trust: Trust,
): Promise<{ invitation: AmendmentInvitation; certificate: CheckedCertificate }> {
  const invitation = decodeAmendmentInvitation(bytes);
  const { authority, revoked, now = new Date() } = trust;
  const chain = invitation.certificateChain;
  const certificate = await checkCertificate({ chain, authority, at: now, revoked });
  try {
    await verifyMessage(certificate.publicKey, keyMessage(invitation.requestKey), invitation.signature);
  } catch (cause) {
    if (isDiptychError(cause, "ces-verification-failed")) throw noInvitation(cause);
    throw cause;
  }
  return { invitation, certificate };
}

/** The invitation in these bytes, nothing of it verified; throws `amendment-invalid`. */
export function decodeAmendmentInvitation(bytes: Uint8Array): AmendmentInvitation {
  try {
    const reader = new Reader(bytes, "invitation").version(1);
    const requestKey = reader.fixed(keySize);
    const certificateChain = readCertificateChain(reader);
    const signature = reader.bytes(2048);
    reader.end();
    return { requestKey, certificateChain, signature };
  } catch (cause) {
    throw noInvitation(cause);
  }
}

const noInvitation = (cause: unknown) =>
  new DiptychError(
    "amendment-invalid",
    "This is no doctor's invitation to send a record for an amendment, or it was changed: send nothing, and ask the doctor for it again.",
    { cause },
  );

/** What the patient asks with. */
export interface AmendmentRequest {
  /** The record as it stands: every part with its salt, signature, certificates. */
  info1: Info1;
  /** The patient's HPKE record key, 65 bytes: where the next revision goes. */
  recordKey: Uint8Array;
  /** Ed25519, 32 bytes; its hash is the header's pseudonym. */
  emrPublicKey: Uint8Array;
  /** By the EMR key, over request key, record key and header digest, 64 bytes. */
  emrSignature: Uint8Array;
}

const requestMessage = (requestKey: Uint8Array, recordKey: Uint8Array, header: Uint8Array) =>
  transcript("diptych/record/amendment-request/v1", requestKey, recordKey, headerDigest(header));

/** A request in the word of the EMR key (secret, 32 bytes): nobody else who has read the whole record can ask. */
export function makeAmendmentRequest(
  emrKey: Uint8Array,
  requestKey: Uint8Array,
  { info1, recordKey }: Pick<AmendmentRequest, "info1" | "recordKey">,
): AmendmentRequest {
  const message = requestMessage(requestKey, recordKey, info1.extraction.header);
  const emrSignature = ed25519.sign(message, emrKey);
  return { info1, recordKey, emrPublicKey: emrPublicKey(emrKey), emrSignature };
}

/**
 * Demands that the record's patient made this request, to the holder of `requestKey`. `pseudonym` is from the verified header. Throws
 * `amendment-invalid`.
 */
export function verifyAmendmentRequest(
  { info1, recordKey, emrPublicKey, emrSignature }: AmendmentRequest,
  requestKey: Uint8Array,
  pseudonym: Uint8Array,
): void {
  const message = requestMessage(requestKey, recordKey, info1.extraction.header);
  let signed = false;
  try {
    signed = ed25519.verify(emrSignature, message, emrPublicKey, { zip215: false });
  } catch {
    // Malformed points and signatures are just not a signature.
  }
  if (!signed || !equal(pseudonymOf(emrPublicKey), pseudonym))
    throw new DiptychError(
      "amendment-invalid",
      "It isn't this record's patient who asks for the amendment: sign nothing, and ask the patient.",
    );
}

/** u8 format version 1, bytes Info1, record key (65), EMR public key (32), EMR signature (64). */
export function encodeAmendmentRequest(request: AmendmentRequest): Uint8Array {
  return new Writer()
    .u8(1)
    .bytes(encodeInfo1(request.info1))
    .fixed(request.recordKey)
    .fixed(request.emrPublicKey)
    .fixed(request.emrSignature)
    .finish();
}

/** The request in these bytes, nothing of it verified; throws `amendment-invalid`. */
export function decodeAmendmentRequest(bytes: Uint8Array): AmendmentRequest {
  try {
    const reader = new Reader(bytes, "request").version(1);
    const request = {
      info1: decodeInfo1(reader.bytes()),
      recordKey: reader.fixed(keySize),
      emrPublicKey: reader.fixed(32),
      emrSignature: reader.fixed(64),
    };
    reader.end();
    return request;
  } catch (cause) {
    throw new DiptychError(
      "amendment-invalid",
      "This is no request for an amendment: ask the patient to send it again.",
      { cause },
    );
  }
}
