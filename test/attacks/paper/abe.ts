/**
 * The paper's CP-ABE, secure against chosen plaintexts only (5.1.3, 5.2.3): FABEO's bare scheme with the message masked by the
 * shared secret. Nothing is checked: not a key on receipt, not a ciphertext before its plaintext is used.
 */
import { type G1, type GT, loadGroup, reduceScalar, WIDE_SCALAR_BYTES } from "../../../src/abe/group.ts";
import {
  type Ciphertext,
  type Coins,
  decrypt as decryptElements,
  deriveKeyElements,
  encrypt as encryptElements,
  type KeyElements,
} from "../../../src/abe/scheme.ts";
import { randomBytes } from "../../../src/core/bytes.ts";
import { compileLsss, findCombination, type Lsss, parseAttribute } from "../../../src/policy/index.ts";
import { sha256 } from "./rsa.ts";

export type PublicKey = GT;
export type MasterKey = G1;
/** SK_AU. */
export type UserKey = { attributes: ReturnType<typeof parseAttribute>[]; elements: KeyElements };
/** C_Ki. */
export type WrappedKey = { lsss: Lsss; points: Ciphertext; masked: Uint8Array };

export function randomScalar(): bigint {
  return reduceScalar(randomBytes(WIDE_SCALAR_BYTES));
}

export async function setup(): Promise<{ publicKey: PublicKey; masterKey: MasterKey }> {
  const group = await loadGroup();
  const masterKey = group.multiplyG1(group.generator1, randomScalar());
  return { masterKey, publicKey: group.pairAll([[masterKey, group.generator2]]) };
}

export async function keygen(masterKey: MasterKey, attributes: readonly string[]): Promise<UserKey> {
  const parsed = attributes.map(parseAttribute);
  return {
    attributes: parsed,
    elements: deriveKeyElements(await loadGroup(), masterKey, parsed, randomScalar()),
  };
}

export async function wrap(publicKey: PublicKey, policy: string, key: Uint8Array): Promise<WrappedKey> {
  const lsss = compileLsss(policy);
  const coins: Coins = {
    s1: randomScalar(),
    sPrime: Array.from({ length: lsss.uses }, randomScalar),
    v: Array.from({ length: lsss.columns - 1 }, randomScalar),
  };
  const group = await loadGroup();
  const { ciphertext, shared } = encryptElements(group, publicKey, lsss, coins);
  return { lsss, points: ciphertext, masked: mask(group.encodeGT(shared), key) };
}

/** K_i, or noise: nothing tells which. Undefined when the attributes don't satisfy the policy. */
export async function unwrap(user: UserKey, { lsss, points, masked }: WrappedKey) {
  const weights = findCombination(lsss, user.attributes);
  if (weights === undefined) return undefined;
  const group = await loadGroup();
  const parts = {
    ct1: points.ct1,
    ct2: new Map(weights.map(({ row }) => [lsss.rows[row]!.use, points.ct2[lsss.rows[row]!.use]!])),
    ct3: new Map(weights.map(({ row }) => [row, points.ct3[row]!])),
  };
  return mask(group.encodeGT(decryptElements(group, user.elements, lsss, weights, parts)), masked);
}

function mask(shared: Uint8Array, bytes: Uint8Array): Uint8Array {
  return sha256(shared).map((byte, at) => byte ^ bytes[at]!);
}
