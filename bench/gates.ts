/**
 * What a release costs: its time at 2 of 3, 5 of 9 and 11 of 21 gates, how many a gate does in a second of its processor, and
 * whether memory and time stay flat as more and more patients deal to it and are served by it. Chain, gates and client are
 * processes of their own on loopback.
 *
 * A release's time is counted from the request to the open index, without the chain read: client and gates have read their
 * chains before and are answered from memory. It is the client's processor time and one gate's for its part, since the other
 * gates do theirs at the same time on machines of their own. Checking receipts comes after, and stands beside.
 *
 *     npm run bench:gates -- [--quick] [--out DIRECTORY]
 */
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { CrowdStage } from "./gates/crowdProgram.ts";
import {
  gateProgram,
  measureMemory,
  measureRelease,
  measureThroughput,
  type Throughput,
  untilIdle,
} from "./gates/measuring.ts";
import { pinnable, startProgram } from "./gates/processes.ts";
import { Setting } from "./gates/setting.ts";
import { type Figure, type Row, round, writeReport } from "./report.ts";

const TARGET_RELEASE_MS = 15;
const TARGET_PER_SECOND = 200;

const { values: options } = parseArgs({
  options: { quick: { type: "boolean", default: false }, out: { type: "string" } },
});
const scale = options.quick
  ? { runs: 100, records: 8, indexes: 150, patients: 32, passes: 2, crowdSeconds: 5, asked: [250, 750] }
  : {
      runs: 300,
      records: 16,
      indexes: 400,
      patients: 200,
      passes: 5,
      crowdSeconds: 60,
      // Up to the first, shares become as many as a gate keeps ready; up to the second, indexes.
      asked: [2_500, 20_000, 40_000, 60_000, 80_000, 100_000],
    };
/** Releases between two looks at what a gate has used. */
const batch = 50;
/** Records whose releases are not counted: a program is slow when it starts. */
const warmUp = 25;

const rows: Row[] = [];
const figures: Record<string, Figure> = {};
const say = (text: string) => process.stderr.write(`${text}\n`);

const chainProgram = startProgram(new URL("./gates/chainProgram.ts", import.meta.url));
try {
  say("starting a chain ...");
  const setting = await Setting.open(chainProgram);

  for (const size of [
    [2, 3],
    [5, 9],
    [11, 21],
  ] as const) {
    const name = `${size[0]}of${size[1]}`;
    say(`releases at ${name} ...`);
    const { runs, records } = scale;
    const took = await measureRelease(setting, size, { runs, records, processes: 3 });
    const { clockP50, clockP99, client, clientP99, gate, least, receipts } = took;
    rows.push({
      what: `release at ${size[0]} of ${size[1]}`,
      clockP50Ms: round(clockP50),
      clockP99Ms: round(clockP99),
      clientMs: round(client),
      clientP99Ms: round(clientP99),
      gateMs: round(gate),
      pathMs: round(client + gate),
      leastPathMs: round(least),
      receiptsMs: round(receipts),
    });
    const target = name === "2of3" ? { target: TARGET_RELEASE_MS } : {};
    figures[`releaseMs@${name}`] = { value: round(client + gate), unit: "ms", ...target, better: "lower" };
    figures[`releaseLeastMs@${name}`] = { value: round(least), unit: "ms", ...target, better: "lower" };
    figures[`releaseClockP50Ms@${name}`] = { value: round(clockP50), unit: "ms", better: "lower" };
    figures[`releaseClockP99Ms@${name}`] = { value: round(clockP99), unit: "ms", better: "lower" };
  }

  say("releases a second ...");
  // The last processor: the first one often has the system's interrupts.
  const pin = pinnable() ? availableParallelism() - 1 : undefined;
  const program = startProgram(gateProgram, pin);
  try {
    const [gate] = await setting.startGates([program], 1, { watch: true });
    const alone = [gate!];
    const tell = (what: string, { perProcessorSecond, bestPerProcessorSecond, perSecond }: Throughput) =>
      rows.push({
        what,
        perProcessorSecond: round(perProcessorSecond),
        bestPerProcessorSecond: round(bestPerProcessorSecond),
        perSecond: round(perSecond),
      });

    // One patient with many records: the share is ready after the first, each index is new to the gate.
    const set = await setting.deal(alone, 1);
    const records = await setting.grant(Array.from({ length: scale.indexes + warmUp }, () => set));
    await setting.settle();
    const url = (await setting.gateUrls(records[0]!.decided.ledgerRecordId))[0]!;
    await measureThroughput(program, url, records.slice(0, warmUp), { passes: 8 });
    const fresh = await measureThroughput(program, url, records.slice(warmUp), { batch });
    tell("a gate's releases, of indexes that it sees for the first time", fresh);
    const again = await measureThroughput(program, url, records.slice(warmUp), {
      passes: scale.passes,
      batch,
    });
    tell("a gate's releases, of indexes that it has seen", again);
    figures.releasesPerSecond = {
      value: round(fresh.perProcessorSecond),
      unit: "releases per processor second",
      target: TARGET_PER_SECOND,
      better: "higher",
    };
    figures.releasesPerSecondBest = {
      value: round(fresh.bestPerProcessorSecond),
      unit: "releases per processor second",
      target: TARGET_PER_SECOND,
      better: "higher",
    };
    figures.releasesPerSecondAgain = {
      value: round(again.perProcessorSecond),
      unit: "releases per processor second",
      better: "higher",
    };
    figures.releasesPerSecondClock = { value: round(fresh.perSecond), unit: "1/s", better: "higher" };

    say("many patients ...");
    const crowd = async (): Promise<Throughput> => {
      const sets = [];
      for (let i = 0; i < scale.patients; i++) sets.push(await setting.deal(alone, 1));
      const granted = await setting.grant(sets);
      await setting.settle();
      await untilIdle(program);
      return measureThroughput(program, url, granted);
    };
    const before = await crowd();
    tell("a gate's releases, each for a patient whose share it opens first", before);
    const lean = await measureMemory(program);
    const dealt = await setting.crowd(alone, scale.crowdSeconds);
    const after = await crowd();
    const full = await measureMemory(program);
    tell(`the same, when ${dealt} more patients have dealt to it`, after);
    rows.push({ what: "memory before these", ...rounded(lean) }, { what: "memory after", ...rounded(full) });
    figures.patientsOnChain = { value: dealt, unit: "key sets", better: "higher" };
    figures.memoryGrowthMiB = {
      value: round(full.heapMiB - lean.heapMiB, 3),
      unit: "MiB",
      better: "lower",
    };
    figures.slowdownWithPatients = {
      value: round(before.perProcessorSecond / after.perProcessorSecond, 3),
      unit: "x",
      better: "lower",
    };
  } finally {
    await program.stop();
  }

  say("very many patients' indexes ...");
  const crowdProgram = startProgram(new URL("./gates/crowdProgram.ts", import.meta.url));
  try {
    const stages: CrowdStage[] = [];
    for (const upTo of scale.asked) {
      const stage = await crowdProgram.ask<CrowdStage>({ upTo });
      stages.push(stage);
      const { patients, ...numbers } = stage;
      rows.push({ what: `a gate asked for ${patients} patients' indexes`, ...rounded(numbers) });
    }
    const [first, last] = [stages[0]!, stages.at(-1)!];
    const full = stages.at(scale.asked.length > 2 ? 1 : 0)!;
    figures.patientsAsked = { value: last.patients, unit: "patients", better: "higher" };
    figures.memoryGrowthAskedMiB = {
      value: round(last.heapMiB - full.heapMiB, 3),
      unit: "MiB",
      better: "lower",
    };
    figures.slowdownAsked = { value: round(last.leastMs / first.leastMs, 3), unit: "x", better: "lower" };
  } finally {
    await crowdProgram.stop();
  }
  setting.provider.destroy();
} finally {
  await chainProgram.stop();
}

function rounded(memory: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(memory).map(([name, value]) => [name, round(value)]));
}

await writeReport(
  { name: "gates", rows, figures },
  options.out ?? fileURLToPath(new URL("results", import.meta.url)),
);
