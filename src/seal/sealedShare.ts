/**
 * A gate's share of an index key, sealed to that gate and bound to all that it may be used for: an HPKE message, and a
 * proof that its sealer knows the discrete logarithm of the message's `enc`, bound to the same.
 *
 * The proof is there for complaints (shareComplaint.ts): a gate that complains publishes the Diffie-Hellman point of
 * `enc` and its key. A dealer who could copy the `enc` of someone else's sealed share, which stands on chain, would have
 * the point that opens it told by the gate.
 */
import { concat, equal, randomBytes } from "../core/bytes.ts";
import { Writer } from "../core/encoding.ts";
import { DiptychError, isDiptychError } from "../core/errors.ts";
import { hash } from "../core/hash.ts";
import { demandSize, keySetId } from "./binding.ts";
import {
  demandPoint,
  GENERATOR,
  POINT_SIZE,
  parsePoint,
  parseScalar,
  pointBytes,
  randomScalar,
  SCALAR_SIZE,
  scalarBytes,
} from "./curve.ts";
import { shareInvalid } from "./failures.ts";
import { demandScalar } from "./hpke.ts";
import { type PreparedScalar, prepareScalar, publicBase } from "./multiply.ts";
import { openWithPoint, sealWithPoint } from "./pointKem.ts";
import { checkKnowledge, proveKnowledge, type Statement } from "./schnorr.ts";
import { checkShare, checkShareKey, demandIndex, hashCommitments } from "./sharing.ts";

/**
 * What a sealed share is bound to. `contract` is the key registry on which the dealing stands, `dealer` the account that
 * dealt (20 bytes each), `keySet` 32 bytes, `generation` from 1, `gateKey` the HPKE public key of the gate (65 bytes),
 * `index` the gate's place from 1, `count` n; t is the number of `commitments`.
 */
export interface ShareBinding {
  chainId: bigint | number;
  contract: Uint8Array;
  dealer: Uint8Array;
  keySet: Uint8Array;
  generation: bigint | number;
  gateKey: Uint8Array;
  index: number;
  count: number;
  commitments: readonly Uint8Array[];
}

/** The HPKE info of a sealed share. */
export function shareInfo(binding: ShareBinding): Uint8Array {
  demandIndex(binding.index);
  demandPoint(binding.gateKey, "gate's HPKE key");
  return new Writer()
    .text("diptych/seal/share/v1")
    .u256(binding.chainId)
    .fixed(demandSize(binding.contract, 20, "contract address"))
    .fixed(demandSize(binding.dealer, 20, "dealer address"))
    .fixed(demandSize(binding.keySet, 32, "key set id"))
    .u64(binding.generation)
    .fixed(binding.gateKey)
    .u8(binding.index)
    .u8(binding.commitments.length)
    .u8(binding.count)
    .fixed(hashCommitments(binding.commitments))
    .finish();
}

/** Seals `share` to its gate: 177 bytes. Throws `share-invalid` when it doesn't match its commitments. */
export async function sealShare(share: bigint, binding: ShareBinding): Promise<Uint8Array> {
  demandOwnKeySet(binding);
  checkShare(binding.index, share, binding.commitments);
  return sealShareWithEphemeral(scalarBytes(share), binding, randomScalar(), randomBytes(32));
}

/**
 * `sealShare` with ephemeral key and nonce seed given, and nothing checked: for test vectors and for shares that are to
 * be refused. An ephemeral used twice breaks both.
 */
export async function sealShareWithEphemeral(
  plaintext: Uint8Array,
  binding: ShareBinding,
  ephemeral: bigint,
  nonceSeed: Uint8Array,
): Promise<Uint8Array> {
  const gateKey = demandPoint(binding.gateKey, "gate's HPKE key");
  const key = await prepareScalar(ephemeral);
  const enc = key.publicKey;
  const point = await key.multiply(publicBase(gateKey));
  const context = { point, enc, publicKey: binding.gateKey, info: shareInfo(binding) };
  const ct = await sealWithPoint(context, plaintext);
  return concat(enc, ct, await proveSealing(ephemeral, { enc, ct }, binding, nonceSeed));
}

/** Proves that who sealed a share knows the logarithm of its `enc`, 64 bytes. */
export async function proveSealing(
  ephemeral: bigint,
  message: ShareMessage,
  binding: ShareBinding,
  nonceSeed: Uint8Array,
): Promise<Uint8Array> {
  return proveKnowledge(ephemeral, statementOf(message, binding), nonceSeed);
}

/**
 * Opens a sealed share with the gate's HPKE private key. `binding` must come from the chain, as it stands there now.
 * Throws `share-invalid` when it isn't proven for this binding, what is inside doesn't match the commitments or the key
 * set isn't this dealer's, `seal-open-failed` when it isn't sealed to this gate, `argument-invalid` when the private key
 * isn't that of `gateKey`.
 */
export async function openShare(
  privateKey: Uint8Array,
  sealed: Uint8Array,
  binding: ShareBinding,
): Promise<bigint> {
  const key = await prepareGateKey(privateKey, binding);
  const message = await demandSealedShare(sealed, binding);
  const point = await key.multiply(publicBase(demandPoint(message.enc, "encapsulated key")));
  return openShareWithPoint(point, message, binding);
}

/** The private key, ready; throws `argument-invalid` when it isn't that of the binding's gate key. */
export async function prepareGateKey(privateKey: Uint8Array, binding: ShareBinding): Promise<PreparedScalar> {
  const key = await prepareScalar(demandScalar(privateKey));
  if (!equal(key.publicKey, binding.gateKey))
    throw new DiptychError(
      "argument-invalid",
      "This private key is not that of the gate key in the binding.",
    );
  return key;
}

/** `openShare` of a message of `demandSealedShare`, from the Diffie-Hellman point of `enc` and the gate key, 65 bytes. */
export async function openShareWithPoint(
  point: Uint8Array,
  { enc, ct }: ShareMessage,
  binding: ShareBinding,
): Promise<bigint> {
  const context = { point, enc, publicKey: binding.gateKey, info: shareInfo(binding) };
  const share = parseScalar(await openWithPoint(context, ct));
  if (share === undefined) throw shareInvalid();
  const { publicKey } = await prepareScalar(share);
  checkShareKey(binding.index, publicKey, binding.commitments);
  return share;
}

/** The two halves of a sealed share's message. */
export interface ShareMessage {
  enc: Uint8Array;
  ct: Uint8Array;
}

/**
 * What everybody can check of a sealed share: its form, the dealer's key set and proof. Throws `share-invalid`.
 */
export async function demandSealedShare(sealed: Uint8Array, binding: ShareBinding): Promise<ShareMessage> {
  demandOwnKeySet(binding);
  if (sealed.length !== SEALED_SIZE) throw shareInvalid();
  const enc = sealed.slice(0, POINT_SIZE);
  const ct = sealed.slice(POINT_SIZE, -2 * SCALAR_SIZE);
  try {
    await checkKnowledge(enc, statementOf({ enc, ct }, binding), sealed.slice(-2 * SCALAR_SIZE));
  } catch (error) {
    if (isDiptychError(error, "proof-invalid")) throw shareInvalid();
    throw error;
  }
  return { enc, ct };
}

/** enc, ct (a scalar and AES-GCM's 16 bytes), proof. */
const SEALED_SIZE = POINT_SIZE + SCALAR_SIZE + 16 + 2 * SCALAR_SIZE;

function statementOf({ enc, ct }: ShareMessage, binding: ShareBinding): Statement {
  return {
    domain: "diptych/seal/share-proof/v1",
    nonceDomain: "diptych/seal/share-proof-nonce/v1",
    parts: [shareInfo(binding), hash("diptych/seal/share-body/v1", enc, ct), pointBytes(GENERATOR), enc],
  };
}

/** A key set is a dealer and an index key: nobody can deal under the key set of another. */
function demandOwnKeySet({ commitments, index, count, dealer, keySet }: ShareBinding): void {
  const indexKey = commitments[0];
  if (indexKey === undefined || commitments.length > count || index > count) throw shareInvalid();
  if (commitments.some((commitment) => parsePoint(commitment) === undefined)) throw shareInvalid();
  if (!equal(keySetId(dealer, indexKey), keySet)) throw shareInvalid();
}
