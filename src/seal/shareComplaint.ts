/**
 * Complaints: a gate that got a bad share shows it to everybody, and nobody can show a good share to be bad.
 *
 * Evidence has a version byte, 1, and a form byte. Form 0, nothing else: everybody sees that the share is bad, by its form,
 * its key set or its proof, and no point may be told (sealedShare.ts says why). Form 1: the Diffie-Hellman point of the
 * sealed share's `enc` and the gate's key (65 bytes), and a proof that it is to `enc` as the gate's key is to G (64
 * bytes), bound to the sealed share and its whole binding. By that point anyone opens that one sealed share: a bad share
 * is worth nothing; a good one is given away by its own gate, which is convicted by doing so.
 */
import { concat, randomBytes } from "../core/bytes.ts";
import { Reader } from "../core/encoding.ts";
import { DiptychError, isDiptychError } from "../core/errors.ts";
import { hash } from "../core/hash.ts";
import { demandPoint, GENERATOR, POINT_SIZE, pointBytes, SCALAR_SIZE } from "./curve.ts";
import { checkEquality, proveEquality } from "./dleq.ts";
import { publicBase } from "./multiply.ts";
import type { Statement } from "./schnorr.ts";
import {
  demandSealedShare,
  openShareWithPoint,
  prepareGateKey,
  type ShareBinding,
  type ShareMessage,
  shareInfo,
} from "./sealedShare.ts";

/**
 * What a complaint comes to. `share-bad`: the dealer must deal anew. `share-good`: the gate is convicted, and its share is
 * public now. `evidence-invalid`: it shows nothing, about the share or the dealer.
 */
export type Verdict = "share-bad" | "share-good" | "evidence-invalid";

/**
 * The evidence that `sealed` is a bad share, 2 or 131 bytes. `privateKey` is the gate's, `binding` as it stands on chain.
 * Throws `argument-invalid` when the share is good, as evidence would give it away, and when the private key isn't that
 * of `gateKey`.
 */
export async function makeShareComplaint(
  privateKey: Uint8Array,
  sealed: Uint8Array,
  binding: ShareBinding,
): Promise<Uint8Array> {
  const key = await prepareGateKey(privateKey, binding);
  const message = await publicMessage(sealed, binding);
  if (message === undefined) return Uint8Array.of(VERSION, OPEN_TO_ALL);
  const point = await key.multiply(publicBase(demandPoint(message.enc, "encapsulated key")));
  if (await opens(point, message, binding))
    throw new DiptychError("argument-invalid", "This share is good: a complaint would give it away.");
  return proveOpening(privateKey, sealed, binding, randomBytes(32));
}

/** Evidence of form 1 for any share whose proof holds, good ones too: for test vectors and attacks. */
export async function proveOpening(
  privateKey: Uint8Array,
  sealed: Uint8Array,
  binding: ShareBinding,
  nonceSeed: Uint8Array,
): Promise<Uint8Array> {
  const key = await prepareGateKey(privateKey, binding);
  const { enc } = await demandSealedShare(sealed, binding);
  const point = await key.multiply(publicBase(demandPoint(enc, "encapsulated key")));
  const proof = await proveEquality(key, enc, statementOf(point, sealed, binding), nonceSeed);
  return concat(Uint8Array.of(VERSION, WITH_POINT), point, proof);
}

/**
 * Judges a gate's complaint about `sealed`. Share and binding must be those of the dealing complained of, as they stood
 * on chain, and `gateKey` the key of the gate that complained: then everybody comes to the same verdict. A share that is
 * bad by what everybody sees is bad whatever the evidence.
 */
export async function judgeShareComplaint(
  evidence: Uint8Array,
  sealed: Uint8Array,
  binding: ShareBinding,
): Promise<Verdict> {
  const message = await publicMessage(sealed, binding);
  if (message === undefined) return "share-bad";
  const opening = readEvidence(evidence);
  if (opening === undefined) return "evidence-invalid";
  const { point, proof } = opening;
  const equality = { publicKey: binding.gateKey, base: message.enc, product: point };
  try {
    await checkEquality(equality, statementOf(point, sealed, binding), proof);
  } catch (error) {
    if (isDiptychError(error, "proof-invalid")) return "evidence-invalid";
    throw error;
  }
  return (await opens(point, message, binding)) ? "share-good" : "share-bad";
}

const VERSION = 1;
const OPEN_TO_ALL = 0;
const WITH_POINT = 1;

/** The message of a sealed share, or undefined when everybody sees that it is bad. */
async function publicMessage(sealed: Uint8Array, binding: ShareBinding): Promise<ShareMessage | undefined> {
  try {
    return await demandSealedShare(sealed, binding);
  } catch (error) {
    if (isDiptychError(error, "share-invalid")) return undefined;
    throw error;
  }
}

async function opens(point: Uint8Array, message: ShareMessage, binding: ShareBinding): Promise<boolean> {
  try {
    await openShareWithPoint(point, message, binding);
    return true;
  } catch (error) {
    if (isDiptychError(error, "share-invalid") || isDiptychError(error, "seal-open-failed")) return false;
    throw error;
  }
}

/** Point and proof of evidence of form 1, not checked; undefined for all else. */
function readEvidence(evidence: Uint8Array): { point: Uint8Array; proof: Uint8Array } | undefined {
  const reader = new Reader(evidence, "complaint");
  try {
    if (reader.version(VERSION).u8() !== WITH_POINT) return undefined;
    const point = reader.fixed(POINT_SIZE);
    const proof = reader.fixed(2 * SCALAR_SIZE);
    reader.end();
    return { point, proof };
  } catch {
    return undefined;
  }
}

function statementOf(point: Uint8Array, sealed: Uint8Array, binding: ShareBinding): Statement {
  return {
    domain: "diptych/seal/share-complaint/v1",
    nonceDomain: "diptych/seal/share-complaint-nonce/v1",
    parts: [
      shareInfo(binding),
      hash("diptych/seal/sealed-share/v1", sealed),
      pointBytes(GENERATOR),
      binding.gateKey,
      point,
    ],
  };
}
