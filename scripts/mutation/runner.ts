// One long-lived process that tries mutants: compiles them, then runs the contracts' mocha suite against them until a test
// fails. Hardhat and the test files are loaded once. Started by scripts/mutate.ts, which talks to it by messages; its working
// folder is the copy of the project that it tests.
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { setTimeout } from "node:timers/promises";
import { artifacts as manager, network } from "hardhat";
import Mocha from "mocha";
import { readSources } from "../audit/compiler.ts";
import {
  type Artifact,
  compileLater,
  compileQuickly,
  digestOf,
  digestShipped,
  namesForLater,
} from "./contracts.ts";
import type { Closures } from "./mutants.ts";

/** What the parent sends first. */
export interface Setup {
  root: string;
  testFiles: string[];
  /** Who imports whom, as pairs, since messages carry no maps. */
  closures: [string, string[]][];
  /** What another process found out by running the suite on the contracts as they are: then this one needn't. */
  baseline?: Baseline;
}

/** What the suite shows on the contracts as they are. */
export interface Baseline {
  /** How long each test file took, in milliseconds. */
  lasted: Record<string, number>;
  /** The contracts that each test file deploys. */
  asked: [file: string, names: string[]][];
}

/** A mutant to try. */
export interface Trial {
  file: string;
  content: string;
  /** Test files in the order in which they should run. */
  order: string[];
  /** Digests of mutants that were tried: the same again needn't be. */
  seen: Record<string, string>;
}

export type Fate = "killed" | "survived" | "invalid" | "duplicate" | "equivalent" | "timeout";

export interface Verdict {
  fate: Fate;
  /** The test that failed, or the mutant that this one equals. */
  by?: string;
  /** The file of that test. */
  killer?: string;
  digest?: string;
  milliseconds: number;
}

const changed = new Map<string, Artifact>();
/** Contracts of the present mutant that are compiled when a test asks for them. */
const later = new Map<string, () => Artifact>();
/** Digests of the contracts as they are shipped without the change in a file. */
const unchanged = new Map<string, string>();
let baseline = new Map<string, Artifact>();
let root = "";
let closures: Closures = new Map();
let mocha: Mocha;
const asked = new Map<string, Set<string>>();
let running = "";
/** How long each test file took when it ran last, in milliseconds. */
const lasted: Record<string, number> = {};

const open: { close(): Promise<void> }[] = [];

/** Tests get our artifacts in place of those on disk, and their chains end with the run. */
function standBetween(): void {
  const read = (name: string) => {
    const short = name.split(":").at(-1) ?? name;
    const files = asked.get(running);
    if (files === undefined) asked.set(running, new Set([short]));
    else files.add(short);
    const make = later.get(short);
    if (make !== undefined && !changed.has(short)) changed.set(short, make());
    return changed.get(short) ?? baseline.get(short);
  };
  const original = manager.readArtifact.bind(manager);
  Object.assign(manager, {
    readArtifact: async (name: string) => read(name) ?? original(name),
    artifactExists: async () => true,
    getAllFullyQualifiedNames: async () => new Set<string>(),
    getBuildInfoId: async () => undefined,
    // Stack traces by build information cost more than the tests themselves.
    getAllBuildInfoIds: async () => new Set<string>(),
  });
  const [create, createServer] = [network.create.bind(network), network.createServer.bind(network)];
  const roomy = (wanted?: object | string) => {
    const options = typeof wanted === "string" ? { network: wanted } : (wanted ?? {});
    const override = { allowUnlimitedContractSize: true, ...(options as { override?: object }).override };
    return { ...options, override } as never;
  };
  Object.assign(network, {
    create: async (wanted?: object | string) => {
      const connection = await create(roomy(wanted));
      open.push(connection);
      return connection;
    },
    createServer: (wanted: object | string, ...where: [string?, number?]) =>
      createServer(roomy(wanted), ...where),
  });
}

async function prepare(setup: Setup): Promise<void> {
  root = setup.root;
  closures = new Map(setup.closures.map(([file, needs]) => [file, new Set(needs)]));
  const made = compileQuickly(root, readSources(root, ["contracts", "test/contracts"]), closures);
  if (made === undefined) throw new Error("the contracts don't compile");
  baseline = made;
  standBetween();
  mocha = new Mocha({ timeout: 60_000, bail: true, reporter: class {} as never });
  mocha.cleanReferencesAfterRun(false);
  for (const file of setup.testFiles) mocha.addFile(file);
  await mocha.loadFilesAsync();
}

interface Failure {
  title: string;
  file: string;
  message: string;
}

/** Runs the suites of these files in this order, until the first failure. */
async function runTests(order: readonly string[], bail: boolean): Promise<Failure[]> {
  const all = mocha.suite.suites;
  const place = (file: string | undefined) => order.indexOf(relative(process.cwd(), file ?? ""));
  mocha.suite.suites = all
    .filter(({ file }) => place(file) >= 0)
    .sort((a, b) => place(a.file) - place(b.file));
  mocha.suite.bail(bail);
  const failures: Failure[] = [];
  const started = new Map<string, number>();
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => resolve());
    runner.on("suite", (suite) => {
      running = relative(process.cwd(), suite.file ?? "");
      started.set(running, started.get(running) ?? Date.now());
    });
    runner.on("suite end", (suite) => {
      const file = relative(process.cwd(), suite.file ?? "");
      lasted[file] = Date.now() - (started.get(file) ?? Date.now());
    });
    runner.on("fail", (test, error: Error) => {
      failures.push({
        title: test.fullTitle(),
        file: relative(process.cwd(), test.file ?? running),
        message: String(error?.message),
      });
    });
  });
  mocha.suite.suites = all;
  // Lets what the failed test left undone come to its end.
  if (failures.length > 0) await setTimeout(50);
  await Promise.allSettled(open.splice(0).map((connection) => connection.close()));
  return failures;
}

async function attempt({ file, content, order, seen }: Trial): Promise<Omit<Verdict, "milliseconds">> {
  const sources = { ...readSources(root, ["contracts", "test/contracts"]), [file]: content };
  const made = compileQuickly(root, sources, closures, file);
  if (made === undefined) return { fate: "invalid" };
  const waiting = namesForLater(closures, file);
  const digest = digestOf(made);
  const asBefore = () => digestOf(new Map([...made.keys()].map((name) => [name, baseline.get(name)!])));
  if (digest === asBefore())
    for (const name of waiting) made.set(name, compileLater(root, sources, closures, file, name));
  if (digestOf(made) === asBefore()) return { fate: "equivalent", by: "its bytecode", digest };
  const twin = seen[digest];
  if (twin !== undefined) return { fate: "duplicate", by: twin, digest };
  const abi = (artifact: Artifact | undefined) => JSON.stringify(artifact?.abi);
  for (const [name, artifact] of made)
    if (abi(artifact) !== abi(baseline.get(name)))
      return { fate: "killed", by: "the ABI that is committed", digest };

  changed.clear();
  for (const [name, artifact] of made) changed.set(name, artifact);
  for (const name of waiting) later.set(name, () => compileLater(root, sources, closures, file, name));
  // A file that deploys none of the changed contracts can't tell.
  const names = [...made.keys(), ...waiting];
  const relevant = order.filter((each) => names.some((name) => asked.get(each)?.has(name) ?? true));
  const [failure] = await runTests(relevant, true);
  changed.clear();
  later.clear();
  if (failure !== undefined) return { fate: "killed", by: failure.title, killer: failure.file, digest };
  const original = readFileSync(`${root}/${file}`, "utf8");
  const before = unchanged.get(file) ?? digestShipped(root, { ...sources, [file]: original }, closures, file);
  unchanged.set(file, before);
  const after = digestShipped(root, sources, closures, file);
  if (before === after) return { fate: "equivalent", by: "its optimised bytecode", digest };
  return { fate: "survived", digest };
}

const send = (message: object) => process.send?.(message);

process.on("message", async (message: { setup?: Setup; trial?: Trial }) => {
  const start = Date.now();
  try {
    if (message.setup !== undefined) {
      await prepare(message.setup);
      const { baseline: known } = message.setup;
      if (known !== undefined) {
        for (const [file, names] of known.asked) asked.set(file, new Set(names));
        send({ ready: { baseline: known, failures: [], milliseconds: 0 } });
        return;
      }
      const failures: Failure[] = [];
      // Each by itself: what a file deploys it may otherwise find deployed by another.
      for (const file of message.setup.testFiles)
        failures.push(...(await runTests([relative(process.cwd(), file)], false)));
      // And together again: a test that passes only once would seem to kill every mutant.
      const all = message.setup.testFiles.map((file) => relative(process.cwd(), file));
      failures.push(...(await runTests(all, false)));
      const found: Baseline = { lasted, asked: [...asked].map(([file, names]) => [file, [...names]]) };
      send({ ready: { baseline: found, failures, milliseconds: Date.now() - start } });
    } else if (message.trial !== undefined) {
      const verdict = await attempt(message.trial);
      send({ verdict: { ...verdict, milliseconds: Date.now() - start } });
    }
  } catch (error) {
    send({ broken: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
process.on("disconnect", () => process.exit());

// What a test left undone when another failed finds its chain closed: that is no failure of the tests that run by then.
const emit = process.emit.bind(process) as (event: string, ...values: unknown[]) => boolean;
// Nor is it one when what ran out of time comes to its end after all.
const isLeftOver = (error: unknown) =>
  error instanceof Error &&
  (error.message.includes("HHE722") || Object(error).code === "ERR_MOCHA_MULTIPLE_DONE");
Object.assign(process, {
  emit: (event: string, ...values: unknown[]) =>
    (/^(uncaughtException|unhandledRejection)$/.test(event) && isLeftOver(values[0])) ||
    emit(event, ...values),
});
process.on("uncaughtException", () => undefined);
process.on("unhandledRejection", () => undefined);
