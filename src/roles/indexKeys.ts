/**
 * Which index key is in force on a chain. Keys are numbered, and the chain's key registry tells how far the numbers have gone:
 * the seed and the chain are enough, whatever a device remembers.
 */
import { DiptychError } from "../core/errors.ts";
import type { Address, Chain, Side } from "../ledger/chain.ts";
import { keySetIdOf } from "../ledger/ids.ts";
import { KeyRegistry, type KeySet } from "../ledger/keyRegistry.ts";
import type { IndexKey } from "../seal/index.ts";
import type { Owner } from "./owner.ts";
import type { OwnerKeys } from "./ownerKeys.ts";

/** An index key of an account on a chain, and the id of the key set that its shares are dealt under. */
export type OwnIndexKey = { key: IndexKey; keySet: string; number: number };

/** The account's index key of that number, dealt or not. */
export function indexKeyOf(keys: OwnerKeys, chain: Chain, dealer: Address, number: number): OwnIndexKey {
  const key = keys.index(chain, dealer, number);
  return { key, keySet: keySetIdOf(dealer, key.publicKey), number };
}

/** The owner's newest index key that was dealt on a chain; the first, as long as none was. */
export async function currentIndexKey(owner: Owner, side: Side): Promise<OwnIndexKey> {
  const chain = owner.chains[side];
  const registry = new KeyRegistry(chain);
  const dealer = await owner.address(side);
  let current = indexKeyOf(owner.keys, chain, dealer, 0);
  for (;;) {
    const next = indexKeyOf(owner.keys, chain, dealer, current.number + 1);
    if ((await registry.dealerOf(next.keySet)) === undefined) return current;
    current = next;
  }
}

/** The index key of a key set that this seed dealt, by whichever of its accounts; undefined for another person's. */
export async function findIndexKey(
  owner: Owner,
  side: Side,
  keySet: string,
): Promise<OwnIndexKey | undefined> {
  const chain = owner.chains[side];
  const registry = new KeyRegistry(chain);
  const dealer = await registry.dealerOf(keySet);
  if (dealer === undefined) return undefined;
  for (let number = 0; ; number++) {
    const candidate = indexKeyOf(owner.keys, chain, dealer, number);
    if (candidate.keySet === keySet) return candidate;
    if ((await registry.dealerOf(candidate.keySet)) === undefined) return undefined;
  }
}

/** As {@link findIndexKey}; throws `key-missing` for another person's key set. */
export async function indexKeyOfSet(owner: Owner, side: Side, keySet: string): Promise<OwnIndexKey> {
  const found = await findIndexKey(owner, side, keySet);
  if (found !== undefined) return found;
  throw new DiptychError(
    "key-missing",
    `The index on the ${side} chain is sealed to a key that this seed doesn't make: it is another person's, or of another seed.`,
  );
}

/** Whether the chain's gates have shares of the index key in force. */
export async function hasDealt(owner: Owner, side: Side): Promise<boolean> {
  const { keySet } = await currentIndexKey(owner, side);
  return (await new KeyRegistry(owner.chains[side]).dealerOf(keySet)) !== undefined;
}

/** The current key set of the owner on a chain, as dealt; throws `key-missing` before the first dealing. */
export async function dealtKeySet(owner: Owner, side: Side): Promise<KeySet & { id: string }> {
  const { keySet } = await currentIndexKey(owner, side);
  const registry = new KeyRegistry(owner.chains[side]);
  if ((await registry.dealerOf(keySet)) === undefined) throw noShares(side);
  return { id: keySet, ...(await registry.keySet(keySet)) };
}

/** What is thrown where an index key is needed that no gate has a share of. */
export function noShares(side: Side): DiptychError {
  return new DiptychError(
    "key-missing",
    `The ${side} chain's gates have no shares of this patient's index key: appoint gates first.`,
  );
}
