/**
 * Moving a patient's records to new accounts of the same seed: another wallet, or the one after a suspicion. The old accounts
 * offer, the new ones take over; nothing is granted or releasable until the new ones have dealt their index keys and published.
 */
import { ZeroAddress } from "ethers";
import { DiptychError } from "../core/errors.ts";
import type { Address, Side } from "../ledger/chain.ts";
import type { Mined } from "../ledger/transactions.ts";
import type { Owner } from "./owner.ts";
import { ledgerOf, viewNames } from "./ownRecord.ts";

/** A ledger record that changed owners. */
export type TakenOver = { ledger: Side; ledgerRecordId: string; mined: Mined };

/**
 * Offers a record's views to the accounts named, each on its ledger; an undefined account leaves that ledger alone, and nobody
 * withdraws the offers.
 */
export async function offerTransfer(
  owner: Owner,
  emrId: Uint8Array,
  to: Partial<Record<Side, Address>> | "nobody",
): Promise<Mined[]> {
  const mined: Mined[] = [];
  for (const view of viewNames) {
    const side = ledgerOf[view];
    const account = to === "nobody" ? ZeroAddress : to[side];
    if (account === undefined) continue;
    if (account.toLowerCase() === (await owner.address(side)).toLowerCase())
      throw new DiptychError(
        "argument-invalid",
        `The ${side} account owns the record already: name another.`,
      );
    const id = await owner.ledgerRecordId(emrId, view);
    await owner.settle(side);
    const ledger = owner.ledgers[side];
    if ((await ledger.find(id)) === undefined) continue;
    if (((await ledger.transferOffer(id)) ?? ZeroAddress).toLowerCase() === account.toLowerCase()) continue;
    mined.push(await (await owner.acts(side)).offerTransfer(id, account));
  }
  return mined;
}

/** Takes over every ledger record that stands offered to the owner's accounts; none when there is none. */
export async function acceptTransfers(owner: Owner): Promise<TakenOver[]> {
  const taken: TakenOver[] = [];
  for (const side of Object.values(ledgerOf)) {
    const acts = await owner.acts(side);
    await owner.settle(side);
    for (const ledgerRecordId of await owner.ledgers[side].offersTo(await owner.address(side)))
      taken.push({ ledger: side, ledgerRecordId, mined: await acts.acceptTransfer(ledgerRecordId) });
  }
  await owner.learnArrivals();
  return taken;
}
