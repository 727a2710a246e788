/**
 * Sharing an index key out over a chain's gates (F6), and changing that: other gates or another threshold for the same key,
 * a refresh after gates made new keys, a new key when so many shares may be lost that they open indexes.
 */
import { unhex } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import type { Address, Side } from "../ledger/chain.ts";
import { KeyRegistry } from "../ledger/keyRegistry.ts";
import type { Mined } from "../ledger/transactions.ts";
import { deal, isPublicKey, type ShareBinding, sealShare } from "../seal/index.ts";
import {
  currentIndexKey,
  dealtKeySet,
  hasDealt,
  indexKeyOf,
  noShares,
  type OwnIndexKey,
} from "./indexKeys.ts";
import type { Owner } from "./owner.ts";
import type { Course } from "./progress.ts";

/** Any `threshold` of `gates` open an index together. */
export type GateChoice = { gates: readonly Address[]; threshold: number };

/** Gates for chains on which none have been appointed yet. */
export type GateChoices = Partial<Record<Side, GateChoice>>;

/** How a refresh changes the gates: accounts that others take the place of, as when a gate made itself a new seed. */
export type GateReplacements = Readonly<Record<Address, Address>>;

/**
 * Deals a fresh generation of shares of the chain's index key. Nothing is published anew: what stands opens with the new shares.
 *
 * @throws DiptychError `argument-invalid` for a gate that the chain's key registry doesn't list, or named twice
 */
export async function appointGates(
  owner: Owner,
  side: Side,
  choice: GateChoice,
  course: Course,
): Promise<Mined> {
  return dealShares(owner, side, await currentIndexKey(owner, side), choice, course);
}

/**
 * Deals fresh shares to the gates of now, or to those that `replace` puts in their places. It heals a theft of old keys and
 * shares only where gates have new keys: old sealed shares stand on the chain for ever, and an old key opens them.
 *
 * @throws DiptychError `key-missing` when no gates were appointed, `argument-invalid` for a replacement of no gate of now
 */
export async function refreshGates(
  owner: Owner,
  side: Side,
  replace: GateReplacements,
  course: Course,
): Promise<Mined> {
  const { gates, threshold } = await dealtKeySet(owner, side);
  const successors = new Map(Object.entries(replace).map(([from, to]) => [from.toLowerCase(), to]));
  const renewed = gates.map((gate) => {
    const successor = successors.get(gate.toLowerCase());
    successors.delete(gate.toLowerCase());
    return successor ?? gate;
  });
  const [stranger] = successors.keys();
  if (stranger !== undefined)
    throw new DiptychError(
      "argument-invalid",
      `${stranger} is no gate of this patient on the ${side} chain: replace one of ${gates.join(", ")}.`,
    );
  return appointGates(owner, side, { gates: renewed, threshold }, course);
}

/** Chains on which no gate has a share of this owner's index key. */
export async function sidesWithoutGates(owner: Owner): Promise<Side[]> {
  const missing: Side[] = [];
  for (const side of ["storage", "shared"] as const) if (!(await hasDealt(owner, side))) missing.push(side);
  return missing;
}

/** Appoints the gates that `choices` names for a chain which has none yet. */
export async function appointMissing(
  owner: Owner,
  side: Side,
  choices: GateChoices,
  course: Course,
): Promise<void> {
  const choice = choices[side];
  if (choice !== undefined && !(await hasDealt(owner, side))) await appointGates(owner, side, choice, course);
}

/**
 * Demands that each chain's gates have shares of the index key, or can be dealt them as `choices` says; throws `key-missing`, or
 * as {@link demandGates}.
 */
export async function demandAppointed(owner: Owner, choices: GateChoices): Promise<void> {
  for (const side of await sidesWithoutGates(owner)) {
    const choice = choices[side];
    if (choice === undefined) throw noShares(side);
    await demandGates(owner, side, choice);
  }
}

/** Deals the index key after the one in force; from then on it is in force, and what is published is sealed to it. */
export async function dealNextIndexKey(
  owner: Owner,
  side: Side,
  choice: GateChoice,
  course: Course,
): Promise<Mined> {
  const { number } = await currentIndexKey(owner, side);
  const next = indexKeyOf(owner.keys, owner.chains[side], await owner.address(side), number + 1);
  return dealShares(owner, side, next, choice, course);
}

/**
 * Demands gates that can be dealt to, before anything is; throws `argument-invalid` for one that the chain doesn't list or that
 * is named twice, for two that answer at one address and so are one, and for a threshold that they can't meet.
 */
export async function demandGates(owner: Owner, side: Side, choice: GateChoice): Promise<Uint8Array[]> {
  const { gates, threshold } = choice;
  if (!Number.isInteger(threshold) || threshold < 1 || threshold > gates.length)
    throw new DiptychError(
      "argument-invalid",
      `${threshold} of ${gates.length} gates can't open anything: choose 1 to all of them.`,
    );
  const registry = new KeyRegistry(owner.chains[side]);
  const entries = await Promise.all(gates.map((gate) => registry.gate(gate)));
  const places = new Map<string, Address>();
  for (const { address, hpkeKey, url } of entries) {
    if (!isPublicKey(hpkeKey))
      throw new DiptychError(
        "argument-invalid",
        `The ${side} chain lists no gate ${address}: choose among its gates.`,
      );
    const place = url.toLowerCase().replace(/\/+$/, "");
    const same = places.get(place);
    if (same !== undefined)
      throw new DiptychError(
        "argument-invalid",
        `${same} and ${address} answer at one address (${url}), so whoever runs it would hold two shares: choose one of them.`,
      );
    places.set(place, address);
  }
  return entries.map(({ hpkeKey }) => hpkeKey);
}

async function dealShares(
  owner: Owner,
  side: Side,
  { key, keySet }: OwnIndexKey,
  choice: GateChoice,
  course: Course,
): Promise<Mined> {
  const { gates, threshold } = choice;
  course.tell("deal", 0, gates.length, side);
  // A deal that an earlier run had signed may be on its way: shares are sealed for one generation.
  await owner.settle(side);
  const hpkeKeys = await demandGates(owner, side, choice);
  const chain = owner.chains[side];
  const registry = new KeyRegistry(chain);
  const signer = await owner.signer(side);
  const generation = (await registry.generationOf(keySet)) + 1;
  const { commitments, shares } = deal(key.secret, threshold, gates.length);
  const common: Omit<ShareBinding, "gateKey" | "index"> = {
    chainId: chain.chainId,
    contract: unhex(chain.keyRegistry),
    dealer: unhex(await signer.getAddress()),
    keySet: unhex(keySet),
    generation,
    count: gates.length,
    commitments,
  };
  const sealedShares = await Promise.all(
    hpkeKeys.map((gateKey, i) => sealShare(shares[i]!, { ...common, gateKey, index: i + 1 })),
  );
  const mined = await registry.deal(signer, {
    indexKey: key.publicKey,
    generation,
    threshold,
    gates: [...gates],
    commitments,
    sealedShares,
  });
  course.tell("deal", gates.length, gates.length, side);
  return mined;
}
