/** A gate's share of an index key, sealed to that gate and bound to all that it may be used for. */
import { equal } from "../core/bytes.ts";
import { Writer } from "../core/encoding.ts";
import { DiptychError } from "../core/errors.ts";
import { demandSize, keySetId } from "./binding.ts";
import { demandPoint, parseScalar, scalarBytes } from "./curve.ts";
import { shareInvalid } from "./failures.ts";
import { open, publicKeyOf, sealTo } from "./hpke.ts";
import { checkShare, demandIndex, hashCommitments } from "./sharing.ts";

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

/** Seals `share` to its gate: 113 bytes. Throws `share-invalid` when it doesn't match its commitments. */
export async function sealShare(share: bigint, binding: ShareBinding): Promise<Uint8Array> {
  demandOwnKeySet(binding);
  checkShare(binding.index, share, binding.commitments);
  return sealTo(binding.gateKey, shareInfo(binding), scalarBytes(share));
}

/**
 * Opens a sealed share with the gate's HPKE private key. `binding` must come from the chain, as it stands there now.
 * Throws `seal-open-failed` when it isn't sealed to this gate under this binding, `share-invalid` when what is inside
 * doesn't match the commitments or the key set isn't this dealer's, `argument-invalid` when the private key isn't that
 * of `gateKey`.
 */
export async function openShare(
  privateKey: Uint8Array,
  sealed: Uint8Array,
  binding: ShareBinding,
): Promise<bigint> {
  if (!equal(publicKeyOf(privateKey), binding.gateKey))
    throw new DiptychError(
      "argument-invalid",
      "This private key is not that of the gate key in the binding.",
    );
  demandOwnKeySet(binding);
  const share = parseScalar(await open(privateKey, shareInfo(binding), sealed));
  if (share === undefined) throw shareInvalid();
  checkShare(binding.index, share, binding.commitments);
  return share;
}

/** A key set is a dealer and an index key: nobody can deal under the key set of another. */
function demandOwnKeySet({ commitments, index, count, dealer, keySet }: ShareBinding): void {
  const indexKey = commitments[0];
  if (indexKey === undefined || commitments.length > count || index > count) throw shareInvalid();
  if (!equal(keySetId(dealer, indexKey), keySet)) throw shareInvalid();
}
