/** The measurements themselves. */
import { releaseIndex } from "../../src/services/gateClient.ts";
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

/** What a release at t of n takes. Milliseconds. */
export type ReleaseTimes = {
  clockP50: number;
  clockP99: number;
  /** The requester's own processor time, the middle one and the highest but one in a hundred. */
  client: number;
  clientP99: number;
  /** One gate's processor time for its part. */
  gate: number;
};

/** What serves some gates. */
export const gateProgram = new URL("./gateProgram.ts", import.meta.url);

/** Seconds that a head may be remembered: gates refuse one of more than 30. */
const freshFor = 12;

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
    const clock: number[] = [];
    const client: number[] = [];
    let gatesUsed = 0;
    let parts = 0;
    while (clock.length < runs) {
      // Everything is read from the chain once, outside of what is measured; gates do not take an old head for new.
      for (const program of programs) await program.ask({ use: "forget" });
      for (const each of granted) await Promise.all([release(each), askAll(setting, gates.length, each)]);
      const before = await usedBy(programs);
      const until = performance.now() + freshFor * 1000;
      let done = 0;
      while (clock.length < runs && performance.now() < until) {
        const each = granted[done % granted.length]!;
        const { clockMs, processorMs } = await time(() => release(each));
        clock.push(clockMs);
        client.push(processorMs);
        done += 1;
      }
      const after = await usedBy(programs);
      gatesUsed += after.reduce((sum, { processorMs }, i) => sum + processorMs - before[i]!.processorMs, 0);
      parts += done * t;
    }
    return {
      clockP50: median(clock),
      clockP99: percentile(clock, 0.99),
      client: median(client),
      clientP99: percentile(client, 0.99),
      gate: gatesUsed / parts,
    };

    async function release({ decided, secret }: Granted): Promise<void> {
      const { failures } = await releaseIndex(chain, decided, secret);
      if (failures.length > 0) throw new Error(failures.map(({ message }) => message).join("; "));
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

export type Throughput = { perProcessorSecond: number; perSecond: number };

/** Sends all requests to one gate, many at a time, `passes` times over; what its process used for them. */
export async function measureThroughput(
  program: Program,
  url: string,
  granted: readonly Granted[],
  passes = 1,
): Promise<Throughput> {
  const [before] = (await usedBy([program])) as [Used];
  const started = performance.now();
  for (let pass = 0; pass < passes; pass++) await forEach(granted, ({ decided }) => post(url, decided));
  const seconds = (performance.now() - started) / 1000;
  const [after] = (await usedBy([program])) as [Used];
  const count = passes * granted.length;
  const processorSeconds = (after.processorMs - before.processorMs) / 1000;
  return { perProcessorSecond: count / processorSeconds, perSecond: count / seconds };
}

/** What a gate's process holds, in MiB, after a collection. */
export async function measureMemory(
  program: Program,
): Promise<{ heapMiB: number; residentMiB: number; sharesReady: number }> {
  const [{ heapBytes, residentBytes, sharesReady }] = (await usedBy([program], "memory")) as [Used];
  return { heapMiB: heapBytes / 2 ** 20, residentMiB: residentBytes / 2 ** 20, sharesReady };
}
