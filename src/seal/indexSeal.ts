/**
 * Index_full and Index_share (paper, 5.1.4): the view's url, Tag and sigma, sealed to the index key that t of a chain's
 * gates open together. An HPKE message like any other, so whoever holds the whole key opens it with any implementation.
 */
import { equal, randomBytes } from "../core/bytes.ts";
import { Reader, Writer } from "../core/encoding.ts";
import { DiptychError } from "../core/errors.ts";
import { demandSize } from "./binding.ts";
import { demandPoint, POINT_SIZE, parsePoint, randomScalar, SCALAR_SIZE } from "./curve.ts";
import { openFailed } from "./failures.ts";
import type { IndexKey } from "./indexKey.ts";
import { decodeIndexPlaintext, encodeIndexPlaintext, type IndexPlaintext } from "./indexPlaintext.ts";
import { type IndexBinding, indexBindingBytes, proveIndex, type SealedIndex } from "./indexProof.ts";
import { prepareScalar, publicBase } from "./multiply.ts";
import { openWithPoint, sealWithPoint } from "./pointKem.ts";

/** The HPKE info of an index. */
export function indexInfo(binding: IndexBinding): Uint8Array {
  return new Writer().text("diptych/seal/index/v1").fixed(indexBindingBytes(binding)).finish();
}

/** Seals an index to `indexKey` (65 bytes) for this version of this ledger record, and proves that it is its maker's. */
export async function sealIndex(
  indexKey: Uint8Array,
  plaintext: IndexPlaintext,
  binding: IndexBinding,
): Promise<SealedIndex> {
  return sealIndexWithEphemeral(indexKey, plaintext, binding, randomScalar(), randomBytes(32));
}

/** `sealIndex` with ephemeral key and nonce seed given: for test vectors only; an ephemeral used twice breaks both. */
export async function sealIndexWithEphemeral(
  indexKey: Uint8Array,
  plaintext: IndexPlaintext,
  binding: IndexBinding,
  ephemeral: bigint,
  nonceSeed: Uint8Array,
): Promise<SealedIndex> {
  const base = publicBase(demandPoint(indexKey, "index key"));
  const key = await prepareScalar(ephemeral);
  const point = await key.multiply(base);
  const enc = key.publicKey;
  const context = { point, enc, publicKey: indexKey, info: indexInfo(binding) };
  const ct = await sealWithPoint(context, encodeIndexPlaintext(plaintext));
  return { enc, ct, proof: await proveIndex(ephemeral, { enc, ct }, binding, nonceSeed) };
}

/**
 * Opens an index with the Diffie-Hellman point (65 bytes) that `combine` made of t partials. Throws `seal-open-failed`
 * whatever is wrong: point, index or binding.
 */
export async function openIndexWithPoint(
  point: Uint8Array,
  indexKey: Uint8Array,
  index: Pick<SealedIndex, "enc" | "ct">,
  binding: IndexBinding,
): Promise<IndexPlaintext> {
  demandPoint(indexKey, "index key");
  if (parsePoint(point) === undefined || parsePoint(index.enc) === undefined) throw openFailed();
  const context = { point, enc: index.enc, publicKey: indexKey, info: indexInfo(binding) };
  const opened = await openWithPoint(context, index.ct);
  try {
    return decodeIndexPlaintext(opened);
  } catch {
    throw openFailed();
  }
}

/** Opens an index with the whole index key, as its owner can; throws `seal-open-failed`. */
export async function openIndexWithKey(
  key: IndexKey,
  index: Pick<SealedIndex, "enc" | "ct">,
  binding: IndexBinding,
): Promise<IndexPlaintext> {
  const secret = await prepareScalar(key.secret);
  if (!equal(secret.publicKey, key.publicKey))
    throw new DiptychError("argument-invalid", "The index key's halves do not belong together.");
  const enc = parsePoint(index.enc);
  if (enc === undefined) throw openFailed();
  return openIndexWithPoint(await secret.multiply(publicBase(enc)), key.publicKey, index, binding);
}

/** The index bytes that stand on chain, 349 of them: version 1, enc (65), proof (64), ct (219). */
export function encodeIndex(index: SealedIndex): Uint8Array {
  return new Writer()
    .u8(1)
    .fixed(demandSize(index.enc, POINT_SIZE, "encapsulated key"))
    .fixed(demandSize(index.proof, 2 * SCALAR_SIZE, "proof"))
    .fixed(demandSize(index.ct, CT_SIZE, "index ciphertext"))
    .finish();
}

/** The inverse of `encodeIndex`, nothing checked but the sizes; throws `encoding-invalid`. */
export function decodeIndex(bytes: Uint8Array): SealedIndex {
  const reader = new Reader(bytes, "sealed index").version(1);
  const enc = reader.fixed(POINT_SIZE);
  const proof = reader.fixed(2 * SCALAR_SIZE);
  const ct = reader.fixed(CT_SIZE);
  reader.end();
  return { enc, proof, ct };
}

/** Every index has one size: its plaintext's 203 bytes and the tag's 16. */
const CT_SIZE = 219;
