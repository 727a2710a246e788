/** Gates of a test's own, registered on a chain, and dealings to them made by hand. */
import { request } from "node:http";
import { hex, randomBytes, unhex } from "../../src/core/bytes.ts";
import {
  type Chain,
  type Decided,
  KeyRegistry,
  type KeySet,
  keySetIdOf,
  signGate,
} from "../../src/ledger/index.ts";
import { deal, type ShareBinding, sealShare } from "../../src/seal/index.ts";
import { deriveGateKeys, type GateKeys, type ReleaseOrder } from "../../src/services/index.ts";
import { fundedWallet, nodeAccount } from "../world.ts";

export type OwnGate = GateKeys & { seed: Uint8Array };

/** A gate that stands in the key registry of the chain, with a new seed. */
export async function registerGate(chain: Chain): Promise<OwnGate> {
  const seed = randomBytes(32);
  const keys = await deriveGateKeys(seed);
  const hpkeKey = keys.hpke.publicKey;
  await new KeyRegistry(chain).setGate(await nodeAccount(chain, 2), {
    address: keys.address,
    hpkeKey,
    // Nobody listens there, and no two gates answer at one address.
    url: `http://127.0.0.1:1/${keys.address}`,
    signature: await signGate(keys.wallet, chain, hpkeKey),
  });
  return { seed, ...keys };
}

/** Gives a gate's account money for gas. */
export async function giveMoney(chain: Chain, address: string): Promise<void> {
  const rich = await nodeAccount(chain, 7);
  await (await rich.sendTransaction({ to: address, value: 10n ** 18n })).wait();
}

/** A key set dealt, by an account of its own, to one gate alone; `spoil` changes the sealed share. */
export async function dealTo(
  chain: Chain,
  gate: OwnGate,
  spoil: (sealed: Uint8Array) => Uint8Array = (sealed) => sealed,
): Promise<{ keySet: string; set: KeySet; binding: ShareBinding }> {
  const dealer = await fundedWallet();
  const { commitments, shares } = deal(BigInt(hex(randomBytes(31))) + 1n, 1, 1);
  const indexKey = commitments[0]!;
  const keySet = keySetIdOf(dealer.address, indexKey);
  const binding: ShareBinding = {
    chainId: chain.chainId,
    contract: unhex(chain.keyRegistry),
    dealer: unhex(dealer.address),
    keySet: unhex(keySet),
    generation: 1,
    gateKey: gate.hpke.publicKey,
    index: 1,
    count: 1,
    commitments,
  };
  const sealedShares = [spoil(await sealShare(shares[0]!, binding))];
  const registry = new KeyRegistry(chain);
  await registry.deal(dealer.connect(chain.provider), {
    indexKey,
    generation: 1,
    threshold: 1,
    gates: [gate.address],
    commitments,
    sealedShares,
  });
  return { keySet, set: await registry.keySet(keySet), binding };
}

/** The fields of a decided request that a gate is asked with. */
export function orderOf(decided: Decided): ReleaseOrder {
  const { ledgerRecordId, epoch, requester, nonce, purpose, responseKey, expiry } = decided;
  return { ledgerRecordId, epoch, requester, nonce, purpose, responseKey, expiry };
}

export type Answer = { status: number; headers: Record<string, unknown>; body: Record<string, unknown> };

/** Asks a service for a release, from another loopback address if one is given. */
export function askRelease(url: string, order: unknown, from = "127.0.0.1"): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asking = request(`${url}/v1/releases`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      localAddress: from,
    });
    asking.on("error", reject);
    asking.on("response", (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () => {
        const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body });
      });
    });
    asking.end(JSON.stringify(order));
  });
}

/** Waits until something holds; gives up, and fails the test, after 30 s. */
export async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  const end = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error("what the test waits for didn't come");
    await new Promise((wake) => setTimeout(wake, 50));
  }
}
