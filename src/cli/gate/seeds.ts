/** Where a gate's seeds lie: sealed in the home, or in files that the operator keeps. */
import { hex, randomBytes, unhex, utf8Decode } from "../../core/bytes.ts";
import { DiptychError } from "../../core/errors.ts";
import type { ChainAddresses, Side } from "../../ledger/chain.ts";
import { signGate } from "../../ledger/keyRegistry.ts";
import { type KeyStore, keep } from "../../roles/keyStore.ts";
import { deriveGateKeys } from "../../services/gateKeys.ts";
import type { Context } from "../frame/context.ts";
import { readInput } from "../frame/input.ts";

/** Names of the secrets in a gate's key store. */
const seedName = "gate/seed";
const nextSeedName = "gate/next-seed";

export type Seeds = { seed: Uint8Array; nextSeed?: Uint8Array };

/** What a gate's administrator needs to register it, and what patients see of it. */
export type GateCard = { address: string; hpkeKey: string; signature: string };

/** The key store of a gate of this home. */
export function gateStore(
  context: Context,
  side: Side,
  name: string | undefined,
  make: boolean,
): Promise<KeyStore> {
  return context.role("gate", name ?? side, { make });
}

/** The seeds in a gate's key store; the first is made when there is none. */
export async function storedSeeds(store: KeyStore): Promise<Seeds> {
  const seed = await keep(store, seedName, () => randomBytes(32));
  const nextSeed = await store.get(nextSeedName);
  return nextSeed === undefined ? { seed } : { seed, nextSeed };
}

/** Keeps a seed to come, made now. */
export async function makeNextSeed(store: KeyStore): Promise<Uint8Array> {
  return keep(store, nextSeedName, () => randomBytes(32));
}

/** Puts the seed to come in the place of the old one. Cut off between both writes, the same again ends it. */
export async function takeNextSeed(store: KeyStore, nextSeed: Uint8Array): Promise<void> {
  await store.set(seedName, nextSeed);
  await store.delete(nextSeedName);
}

/** Forgets the seed to come. */
export function dropNextSeed(store: KeyStore): Promise<void> {
  return store.delete(nextSeedName);
}

/** Reads a seed from a file: 64 hex digits, with or without 0x. @throws DiptychError `usage` */
export async function readSeedFile(path: string): Promise<Uint8Array> {
  const bytes = await readInput(path, 4096);
  try {
    const seed = unhex(utf8Decode(bytes).trim());
    if (seed.length === 32) return seed;
  } catch {
    // What stands in the file must not come into a message.
  }
  throw new DiptychError("usage", `${path} holds no seed: it must be 64 hex digits, and nothing else.`);
}

/** A gate's account and key, signed by the account so that nobody can put another key under it. */
export async function cardOf(seed: Uint8Array, chain: ChainAddresses): Promise<GateCard> {
  const { address, wallet, hpke } = await deriveGateKeys(seed);
  return { address, hpkeKey: hex(hpke.publicKey), signature: await signGate(wallet, chain, hpke.publicKey) };
}
