/** Round trips and bytes of an act as a client makes them: to gates and gateway by HTTP, to the chain by JSON-RPC. */
import type { JsonRpcPayload } from "ethers";
import type { Bed } from "./bed.ts";

export type Traffic = {
  /** To gates and gateway. */
  serviceCalls: number;
  serviceBytesUp: number;
  serviceBytesDown: number;
  /** To the chain's node. */
  chainCalls: number;
  chainBytesUp: number;
  chainBytesDown: number;
};

/** Waiting for a block asks as often as it likes: what polls isn't counted. */
const polling = ["eth_blockNumber", "eth_getTransactionReceipt", "eth_getBlockByNumber"];

/** Counts while `act` runs. Only bodies count: headers are the transport's. */
export async function countTraffic(bed: Bed, act: () => Promise<unknown>): Promise<Traffic> {
  const traffic: Traffic = {
    serviceCalls: 0,
    serviceBytesUp: 0,
    serviceBytesDown: 0,
    chainCalls: 0,
    chainBytesUp: 0,
    chainBytesDown: 0,
  };
  const undo: (() => void)[] = [];
  const { fetch } = globalThis;
  globalThis.fetch = async (input, init) => {
    const answer = await fetch(input, init);
    traffic.serviceCalls++;
    traffic.serviceBytesUp += sizeOf(init?.body);
    traffic.serviceBytesDown += (await answer.clone().arrayBuffer()).byteLength;
    return answer;
  };
  undo.push(() => {
    globalThis.fetch = fetch;
  });
  for (const { provider } of Object.values(bed.chains)) {
    const send = provider._send;
    provider._send = async (payload) => {
      const answers = await send.call(provider, payload);
      const asked = (Array.isArray(payload) ? payload : [payload]) as JsonRpcPayload[];
      for (const [at, each] of asked.entries()) {
        if (polling.includes(each.method)) continue;
        traffic.chainCalls++;
        traffic.chainBytesUp += JSON.stringify(each).length;
        traffic.chainBytesDown += JSON.stringify(answers[at] ?? "").length;
      }
      return answers;
    };
    undo.push(() => {
      provider._send = send;
    });
  }
  try {
    await act();
  } finally {
    for (const each of undo) each();
  }
  return traffic;
}

function sizeOf(body: unknown): number {
  if (typeof body === "string") return Buffer.byteLength(body);
  return body instanceof Uint8Array ? body.length : 0;
}
