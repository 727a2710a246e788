/**
 * Proofs of knowledge of the discrete logarithm of a point (Schnorr, CRYPTO 1989, made non-interactive by Fiat and
 * Shamir): 64 bytes, challenge and response. The challenge hashes a statement, which must name the point and all that
 * the proof is to be bound to, under a domain of its use.
 */
import { equal } from "../core/bytes.ts";
import { Writer } from "../core/encoding.ts";
import { deriveKey, hash } from "../core/hash.ts";
import { add, affineBytes, affineOf, negate } from "./affine.ts";
import {
  challengeScalar,
  modOrder,
  parsePoint,
  parseScalar,
  reduceToScalar,
  SCALAR_SIZE,
  scalarBytes,
} from "./curve.ts";
import { proofInvalid } from "./failures.ts";
import { type Base, type PreparedScalar, prepareScalar, publicBase } from "./multiply.ts";

/** What a proof says, as byte strings, and the domains of its challenge and of its nonce. */
export interface Statement {
  domain: string;
  nonceDomain: string;
  parts: readonly Uint8Array[];
}

/** Proves knowledge of `secret`. `nonceSeed` is random, 32 bytes. */
export async function proveKnowledge(
  secret: bigint,
  statement: Statement,
  nonceSeed: Uint8Array,
): Promise<Uint8Array> {
  const nonce = await prepareNonce(secret, statement, nonceSeed);
  return respond(secret, nonce, statement, [nonce.publicKey]);
}

/** Demands that a proof holds for the logarithm of `point` (65 bytes); throws `proof-invalid`. */
export async function checkKnowledge(
  point: Uint8Array,
  statement: Statement,
  proof: Uint8Array,
): Promise<void> {
  const parsed = parsePoint(point);
  if (parsed === undefined) throw proofInvalid();
  const answers = await prepareAnswers(proof);
  const commitment = await commitmentOf(answers, answers.response.publicKey, publicBase(parsed));
  demandChallenge(statement, answers, [commitment]);
}

/**
 * The nonce of a proof. Hedged: it is secret if either the proven secret or the generator is, and differs when anything
 * else does.
 */
export async function prepareNonce(
  secret: bigint,
  { nonceDomain, parts }: Statement,
  nonceSeed: Uint8Array,
): Promise<PreparedScalar> {
  const uniform = deriveKey(scalarBytes(secret), { salt: nonceSeed, size: 48 }, nonceDomain, ...parts);
  return prepareScalar(reduceToScalar(uniform));
}

/** Challenge and response to these commitments, 64 bytes. */
export function respond(
  secret: bigint,
  nonce: PreparedScalar,
  { domain, parts }: Statement,
  commitments: readonly Uint8Array[],
): Uint8Array {
  const challenge = hash(domain, ...parts, ...commitments);
  const response = modOrder(nonce.scalar + challengeScalar(challenge) * secret);
  nonce.wipe();
  return new Writer().fixed(challenge).fixed(scalarBytes(response)).finish();
}

/** The two halves of a proof, ready to multiply with; they are public. */
export interface Answers {
  bytes: Uint8Array;
  challenge: PreparedScalar;
  response: PreparedScalar;
}

/** Throws `proof-invalid` for bytes that can't be a proof. */
export async function prepareAnswers(proof: Uint8Array): Promise<Answers> {
  const bytes = proof.slice(0, SCALAR_SIZE);
  const response = parseScalar(proof.slice(SCALAR_SIZE));
  // A challenge of 0 is a hash that nobody finds.
  const challenge = challengeScalar(bytes);
  if (response === undefined || challenge === 0n) throw proofInvalid();
  const [first, second] = await Promise.all([prepareScalar(challenge), prepareScalar(response)]);
  return { bytes, challenge: first, response: second };
}

/** The commitment that a proof answers: response times its base (`product`) less challenge times `point`. */
export async function commitmentOf(
  { challenge }: Answers,
  product: Uint8Array,
  point: Base,
): Promise<Uint8Array> {
  const taken = affineOf(await challenge.multiply(point));
  const commitment = add(affineOf(product), negate(taken));
  if (commitment === undefined) throw proofInvalid();
  return affineBytes(commitment);
}

/** Throws `proof-invalid` unless these commitments hash to the challenge. */
export function demandChallenge(
  { domain, parts }: Statement,
  { bytes }: Answers,
  commitments: readonly Uint8Array[],
): void {
  if (!equal(hash(domain, ...parts, ...commitments), bytes)) throw proofInvalid();
}
