/** A chain node as a gate may find it: the test's own, through a server that changes what it is asked and what it answers. */
import { JsonRpcProvider } from "ethers";
import { utf8Decode } from "../../src/core/bytes.ts";
import { type Chain, openChain } from "../../src/ledger/chain.ts";
import { serveFront } from "./servedGates.ts";

type Call = { method: string; params?: unknown[] };
type Reply = { result?: unknown };
type Block = { number: string; timestamp: string };

/** How the node differs from the true one. */
export type NodeFault = {
  /** The newest block that it knows. */
  stuckAt?: number;
  /** Seconds by which the clock of the chain is ahead of this machine's, or the gate's clock behind. */
  clock?: number;
};

/** The same chain through a node of which `fault` says what is wrong with it now; to be closed by its maker. */
export async function openFaulty(
  chain: Chain,
  fault: () => NodeFault,
): Promise<{ at: Chain; close: () => void }> {
  if (!(chain.provider instanceof JsonRpcProvider)) throw new Error("this chain is not reached by a URL");
  const node = chain.provider._getConnection().url;
  const front = await serveFront(async (asked, answer) => {
    const chunks: Buffer[] = [];
    for await (const chunk of asked) chunks.push(chunk as Buffer);
    const body = JSON.parse(utf8Decode(Buffer.concat(chunks))) as Call | Call[];
    const calls = [body].flat().map((call) => changed(call, fault()));
    const given = await fetch(node, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(Array.isArray(body) ? calls : calls[0]),
    });
    const replies = (await given.json()) as Reply | Reply[];
    for (const [i, reply] of [replies].flat().entries()) shift(calls[i]!, reply, fault().clock ?? 0);
    answer.setHeader("content-type", "application/json").end(JSON.stringify(replies));
  });
  const at = await openChain(chain, front.url);
  const close = () => {
    (at.provider as JsonRpcProvider).destroy();
    front.close();
  };
  return { at, close };
}

function changed(call: Call, { stuckAt }: NodeFault): Call {
  if (stuckAt === undefined) return call;
  const block = `0x${stuckAt.toString(16)}`;
  return { ...call, params: (call.params ?? []).map((each) => (each === "latest" ? block : each)) };
}

function shift({ method }: Call, reply: Reply, seconds: number): void {
  if (method !== "eth_getBlockByNumber" || !reply.result) return;
  const block = reply.result as Block;
  block.timestamp = `0x${(Number(block.timestamp) + seconds).toString(16)}`;
}
