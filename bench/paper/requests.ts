/** Acts of the load: what one share is on the chains, for each scheme. */
import { Interface } from "ethers";
import { hex, randomBytes } from "../../src/core/bytes.ts";
import { indexLedgerAbi } from "../../src/ledger/abi/indexLedger.ts";
import type { Side } from "../../src/ledger/chain.ts";
import { batchOf } from "../baselines/batch.ts";
import type { Scheme, Sealed, View } from "../baselines/scheme.ts";
import type { Bed } from "./bed.ts";
import type { Act, Call, Senders } from "./load.ts";

const face = new Interface(indexLedgerAbi);
/** Nonces and keys are calldata whose zero bytes cost less. */
const spare = 1_500;
const lifetime = 20_000;

function requestData({ ledgerRecordId }: View): string {
  const expiry = Math.floor(Date.now() / 1000) + lifetime;
  const key = `0x04${hex(randomBytes(64)).slice(2)}`;
  return face.encodeFunctionData("request", [ledgerRecordId, hex(randomBytes(32)), 0, key, expiry]);
}

/** The requests of one share, each with just the gas that it needs. */
export async function shareAct(
  bed: Bed,
  senders: Partial<Record<Side, Senders>>,
  scheme: Scheme,
  sealed: Sealed,
  side: "shared" | "full" = "shared",
): Promise<Act> {
  const names = sealed[side].length === 0 ? sealed.shared : sealed[side];
  const views = names.map((name) => sealed.views.find((view) => view.name === name)!);
  const { chain } = views[0]!;
  const calls: Omit<Call, "gasLimit">[] = scheme.batched
    ? [{ to: (sender) => sender, data: () => batchOf(chain.ledger, views.map(requestData)) }]
    : views.map((view) => ({ to: () => view.chain.ledger, data: () => requestData(view) }));
  const sender = senders[chain.side]!.one.address;
  const made: Act["calls"] = [];
  for (const call of calls) {
    const trial = { from: sender, to: call.to(sender), data: call.data() };
    const gasLimit = Number(await bed.chains[chain.side].provider.estimateGas(trial)) + spare;
    made.push({ side: chain.side, call: { ...call, gasLimit } });
  }
  return { name: `${scheme.name} ${side}`, calls: made };
}

/** Gas that an act may use, on each chain. */
export function gasLimits({ calls }: Act): Record<Side, number> {
  const gas = { storage: 0, shared: 0 };
  for (const { side, call } of calls) gas[side] += call.gasLimit;
  return gas;
}
