/**
 * A gate's part in opening an index: the partial Diffie-Hellman D_i = share_i * enc, with a proof that D_i to enc is as
 * Y_i to G (Chaum and Pedersen, CRYPTO 1992, made non-interactive by Fiat and Shamir).
 */
import { randomBytes } from "../core/bytes.ts";
import { Reader, Writer } from "../core/encoding.ts";
import { DiptychError } from "../core/errors.ts";
import { demandSize } from "./binding.ts";
import {
  demandPoint,
  GENERATOR,
  invert,
  modOrder,
  POINT_SIZE,
  parsePoint,
  pointBytes,
  SCALAR_SIZE,
} from "./curve.ts";
import { checkEquality, proveEquality } from "./dleq.ts";
import { proofInvalid } from "./failures.ts";
import { type PreparedScalar, prepareBase, prepareScalar, publicBase, sumOfMultiples } from "./multiply.ts";
import type { Statement } from "./schnorr.ts";
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

/** A share, made ready once for many partials. `publicKey` is Y_i, 65 bytes; `wipe` drops the share. */
export type PreparedShare = PreparedScalar;

/** Prepares a share of an index key; throws `argument-invalid` for what isn't a scalar. */
export async function prepareShare(share: bigint): Promise<PreparedShare> {
  return prepareScalar(share);
}

/**
 * Makes gate `index`'s partial of `enc` (65 bytes). Throws `argument-invalid` when `enc` isn't a point of the curve, or
 * the share was wiped.
 */
export async function makePartial(
  index: number,
  share: PreparedShare,
  enc: Uint8Array,
  binding: PartialBinding,
): Promise<GatePartial> {
  return makePartialWithNonceSeed(index, share, enc, binding, randomBytes(32));
}

/** `makePartial` with the random half of the nonce given: for test vectors only. */
export async function makePartialWithNonceSeed(
  index: number,
  share: PreparedShare,
  enc: Uint8Array,
  binding: PartialBinding,
  nonceSeed: Uint8Array,
): Promise<GatePartial> {
  demandIndex(index);
  const point = await share.multiply(publicBase(demandPoint(enc, "encapsulated key")));
  const statement = statementOf(index, share.publicKey, enc, point, binding);
  const proof = await proveEquality(share, enc, statement, nonceSeed);
  return { generation: BigInt(binding.generation), index, point, proof };
}

/**
 * Demands that `partial` is what gate `partial.index` owes for `enc` under `commitments` and `binding`; rejects with
 * `proof-invalid`. Clients need it only when opening with the combined point has failed.
 */
export async function checkPartial(
  partial: GatePartial,
  enc: Uint8Array,
  commitments: readonly Uint8Array[],
  binding: PartialBinding,
): Promise<void> {
  if (partial.generation !== BigInt(binding.generation)) throw proofInvalid();
  const publicKey = sharePublicKey(partial.index, commitments);
  const statement = statementOf(partial.index, publicKey, enc, partial.point, binding);
  await checkEquality({ publicKey, base: enc, product: partial.point }, statement, partial.proof);
}

/**
 * The Diffie-Hellman point of the index key and `enc`, 65 bytes, from exactly t partials of one generation and one
 * `enc`. A lie among them gives a wrong point, which shows when opening fails. Throws `argument-invalid` for partials of
 * one gate twice or of different generations, `proof-invalid` for points that are none.
 */
export async function combine(partials: readonly GatePartial[]): Promise<Uint8Array> {
  const indexes = partials.map((partial) => partial.index);
  indexes.forEach(demandIndex);
  if (partials.length === 0 || new Set(indexes).size !== indexes.length)
    throw new DiptychError("argument-invalid", "Combine partials of distinct gates, at least one.");
  if (partials.some((partial) => partial.generation !== partials[0]!.generation))
    throw new DiptychError("argument-invalid", "Combine partials of one generation only.");
  const points = partials.map((partial) => parsePoint(partial.point) ?? refuse());
  const { numerators, denominator } = lagrangeAtZero(indexes);
  const sum = sumOfMultiples(points, numerators);
  if (sum.is0()) refuse();
  if (denominator === 1n) return pointBytes(sum);
  const share = await prepareScalar(invert(modOrder(denominator)));
  return share.multiply(prepareBase(sum));
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
  shareKey: Uint8Array,
  enc: Uint8Array,
  point: Uint8Array,
  binding: PartialBinding,
): Statement {
  return {
    domain: "diptych/seal/partial/v1",
    nonceDomain: "diptych/seal/partial-nonce/v1",
    parts: [
      pointBytes(GENERATOR),
      shareKey,
      enc,
      point,
      demandSize(binding.requestId, 32, "request id"),
      demandSize(binding.keySet, 32, "key set id"),
      new Writer().u64(binding.generation).finish(),
      new Writer().u16(index).finish(),
    ],
  };
}

function refuse(): never {
  throw proofInvalid();
}
