/** Gates of a test's own that serve over HTTP like any operator's, and whose seeds the test knows. */
import type { RequestListener } from "node:http";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { randomBytes, unhex } from "../../src/core/bytes.ts";
import { type Chain, KeyRegistry, type KeySet, signGate } from "../../src/ledger/index.ts";
import { openShare } from "../../src/seal/index.ts";
import { type GateServeOptions, serveGate } from "../../src/services/gateServer.ts";
import { type Confirmations, deriveGateKeys, Gate } from "../../src/services/index.ts";
import { nodeAccount } from "../world.ts";
import type { OwnGate } from "./ownGates.ts";

export type ServedGate = OwnGate & { gate: Gate; url: string; stop: () => Promise<void> };

export type ServedGateOptions = GateServeOptions & {
  /** The gate's own node, if it isn't the test's. */
  at?: Chain;
  confirmations?: Confirmations;
  /** What stands before the gate and is registered in its stead; its URL. */
  front?: (url: string) => Promise<string>;
};

/** Registers a gate's account under a URL. */
export async function registerAs(chain: Chain, keys: Omit<OwnGate, "seed">, url: string): Promise<void> {
  const hpkeKey = keys.hpke.publicKey;
  const signature = await signGate(keys.wallet, chain, hpkeKey);
  const entry = { address: keys.address, hpkeKey, url, signature };
  await new KeyRegistry(chain).setGate(await nodeAccount(chain, 2), entry);
}

/** Starts a gate with a new seed and registers it. It believes the newest block unless told otherwise. */
export async function serveOwnGate(chain: Chain, options: ServedGateOptions = {}): Promise<ServedGate> {
  const { at = chain, confirmations = 0, front, ...serving } = options;
  const seed = randomBytes(32);
  const keys = await deriveGateKeys(seed);
  const gate = await Gate.open(at, seed, confirmations);
  const served = await serveGate(gate, { upkeep: false, ...serving });
  const url = front === undefined ? served.url : await front(served.url);
  await registerAs(chain, keys, url);
  return { seed, ...keys, gate, url, stop: () => served.close() };
}

/** So many of them, and what stops them all. */
export async function serveOwnGates(
  chain: Chain,
  count: number,
  options: ServedGateOptions = {},
): Promise<{ gates: ServedGate[]; close: () => Promise<void> }> {
  const gates: ServedGate[] = [];
  for (let i = 0; i < count; i++) gates.push(await serveOwnGate(chain, options));
  return { gates, close: async () => void (await Promise.all(gates.map(({ stop }) => stop()))) };
}

/** What a thief of a gate's keys gets out of a dealing: its share. */
export async function stealShare(
  chain: Chain,
  keySet: string,
  set: KeySet,
  { address, hpke }: Pick<OwnGate, "address" | "hpke">,
): Promise<{ index: number; share: bigint }> {
  const index = set.gates.indexOf(address) + 1;
  const share = await openShare(hpke.privateKey, set.sealedShares[index - 1]!, {
    chainId: chain.chainId,
    contract: unhex(chain.keyRegistry),
    dealer: unhex(set.dealer),
    keySet: unhex(keySet),
    generation: set.generation,
    gateKey: hpke.publicKey,
    index,
    count: set.gates.length,
    commitments: set.commitments,
  });
  return { index, share };
}

export type Front = { url: string; close: () => void };

/** A server on loopback that does with each request whatever `listener` does. */
export async function serveFront(listener: RequestListener): Promise<Front> {
  const server = createServer(listener);
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${port}`, close };
}

/** Asks another server the same, and answers what it answers. */
export function passOn(to: string): RequestListener {
  return (asked, answer) => {
    const { method, headers, url } = asked;
    const asking = request(`${to}${url}`, { method, headers }, (given) => {
      answer.writeHead(given.statusCode ?? 500, given.headers);
      given.pipe(answer);
    });
    asking.on("error", () => answer.destroy());
    asked.pipe(asking);
  };
}
