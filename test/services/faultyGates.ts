/** Gates that hold a true share and cheat with it, and one that can be killed in the middle of an answer. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { RequestListener } from "node:http";
import { fileURLToPath } from "node:url";
import { JsonRpcProvider } from "ethers";
import { hex, randomBytes, unhex, utf8Decode } from "../../src/core/bytes.ts";
import {
  type Chain,
  IndexLedger,
  KeyRegistry,
  type Receipt,
  requestIdOf,
  signReceipt,
} from "../../src/ledger/index.ts";
import {
  decodeIndex,
  type GatePartial,
  hashEnc,
  makePartial,
  prepareShare,
  sealRelease,
} from "../../src/seal/index.ts";
import { deriveGateKeys, type Release, type ReleaseOrder } from "../../src/services/index.ts";
import type { OwnGate } from "./ownGates.ts";
import { stealShare } from "./servedGates.ts";

export type Cheat = {
  /** What it makes of its true partial; `of` gives the true partial of another gate that is in league with it. */
  partial?: (own: GatePartial, of: (gate: OwnGate) => Promise<GatePartial>) => Promise<GatePartial>;
  /** What it makes of its receipt. */
  receipt?: (own: Receipt) => Partial<Record<keyof Receipt, unknown>> | undefined;
};

/** Answers every order as the gate would that is asked, but for the cheat. */
export function cheating(chain: Chain, gate: OwnGate, cheat: Cheat): RequestListener {
  return async (asked, answer) => {
    const chunks: Buffer[] = [];
    for await (const chunk of asked) chunks.push(chunk as Buffer);
    const order = JSON.parse(utf8Decode(Buffer.concat(chunks))) as ReleaseOrder;
    answer.setHeader("content-type", "application/json");
    // Infinity has no JSON, but JSON has numbers that become it.
    answer.end(JSON.stringify(await cheatedRelease(chain, gate, order, cheat)).replace('"1e999"', "1e999"));
  };
}

async function cheatedRelease(
  chain: Chain,
  gate: OwnGate,
  order: ReleaseOrder,
  cheat: Cheat,
): Promise<Omit<Release, "receipt"> & { receipt: unknown }> {
  const { keySet, index, version } = await new IndexLedger(chain).record(order.ledgerRecordId);
  const set = await new KeyRegistry(chain).keySet(keySet);
  const { enc } = decodeIndex(index);
  const requestId = unhex(requestIdOf(chain, order));
  const { generation } = set;
  const partialOf = async (other: OwnGate) => {
    const { index: at, share } = await stealShare(chain, keySet, set, other);
    return makePartial(at, await prepareShare(share), enc, { requestId, keySet: unhex(keySet), generation });
  };
  const own = await partialOf(gate);
  const partial = (await cheat.partial?.(own, partialOf)) ?? own;
  const binding = { requestId, gate: unhex(gate.address), enc };
  const time = Math.floor(Date.now() / 1000);
  const fields = { requestId: hex(requestId), ledgerRecordId: order.ledgerRecordId, version, time };
  const receipt = await signReceipt(gate.wallet, chain, fields);
  return {
    gate: gate.address,
    place: own.index,
    generation,
    version,
    encHash: hex(hashEnc(enc)),
    sealed: hex(await sealRelease(unhex(order.responseKey), partial, binding)),
    receipt: cheat.receipt === undefined ? receipt : cheat.receipt(receipt),
  };
}

export type KillableGate = OwnGate & {
  url: string;
  /** Resolves when it has sent the first half of an answer, and keeps the other. */
  halfway: () => Promise<unknown>;
  /** By SIGKILL; resolves when the process is gone. */
  kill: () => Promise<void>;
};

/** A gate in a process of its own that sends one half of each answer. */
export async function startKillableGate(chain: Chain): Promise<KillableGate> {
  if (!(chain.provider instanceof JsonRpcProvider)) throw new Error("this chain is not reached by a URL");
  const seed = randomBytes(32);
  const child: ChildProcess = fork(fileURLToPath(new URL("halfAnsweringGate.ts", import.meta.url)), {
    execArgv: [],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const { provider, ...addresses } = chain;
  child.send({ seed: hex(seed), addresses, node: provider._getConnection().url });
  const [{ url }] = (await once(child, "message")) as [{ url: string }];
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  return { seed, ...(await deriveGateKeys(seed)), url, halfway: () => once(child, "message"), kill };
}
