/**
 * A gate's part in opening an index: the partial Diffie-Hellman D_i = share_i * enc, with a proof that D_i to enc is as
 * Y_i to G (Chaum and Pedersen, CRYPTO 1992, made non-interactive by Fiat and Shamir).
 */
import { equal, randomBytes } from "../core/bytes.ts";
import { Reader, Writer } from "../core/encoding.ts";
import { DiptychError } from "../core/errors.ts";
import { deriveKey, hash } from "../core/hash.ts";
import { demandSize } from "./binding.ts";
import {
  challengeScalar,
  demandPoint,
  GENERATOR,
  modOrder,
  POINT_SIZE,
  type Point,
  parsePoint,
  parseScalar,
  pointBytes,
  reduceToScalar,
  SCALAR_SIZE,
  scalarBytes,
} from "./curve.ts";
import { proofInvalid } from "./failures.ts";
import { demandIndex, lagrangeAtZero, MAX_GATES, sharePublicKey } from "./sharing.ts";

/** What a partial is bound to: the request (32 bytes), the key set (32 bytes), the generation of its shares, from 1. */
export interface PartialBinding {
  requestId: Uint8Array;
  keySet: Uint8Array;
  generation: bigint | number;
}

/** `index`: the gate's place from 1; `point`: D_i, 65 bytes; `proof`: challenge and response, 32 bytes each. */
export interface GatePartial {
  generation: bigint;
  index: number;
  point: Uint8Array;
  proof: Uint8Array;
}

/** Makes gate `index`'s partial of `enc` (65 bytes). Throws `argument-invalid` when `enc` isn't a point of the curve. */
export function makePartial(
  index: number,
  share: bigint,
  enc: Uint8Array,
  binding: PartialBinding,
): GatePartial {
  return makePartialWithNonceSeed(index, share, enc, binding, randomBytes(32));
}

/** `makePartial` with the random half of the nonce given: for test vectors only. */
export function makePartialWithNonceSeed(
  index: number,
  share: bigint,
  enc: Uint8Array,
  binding: PartialBinding,
  nonceSeed: Uint8Array,
): GatePartial {
  demandIndex(index);
  const base = demandPoint(enc, "encapsulated key");
  const secret = scalarBytes(share);
  const shareKey = GENERATOR.multiply(share);
  const point = base.multiply(share);
  const statement = statementOf(index, shareKey, enc, point, binding);
  // Hedged: the nonce is secret if either the share or the generator is, and differs when anything else does.
  const nonce = reduceToScalar(
    deriveKey(secret, { salt: nonceSeed, size: 48 }, "diptych/seal/partial-nonce/v1", ...statement),
  );
  const challenge = challengeOf(statement, GENERATOR.multiply(nonce), base.multiply(nonce));
  const response = modOrder(nonce + challengeScalar(challenge) * share);
  const proof = new Writer().fixed(challenge).fixed(scalarBytes(response)).finish();
  return { generation: BigInt(binding.generation), index, point: pointBytes(point), proof };
}

/**
 * Demands that `partial` is what gate `partial.index` owes for `enc` under `commitments` and `binding`; throws
 * `proof-invalid`. Costly, so clients call it only when opening with the combined point has failed.
 */
export function checkPartial(
  partial: GatePartial,
  enc: Uint8Array,
  commitments: readonly Uint8Array[],
  binding: PartialBinding,
): void {
  const base = parsePoint(enc);
  const point = parsePoint(partial.point);
  const response = parseScalar(partial.proof.slice(SCALAR_SIZE));
  if (base === undefined || point === undefined || response === undefined) throw proofInvalid();
  if (partial.generation !== BigInt(binding.generation)) throw proofInvalid();
  const challenge = partial.proof.slice(0, SCALAR_SIZE);
  const c = challengeScalar(challenge);
  const shareKey = demandPoint(sharePublicKey(partial.index, commitments), "share's public key");
  const nonceOfG = GENERATOR.multiplyUnsafe(response).subtract(shareKey.multiplyUnsafe(c));
  const nonceOfEnc = base.multiplyUnsafe(response).subtract(point.multiplyUnsafe(c));
  if (nonceOfG.is0() || nonceOfEnc.is0()) throw proofInvalid();
  const statement = statementOf(partial.index, shareKey, enc, point, binding);
  if (!equal(challengeOf(statement, nonceOfG, nonceOfEnc), challenge)) throw proofInvalid();
}

/**
 * The Diffie-Hellman point of the index key and `enc`, 65 bytes, from exactly t partials of one generation and one
 * `enc`. A lie among them gives a wrong point, which shows when opening fails. Throws `argument-invalid` for partials of
 * one gate twice or of different generations, `proof-invalid` for points that are none.
 */
export function combine(partials: readonly GatePartial[]): Uint8Array {
  const indexes = partials.map((partial) => partial.index);
  indexes.forEach(demandIndex);
  if (partials.length === 0 || new Set(indexes).size !== indexes.length)
    throw new DiptychError("argument-invalid", "Combine partials of distinct gates, at least one.");
  if (partials.some((partial) => partial.generation !== partials[0]!.generation))
    throw new DiptychError("argument-invalid", "Combine partials of one generation only.");
  const weights = lagrangeAtZero(indexes);
  const sum = partials
    .map((partial, at) => {
      const point = parsePoint(partial.point);
      if (point === undefined) throw proofInvalid();
      return point.multiplyUnsafe(weights[at]!);
    })
    .reduce((total, point) => total.add(point));
  if (sum.is0()) throw proofInvalid();
  return pointBytes(sum);
}

/** 140 bytes: version 1, generation (u64), index (u16), D_i (65), challenge (32), response (32). */
export function encodePartial(partial: GatePartial): Uint8Array {
  return new Writer()
    .u8(1)
    .u64(partial.generation)
    .u16(partial.index)
    .fixed(demandSize(partial.point, POINT_SIZE, "partial's point"))
    .fixed(demandSize(partial.proof, 2 * SCALAR_SIZE, "partial's proof"))
    .finish();
}

/** The partial of these bytes, its point and proof not yet checked; throws `encoding-invalid`. */
export function decodePartial(bytes: Uint8Array): GatePartial {
  const reader = new Reader(bytes, "gate's partial").version(1);
  const generation = reader.u64();
  const index = reader.u16();
  if (index < 1 || index > MAX_GATES) throw reader.invalid(`it names gate ${index}`);
  const point = reader.fixed(POINT_SIZE);
  const proof = reader.fixed(2 * SCALAR_SIZE);
  reader.end();
  return { generation, index, point, proof };
}

/** G, Y_i, enc, D_i, request, key set, generation, i: what the proof speaks of. */
function statementOf(
  index: number,
  shareKey: Point,
  enc: Uint8Array,
  point: Point,
  binding: PartialBinding,
): Uint8Array[] {
  return [
    pointBytes(GENERATOR),
    pointBytes(shareKey),
    enc,
    pointBytes(point),
    demandSize(binding.requestId, 32, "request id"),
    demandSize(binding.keySet, 32, "key set id"),
    new Writer().u64(binding.generation).finish(),
    new Writer().u16(index).finish(),
  ];
}

function challengeOf(statement: readonly Uint8Array[], nonceOfG: Point, nonceOfEnc: Point): Uint8Array {
  return hash("diptych/seal/partial/v1", ...statement, pointBytes(nonceOfG), pointBytes(nonceOfEnc));
}
