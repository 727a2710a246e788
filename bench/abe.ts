/**
 * diptych/abe against Cloudflare CIRCL (abe/cpabe/tkn20) and the plain implementation on @noble/curves, on one thread
 * each, and FABEO against other schemes on the same group. Runs of all sides alternate, so that whatever else the machine
 * does hits all of them; figures are ratios of medians of processor time.
 *
 *     node --conditions=diptych-source bench/abe.ts [--quick] [--out DIRECTORY]
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execPath } from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { CACHE_BYTES, loadGroup } from "../src/abe/group.ts";
import { decapsulate, encapsulate, keygen, setup } from "../src/abe/index.ts";
import { type Circl, startCircl } from "./peers/circl.ts";
import { compareSchemes } from "./peers/compare.ts";
import { setupNoble } from "./peers/noble.ts";
import { type Figure, type Row, round, writeReport } from "./report.ts";
import { type Duration, summarise, time } from "./timing.ts";

const OPERATIONS = ["keygen", "encapsulate", "decapsulate"] as const;
type Operation = (typeof OPERATIONS)[number];
/**
 * What is kept about the attributes when an operation starts: tables; hashes to the curve only, as after a first use or
 * a check of the key; nothing.
 */
const STATES = { warm: "tables", cold: "hashes", first: "nothing" } as const;
type State = keyof typeof STATES;

const TARGETS: Readonly<Record<string, number>> = Object.fromEntries(
  [10, 50].flatMap((n) => [
    [`keygen@${n}`, 40],
    [`encapsulate@${n}`, 13],
    [`decapsulate@${n}`, 1.15],
    [`decapsulateCold@${n}`, 1],
  ]),
);
const COLD_START_TARGET_MS = 150;
/** More than enough operations to make all tables of n attributes, four at a time. */
const countWarmUps = (n: number): number => Math.ceil(n / 4) + 4;

const { values: options } = parseArgs({
  options: { quick: { type: "boolean", default: false }, out: { type: "string" } },
});
const sizes = options.quick ? [1, 10, 50] : [1, 5, 10, 20, 50, 100];
const runs = options.quick ? 5 : 21;
const associatedData = new Uint8Array(32);
const attributesOf = (n: number): string[] => Array.from({ length: n }, (_, i) => `label${i}:value${i}`);

const group = await loadGroup();
const { publicKey, masterKey } = await setup();
const rows: Row[] = [];
const figures: Record<string, Figure> = {};

const circl = startCircl();
try {
  for (const n of sizes) await measure(n, circl);
} finally {
  circl?.close();
}
await measureNoble();
await measureColdStart();
rows.push(...(await compareSchemes(options.quick ? 3 : runs)));
figures.cacheBytes = { value: CACHE_BYTES, unit: "bytes", better: "lower" };

await writeReport(
  { name: "abe", rows, figures, picture: draw() },
  options.out ?? fileURLToPath(new URL("results", import.meta.url)),
);

async function measure(n: number, peer: Circl | undefined): Promise<void> {
  const attributes = attributesOf(n);
  const policy = attributes.join(" and ");
  const secretKey = await keygen(publicKey, masterKey, attributes);
  const { capsule } = await encapsulate(publicKey, policy, associatedData);
  recordSize("diptych", n, publicKey.toBytes().length, secretKey.toBytes().length, capsule.length);
  if (peer) {
    const bytes = await peer.sizes(n);
    recordSize(`circl ${peer.version}`, n, bytes.publicKey, bytes.secretKey, bytes.ciphertext);
  }
  const ours: Record<Operation, () => Promise<unknown>> = {
    keygen: () => keygen(publicKey, masterKey, attributes),
    encapsulate: () => encapsulate(publicKey, policy, associatedData),
    decapsulate: () => decapsulate(publicKey, secretKey, capsule, associatedData),
  };
  for (const operation of OPERATIONS) {
    const operate = ours[operation];
    const times: Record<State | "peer", Duration[]> = { peer: [], warm: [], cold: [], first: [] };
    await peer?.time(operation, n);
    for (let run = 0; run < runs; run++) {
      for (let i = 0; i < countWarmUps(n); i++) await operate();
      if (peer) times.peer.push(await peer.time(operation, n));
      times.warm.push(await time(operate));
      group.clearCaches("tables");
      times.cold.push(await time(operate));
      group.clearCaches("all");
      times.first.push(await time(operate));
    }
    if (peer) recordTime(`circl ${peer.version}`, operation, n, times.peer);
    for (const state of ["warm", "cold", "first"] as const) {
      recordTime(`diptych, ${state}`, operation, n, times[state]);
      if (peer) recordFigure(operation, state, n, processorMs(times.peer) / processorMs(times[state]));
    }
    process.stderr.write(`${operation} ${n} done\n`);
  }
}

/** A second reference; slow, so fewer attributes and runs. */
async function measureNoble(): Promise<void> {
  const noble = setupNoble(associatedData);
  for (const n of options.quick ? [1, 10] : [1, 10, 50]) {
    const attributes = attributesOf(n);
    const policy = attributes.join(" and ");
    const secretKey = noble.keygen(attributes);
    const { capsule } = noble.encapsulate(policy);
    const operations: Record<Operation, () => unknown> = {
      keygen: () => noble.keygen(attributes),
      encapsulate: () => noble.encapsulate(policy),
      decapsulate: () => noble.decapsulate(secretKey, capsule),
    };
    for (const operation of OPERATIONS) {
      const times: Duration[] = [];
      for (let run = 0; run < 3; run++) times.push(await time(operations[operation]));
      recordTime("noble", operation, n, times);
    }
  }
}

/** Fresh processes, with the library bundled as for a page. */
async function measureColdStart(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "diptych-bench-"));
  const program = join(directory, "coldStart.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("coldStart.ts", import.meta.url))],
    outfile: program,
    bundle: true,
    minify: true,
    format: "esm",
    platform: "node",
    conditions: ["diptych-source"],
    logLevel: "error",
  });
  const key = Buffer.from(publicKey.toBytes()).toString("hex");
  const [first, second]: [Duration[], Duration[]] = [[], []];
  for (let run = 0; run < runs; run++) {
    const output = execFileSync(execPath, [program, key], { encoding: "utf8" });
    const [one, two] = output
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    first.push(one);
    second.push(two);
  }
  rmSync(directory, { recursive: true });
  recordTime("diptych, fresh process", "coldStart", 3, first);
  recordTime("diptych, fresh process", "secondEncapsulate", 3, second);
  figures.coldStart = {
    value: round(processorMs(first)),
    unit: "ms",
    target: COLD_START_TARGET_MS,
    better: "lower",
  };
}

function processorMs(durations: readonly Duration[]): number {
  return summarise(durations).processorMs;
}

function recordTime(implementation: string, operation: string, n: number, times: readonly Duration[]): void {
  if (times.length === 0) return;
  rows.push({
    measure: "time",
    implementation,
    operation,
    n,
    processorMs: round(summarise(times).processorMs),
    clockMs: round(summarise(times).clockMs),
    runs: times.length,
  });
}

function recordSize(
  implementation: string,
  n: number,
  publicKey: number,
  secretKey: number,
  capsule: number,
): void {
  for (const [operation, bytes] of Object.entries({ publicKey, secretKey, capsule }))
    rows.push({ measure: "size", implementation, operation, n, bytes });
}

function recordFigure(operation: Operation, state: State, n: number, ratio: number): void {
  const name = `${operation}${{ warm: "", cold: "Cold", first: "First" }[state]}@${n}`;
  const target = TARGETS[name];
  figures[name] = {
    value: round(ratio, 3),
    unit: "x",
    ...(target === undefined ? {} : { target }),
    better: "higher",
  };
}

function draw(): object {
  return {
    title: "CP-ABE, policies that are the conjunction of n attributes",
    transform: [
      {
        filter:
          "datum.measure == 'time' && indexof(['keygen','encapsulate','decapsulate'], datum.operation) >= 0",
      },
    ],
    facet: { column: { field: "operation", title: null, sort: [...OPERATIONS] } },
    spec: {
      width: 220,
      height: 220,
      mark: { type: "line", point: true },
      encoding: {
        x: { field: "n", type: "quantitative", scale: { type: "log" }, title: "attributes" },
        y: {
          field: "processorMs",
          type: "quantitative",
          scale: { type: "log" },
          title: "median of processor time, ms",
        },
        color: { field: "implementation", type: "nominal", title: null },
      },
    },
  };
}
