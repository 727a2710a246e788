/** `diptych gate rotate`: new keys for a gate without a gap in its service. */
import type { JsonRpcProvider } from "ethers";
import { DiptychError } from "../../core/errors.ts";
import { type Chain, openChain, type Side } from "../../ledger/chain.ts";
import { KeyRegistry } from "../../ledger/keyRegistry.ts";
import type { Result } from "../frame/acting.ts";
import type { Context } from "../frame/context.ts";
import { cardOf, dropNextSeed, gateStore, makeNextSeed, storedSeeds, takeNextSeed } from "./seeds.ts";

/** Which gate of a home. */
export type GateChoice = { side: Side; name?: string };
export type RotateOptions = { finish?: boolean; abandon?: boolean };

export async function rotateGate(context: Context, options: GateChoice & RotateOptions): Promise<Result> {
  const { side, name, finish, abandon } = options;
  if (finish === true && abandon === true)
    throw new DiptychError("usage", "--finish and --abandon are opposites: choose one.");
  const { rpc, genesisHash: _, ...addresses } = (await context.config()).chains[side];
  const place = { side, ...addresses };
  const store = await gateStore(context, side, name, false);
  const { seed, nextSeed } = await storedSeeds(store);
  if (finish !== true && abandon !== true) {
    const card = await cardOf(await makeNextSeed(store), place);
    return {
      json: { side, coming: card },
      text: [
        `The gate's account to come is ${card.address}.`,
        `  key        ${card.hpkeKey}`,
        `  signature  ${card.signature}`,
        "Next: start the gate again (it serves under both accounts), have the new account registered, tell the patients to",
        "refresh their gates; when nobody names the old account any more, stop it and run the same with --finish.",
      ],
    };
  }
  if (nextSeed === undefined)
    throw new DiptychError("usage", "There is no seed to come: `diptych gate rotate` makes one first.");
  if (abandon === true) {
    await dropNextSeed(store);
    return { json: { side, abandoned: true }, text: "The seed to come is gone; the gate stays as it was." };
  }
  const old = (await cardOf(seed, place)).address;
  const chain = await openChain(place, rpc);
  context.defer(async () => (chain.provider as JsonRpcProvider).destroy());
  const left = await countKeySetsWith(chain, old);
  if (left > 0)
    await context.confirm(
      `${left} key sets still name the old account ${old}; without its seed this gate can never help to open their indexes again. Erase it?`,
    );
  await takeNextSeed(store, nextSeed);
  const { address } = await cardOf(nextSeed, place);
  return {
    json: { side, address, erased: old, keySetsLeft: left },
    text: [`The gate's account is ${address} now; the seed of ${old} is erased.`, "Erase its copies too."],
  };
}

/** Key sets whose newest dealing names the account. */
async function countKeySetsWith(chain: Chain, account: string): Promise<number> {
  const registry = new KeyRegistry(chain);
  const ids = new Set<string>();
  for await (const { keySet } of registry.dealings()) ids.add(keySet);
  let count = 0;
  for (const id of ids) {
    const { gates } = await registry.keySet(id);
    if (gates.some((gate) => gate.toLowerCase() === account.toLowerCase())) count += 1;
  }
  return count;
}
