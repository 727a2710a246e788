/**
 * Proofs that two points have one discrete logarithm, the first to G, the second to another base (Chaum and Pedersen,
 * CRYPTO 1992, made non-interactive by Fiat and Shamir): 64 bytes, challenge and response.
 */
import { parsePoint } from "./curve.ts";
import { proofInvalid } from "./failures.ts";
import { type PreparedScalar, prepareBase, publicBase } from "./multiply.ts";
import {
  commitmentOf,
  demandChallenge,
  prepareAnswers,
  prepareNonce,
  respond,
  type Statement,
} from "./schnorr.ts";

/** Proves that `secret` takes G to its public key and `base` (65 bytes) to what it takes it to. */
export async function proveEquality(
  secret: PreparedScalar,
  base: Uint8Array,
  statement: Statement,
  nonceSeed: Uint8Array,
): Promise<Uint8Array> {
  const point = parsePoint(base);
  if (point === undefined) throw proofInvalid();
  const nonce = await prepareNonce(secret.scalar, statement, nonceSeed);
  return respond(secret.scalar, nonce, statement, [nonce.publicKey, await nonce.multiply(publicBase(point))]);
}

/** Points of 65 bytes each: `publicKey` to G is as `product` to `base`. */
export interface Equality {
  publicKey: Uint8Array;
  base: Uint8Array;
  product: Uint8Array;
}

/** Demands that a proof holds; throws `proof-invalid`, also for what isn't a point. */
export async function checkEquality(
  { publicKey, base, product }: Equality,
  statement: Statement,
  proof: Uint8Array,
): Promise<void> {
  const [key, from, to] = [parsePoint(publicKey), parsePoint(base), parsePoint(product)];
  if (key === undefined || from === undefined || to === undefined) throw proofInvalid();
  const answers = await prepareAnswers(proof);
  const { response } = answers;
  const commitments = await Promise.all([
    commitmentOf(answers, response.publicKey, prepareBase(key)),
    response.multiply(publicBase(from)).then((moved) => commitmentOf(answers, moved, prepareBase(to))),
  ]);
  demandChallenge(statement, answers, commitments);
}
