/** The measurements themselves. */
import { type OpenedIndex, releaseIndex } from "../../src/services/gateClient.ts";
import { median, time } from "../timing.ts";
import type { Used } from "./gateProgram.ts";
import { rememberReads } from "./memory.ts";
import { type Program, startProgram } from "./processes.ts";
import { forEach, type Granted, type Setting } from "./setting.ts";

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!;
}

async function usedBy(
  programs: readonly Program[],
  use: "processor" | "memory" = "processor",
): Promise<Used[]> {
  return Promise.all(programs.map((program) => program.ask<Used>({ use })));
}

/** What a release at t of n takes until the index is open. Milliseconds. */
export type ReleaseTimes = {
  clockP50: number;
  clockP99: number;
  /** The requester's own processor time, the middle one and the highest but one in a hundred. */
  client: number;
  clientP99: number;
  /** One gate's processor time for its part. */
  gate: number;
  /** Client and gate together, of the round of releases in which that was least: when the machine's other work disturbed least. */
  least: number;
  /** The requester's processor time for checking t receipts, after the index is open. */
  receipts: number;
};

/** What serves some gates. */
export const gateProgram = new URL("./gateProgram.ts", import.meta.url);

/** Seconds that a head may be remembered: gates refuse one of more than 30. */
const freshFor = 22;
/** Releases between two looks at what the gates used. */
const perRound = 50;

/** Has indexes released one after the other, by gates and a client that read their chains from memory. */
export async function measureRelease(
  setting: Setting,
  [t, n]: readonly [number, number],
  { runs, records, processes }: { runs: number; records: number; processes: number },
): Promise<ReleaseTimes> {
  const programs = Array.from({ length: processes }, () => startProgram(gateProgram));
  try {
    const gates = await setting.startGates(programs, n, { remember: true });
    const set = await setting.deal(gates, t);
    const granted = await setting.grant(Array.from({ length: records }, () => set));
    await setting.settle();
    const { chain } = rememberReads(setting.chain);
    const [clock, client, receipts]: [number[], number[], number[]] = [[], [], []];
    const rounds: number[] = [];
    let gatesUsed = 0;
    let parts = 0;
    while (clock.length < runs) {
      // Everything is read from the chain once, outside of what is measured; gates do not take an old head for new.
      const until = performance.now() + freshFor * 1000;
      await readAll();
      const before = await usedBy(programs);
      const own: number[] = [];
      while (clock.length < runs && own.length < perRound && performance.now() < until) {
        const each = granted[own.length % granted.length]!;
        let opened: OpenedIndex | undefined;
        const { clockMs, processorMs } = await time(async () => {
          opened = await release(each);
        });
        clock.push(clockMs);
        own.push(processorMs);
        receipts.push((await time(() => opened!.receipts)).processorMs);
      }
      // Reading took all the time that there was.
      if (own.length === 0) continue;
      const after = await usedBy(programs);
      const used = after.reduce((sum, { processorMs }, i) => sum + processorMs - before[i]!.processorMs, 0);
      gatesUsed += used;
      parts += own.length * t;
      client.push(...own);
      rounds.push(median(own) + used / (own.length * t));
    }
    return {
      clockP50: median(clock),
      clockP99: percentile(clock, 0.99),
      client: median(client),
      clientP99: percentile(client, 0.99),
      gate: gatesUsed / parts,
      least: Math.min(...rounds),
      receipts: median(receipts),
    };

    async function readAll(): Promise<void> {
      for (const program of programs) await program.ask({ use: "forget" });
      for (const each of granted) await Promise.all([release(each), askAll(setting, gates.length, each)]);
    }

    async function release({ decided, secret }: Granted): Promise<OpenedIndex> {
      const opened = await releaseIndex(chain, decided, secret);
      const { failures } = opened;
      if (failures.length > 0) throw new Error(failures.map(({ message }) => message).join("; "));
      return opened;
    }
  } finally {
    for (const program of programs) await program.stop();
  }
}

/** Has every gate of a granted request answer once: a hedge may ask any of them. */
async function askAll(setting: Setting, count: number, { decided }: Granted): Promise<void> {
  const urls = await setting.gateUrls(decided.ledgerRecordId);
  if (urls.length !== count) throw new Error("not the gates that were dealt to");
  await Promise.all(urls.map((url) => post(url, decided)));
}

/** Asks a gate, and throws unless it releases. */
export async function post(url: string, request: Granted["decided"]): Promise<void> {
  const { ledgerRecordId, epoch, requester, nonce, purpose, responseKey, expiry } = request;
  const answer = await fetch(`${url}/v1/releases`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ledgerRecordId, epoch, requester, nonce, purpose, responseKey, expiry }),
  });
  if (answer.status !== 200) throw new Error(await answer.text());
  await answer.arrayBuffer();
}

export type Throughput = {
  /** By the processor time of the gate's process, all threads: of the middle batch, and of the best one. */
  perProcessorSecond: number;
  bestPerProcessorSecond: number;
  /** By the clock, over all. */
  perSecond: number;
};

/** Sends all requests to one gate, many at a time, in batches of `batch`, `passes` times over; what its process used for them. */
export async function measureThroughput(
  program: Program,
  url: string,
  granted: readonly Granted[],
  { passes = 1, batch = granted.length }: { passes?: number; batch?: number } = {},
): Promise<Throughput> {
  const rates: number[] = [];
  let seconds = 0;
  for (let pass = 0; pass < passes; pass++)
    for (let from = 0; from < granted.length; from += batch) {
      const some = granted.slice(from, from + batch);
      const [before] = (await usedBy([program])) as [Used];
      const started = performance.now();
      await forEach(some, ({ decided }) => post(url, decided));
      seconds += (performance.now() - started) / 1000;
      const [after] = (await usedBy([program])) as [Used];
      rates.push((1000 * some.length) / (after.processorMs - before.processorMs));
    }
  return {
    perProcessorSecond: median(rates),
    bestPerProcessorSecond: Math.max(...rates),
    perSecond: (passes * granted.length) / seconds,
  };
}

/** Milliseconds between two looks, longer than a gate waits from one look for fresh shares to the next. */
const watchRound = 6_000;
/** Processor time that such a round takes where there are none. */
const idleMs = 100;
const mostRounds = 20;

/** Waits until a gate has checked the shares that were dealt to it, which it does as soon as it can, beside its releases. */
export async function untilIdle(program: Program): Promise<void> {
  for (let round = 0; round < mostRounds; round++) {
    const [before] = (await usedBy([program])) as [Used];
    await new Promise((wake) => setTimeout(wake, watchRound));
    const [after] = (await usedBy([program])) as [Used];
    if (after.processorMs - before.processorMs < idleMs) return;
  }
  throw new Error("the gate doesn't come to rest");
}

/** What a gate's process holds, in MiB, after a collection. */
export async function measureMemory(
  program: Program,
): Promise<{ heapMiB: number; residentMiB: number; sharesReady: number }> {
  const [{ heapBytes, residentBytes, sharesReady }] = (await usedBy([program], "memory")) as [Used];
  return { heapMiB: heapBytes / 2 ** 20, residentMiB: residentBytes / 2 ** 20, sharesReady };
}
