/** Program: some gates of a chain, each served over HTTP as an operator would. */
import { unhex } from "../../src/core/bytes.ts";
import { type ChainAddresses, openChain } from "../../src/ledger/chain.ts";
import { Gate } from "../../src/services/gate.ts";
import { serveGate } from "../../src/services/gateServer.ts";
import { rememberReads } from "./memory.ts";
import { answerWith } from "./processes.ts";

type Question =
  | { start: { url: string; addresses: ChainAddresses; seeds: string[]; remember: boolean; watch: boolean } }
  | { use: "processor" | "memory" | "forget" };

/** What a process has used so far: processor time of all threads, memory in use after a collection. */
export type Used = { processorMs: number; heapBytes: number; residentBytes: number; sharesReady: number };

/** Blocks upon a block before it counts. */
const confirmations = 1;
/** More than anybody asks: what is measured is work, not limits. */
const unlimited = 1_000_000;

const gates: Gate[] = [];
const forgets: (() => void)[] = [];

answerWith(async (question: Question) => {
  if ("start" in question) {
    const { url, addresses, seeds, remember, watch } = question.start;
    const urls: string[] = [];
    for (const seed of seeds) {
      // As the command line opens it for a gate.
      const opened = await openChain(addresses, url, { batchStallTime: 5 });
      const { chain, forget } = remember ? rememberReads(opened) : { chain: opened, forget: () => undefined };
      forgets.push(forget);
      const gate = await Gate.open(chain, unhex(seed), confirmations);
      gates.push(gate);
      const served = await serveGate(gate, {
        releasesPerMinute: unlimited,
        requestsPerMinute: unlimited,
        upkeep: watch ? {} : false,
      });
      urls.push(served.url);
    }
    return { urls };
  }
  if (question.use === "forget") for (const forget of forgets) forget();
  if (question.use === "memory") globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  const { heapUsed, external, rss } = process.memoryUsage();
  const sharesReady = gates.reduce((sum, gate) => sum + gate.sharesReady, 0);
  const used: Used = {
    processorMs: (user + system) / 1000,
    heapBytes: heapUsed + external,
    residentBytes: rss,
    sharesReady,
  };
  return used;
});
