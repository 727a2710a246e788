/** Program: one gate, asked once for each of very many patients, on a chain in its own process. */
import { hex, randomBytes } from "../../src/core/bytes.ts";
import type { Receipt } from "../../src/ledger/receipts.ts";
import { Gate } from "../../src/services/gate.ts";
import { deriveGateKeys } from "../../src/services/gateKeys.ts";
import { median, time } from "../timing.ts";
import { CrowdChain } from "./crowdChain.ts";
import { answerWith } from "./processes.ts";

/** How a gate does after so many patients. */
export type CrowdStage = {
  patients: number;
  /** Processor time of one release in process, of the middle batch since the last stage; of an own patient each. */
  releaseMs: number;
  /** The same of the best batch. */
  leastMs: number;
  /** After a collection, without what the chain holds. */
  heapMiB: number;
  residentMiB: number;
  /** What it keeps. */
  sharesReady: number;
  receiptsHeld: number;
};

const batch = 250;
const atOnce = 16;

/** As many as a gate keeps. */
const receiptsKept = 65_536;

/** A receipt of the usual size. */
function someReceipt(address: string): Receipt {
  const ids = { requestId: hex(randomBytes(32)), ledgerRecordId: hex(randomBytes(32)) };
  const time = Math.floor(Date.now() / 1000);
  return { ...ids, version: 1, time, gate: address, signature: hex(randomBytes(65)) };
}

let gate: Gate;
let crowd: CrowdChain;
let patients = 0;

answerWith(async ({ upTo }: { upTo: number }) => {
  if (patients === 0) {
    const seed = randomBytes(32);
    const { address, hpke } = await deriveGateKeys(seed);
    crowd = new CrowdChain({ address, hpkeKey: hpke.publicKey });
    gate = await Gate.open(crowd.chain, seed, 1);
    // Receipts are what a gate keeps most of, and the last to reach their limit: it starts with all that it can hold.
    for (let i = 0; i < receiptsKept; i++) gate.receipts.add(someReceipt(address));
  }
  const took: number[] = [];
  while (patients < upTo) {
    const { orders, forget } = await crowd.meet(Math.min(batch, upTo - patients));
    const { processorMs } = await time(async () => {
      for (let from = 0; from < orders.length; from += atOnce)
        await Promise.all(orders.slice(from, from + atOnce).map((order) => gate.release(order)));
    });
    took.push(processorMs / orders.length);
    patients += orders.length;
    forget();
  }
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  const stage: CrowdStage = {
    patients,
    releaseMs: median(took),
    leastMs: Math.min(...took),
    heapMiB: (heapUsed + external) / 2 ** 20,
    residentMiB: rss / 2 ** 20,
    sharesReady: gate.sharesReady,
    receiptsHeld: gate.receipts.size,
  };
  return stage;
});
