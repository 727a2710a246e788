/** Gates with a will of their own: each can be told to serve, to fall silent, or to lie. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { hex, randomBytes, unhex, utf8Decode } from "../../src/core/bytes.ts";
import {
  type Chain,
  IndexLedger,
  KeyRegistry,
  requestIdOf,
  signGate,
  signReceipt,
} from "../../src/ledger/index.ts";
import { decodeIndex, hashEnc, makePartial, prepareShare, sealRelease } from "../../src/seal/index.ts";
import { deriveGateKeys, Gate, type Release, type ReleaseOrder } from "../../src/services/index.ts";
import { nodeAccount } from "../world.ts";

export type Behaviour = (order: ReleaseOrder, gate: OddGate, answer: ServerResponse) => Promise<void>;

export type OddGate = {
  seed: Uint8Array;
  address: string;
  /** The honest gate behind it. */
  gate: Gate;
  chain: Chain;
  behaviour: Behaviour;
  /** How often it was asked. */
  asked: number;
};

export const honest: Behaviour = async (order, { gate }, answer) =>
  send(answer, 200, await gate.release(order));
/** Ends the connection without a word. */
export const dead: Behaviour = async (_order, _gate, answer) => void answer.socket?.destroy();
/** Takes the order and never answers. */
export const slow: Behaviour = async () => undefined;
export const refuses =
  (status: number, code: string): Behaviour =>
  async (_order, _gate, answer) =>
    send(answer, status, { code, message: `${code} says this gate` });
/** Answers with these bytes as if they were a release. */
export const says =
  (text: string): Behaviour =>
  async (_order, _gate, answer) =>
    void answer.end(text);
/** Sends without end. */
export const endless: Behaviour = async (_order, _gate, answer) => {
  const more = () => {
    while (!answer.destroyed && answer.write("x".repeat(65_536)));
    if (!answer.destroyed) answer.once("drain", more);
  };
  more();
};
/** A release that is well formed, sealed and bound, around a partial by a share that nobody dealt. */
export const lying: Behaviour = async (order, gate, answer) => send(answer, 200, await forged(order, gate));
/** The same as a gate whose share is of another generation. */
export const oldGeneration: Behaviour = async (order, gate, answer) =>
  send(answer, 200, await forged(order, gate, { generation: 7 }));
/** The same as if it stood at another place among the gates. */
export const otherPlace: Behaviour = async (order, gate, answer) =>
  send(answer, 200, await forged(order, gate, { place: 3 }));

async function forged(
  order: ReleaseOrder,
  { chain, address, seed }: OddGate,
  changes: { generation?: number; place?: number } = {},
): Promise<Release> {
  const record = await new IndexLedger(chain).record(order.ledgerRecordId);
  const set = await new KeyRegistry(chain).keySet(record.keySet);
  const { enc } = decodeIndex(record.index);
  const requestId = unhex(requestIdOf(chain, order));
  const place = changes.place ?? set.gates.indexOf(address) + 1;
  const generation = changes.generation ?? set.generation;
  const share = await prepareShare(12_345n);
  const keySet = unhex(record.keySet);
  const partial = await makePartial(place, share, enc, { requestId, keySet, generation });
  const sealed = await sealRelease(unhex(order.responseKey), partial, {
    requestId,
    gate: unhex(address),
    enc,
  });
  const { version } = record;
  const { ledgerRecordId } = order;
  const fields = { requestId: hex(requestId), ledgerRecordId, version, time: Math.floor(Date.now() / 1000) };
  const { wallet } = await deriveGateKeys(seed);
  const { time, signature } = await signReceipt(wallet, chain, fields);
  return {
    gate: address,
    place,
    generation,
    version,
    encHash: hex(hashEnc(enc)),
    sealed: hex(sealed),
    receipt: { ledgerRecordId, time, signature },
  };
}

/** Starts three on a chain and registers them; they serve honestly until told otherwise. */
export async function startOddGates(chain: Chain): Promise<{ gates: OddGate[]; close: () => void }> {
  const registry = new KeyRegistry(chain);
  const administrator = await nodeAccount(chain, 2);
  const gates: OddGate[] = [];
  const closers: (() => void)[] = [];
  for (let i = 0; i < 3; i++) {
    const seed = randomBytes(32);
    const { address, wallet, hpke } = await deriveGateKeys(seed);
    const gate = { seed, address, gate: await Gate.open(chain, seed, 0), chain, behaviour: honest, asked: 0 };
    const server = createServer((request, answer) => void serve(gate, request, answer));
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    closers.push(
      () => server.closeAllConnections(),
      () => server.close(),
    );
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const signature = await signGate(wallet, chain, hpke.publicKey);
    await registry.setGate(administrator, { address, hpkeKey: hpke.publicKey, url, signature });
    gates.push(gate);
  }
  return { gates, close: () => void closers.map((close) => close()) };
}

/** Has the first gate answer before the others, so that what it does is seen. */
export function firstThenOthers(
  gates: readonly OddGate[],
  first: Behaviour,
  others: Behaviour = honest,
): void {
  let done: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => {
    done = resolve;
  });
  for (const [i, gate] of gates.entries()) {
    gate.asked = 0;
    gate.behaviour = async (order, own, answer) => {
      if (i > 0) await answered;
      await (i === 0 ? first : others)(order, own, answer);
      if (i === 0) setTimeout(done, 100);
    };
  }
}

async function serve(gate: OddGate, request: IncomingMessage, answer: ServerResponse): Promise<void> {
  gate.asked += 1;
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  try {
    await gate.behaviour(JSON.parse(utf8Decode(Buffer.concat(chunks))), gate, answer);
  } catch (error) {
    const { code = "service-failed", message } = error as Error & { code?: string };
    send(answer, 400, { code, message });
  }
}

function send(answer: ServerResponse, status: number, value: unknown): void {
  answer.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}
