/**
 * What a contract shows to those outside, and where it keeps its state, as JSON that is committed: a change of either
 * then stands in a diff. A test tells when they are out of date.
 *
 *   node scripts/snapshots.ts            writes them
 *   node scripts/snapshots.ts --check    only tells what differs, what NatSpec lacks and what is too large
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Interface, type JsonFragment } from "ethers";
import { type CompiledContract, compileSound, readSources, type StorageEntry } from "./audit/compiler.ts";
import { natSpecGaps } from "./audit/natspec.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, "test", "contracts", "snapshots");

/** EIP-170's limit, and how far we stay below it: room for a repair without a redesign. */
const SIZE_LIMIT = 24_576;
const SIZE_MARGIN = 1_024;

type Lines = Record<string, string>;

const sorted = (lines: readonly (readonly [string, string])[]): Lines =>
  Object.fromEntries([...lines].sort(([a], [b]) => (a < b ? -1 : 1)));

function layoutOf({ storageLayout: { storage, types } }: CompiledContract): object {
  const places = (entries: readonly StorageEntry[]): Lines =>
    Object.fromEntries(
      entries.map(({ label, slot, offset, type }) => [
        `slot ${slot}, byte ${offset}`,
        `${label}, ${types?.[type]?.label ?? type}`,
      ]),
    );
  const structs = Object.values(types ?? {}).filter(({ members }) => members !== undefined);
  return {
    storage: places(storage),
    structs: Object.fromEntries(
      structs
        .sort((a, b) => (a.label < b.label ? -1 : 1))
        .map(({ label, members = [] }) => [label, places(members)]),
    ),
  };
}

/** Everything with what it is called by on a chain: selectors, and topics of events. */
function abiOf({ abi }: CompiledContract): object {
  const face = new Interface(abi as JsonFragment[]);
  const functions: [string, string][] = [];
  const events: [string, string][] = [];
  const errors: [string, string][] = [];
  face.forEachFunction((each) => functions.push([each.format("full"), each.selector]));
  face.forEachEvent((each) => events.push([each.format("full"), each.topicHash]));
  face.forEachError((each) => errors.push([each.format("full"), each.selector]));
  return {
    deployed: face.deploy.format("full"),
    functions: sorted(functions),
    events: sorted(events),
    errors: sorted(errors),
  };
}

const known = new Map<string, ReturnType<typeof compileSound>>();

function compiled(from: string): ReturnType<typeof compileSound> {
  const made =
    known.get(from) ??
    compileSound(from, readSources(from, ["contracts"]), {
      "*": { "": ["ast"], "*": ["abi", "storageLayout", "devdoc", "userdoc"] },
    });
  known.set(from, made);
  return made;
}

/** The contracts that are deployed, as they should be by the sources: file name and text. */
export function makeSnapshots(from = root): Map<string, string> {
  const made = new Map<string, string>();
  for (const [path, contracts] of Object.entries(compiled(from).contracts))
    for (const [name, contract] of Object.entries(contracts)) {
      const isDeployed =
        path === `contracts/${name}.sol` && contract.abi.some(({ type }) => type === "constructor");
      if (!isDeployed || isAbstract(readFileSync(join(from, path), "utf8"), name)) continue;
      const snapshot = { abi: abiOf(contract), layout: layoutOf(contract) };
      made.set(`${name}.json`, `${JSON.stringify(snapshot, undefined, 2)}\n`);
    }
  return made;
}

const isAbstract = (source: string, name: string) =>
  new RegExp(`^abstract contract ${name}\\b`, "m").test(source);

/** The snapshots that are missing, differ or belong to nothing. */
export function outdatedSnapshots(from = root): string[] {
  const made = makeSnapshots(from);
  const there = new Map(
    readdirSync(folder)
      .filter((name) => name.endsWith(".json"))
      .map((name) => [name, readFileSync(join(folder, name), "utf8")]),
  );
  const names = new Set([...made.keys(), ...there.keys()]);
  return [...names].filter((name) => made.get(name) !== there.get(name)).sort();
}

/** What the interfaces' NatSpec lacks, each as "Interface.member: what". */
export function undocumented(from = root): string[] {
  return natSpecGaps(compiled(from));
}

/** Contracts whose code is over the limit less the margin, by their artifacts: they must have been built. */
export function tooLarge(sizes: Readonly<Record<string, number>>): string[] {
  return Object.entries(sizes)
    .filter(([, size]) => size > SIZE_LIMIT - SIZE_MARGIN)
    .map(([name, size]) => `${name} has ${size} bytes of code, more than ${SIZE_LIMIT} - ${SIZE_MARGIN}`);
}

/** Bytes of code of each contract with a snapshot, as Hardhat built it. */
export function builtSizes(): Record<string, number> {
  const names = [...makeSnapshots().keys()].map((file) => file.replace(/\.json$/, ""));
  return Object.fromEntries(
    names.map((name) => {
      const path = join(root, "artifacts", "contracts", `${name}.sol`, `${name}.json`);
      const { deployedBytecode } = JSON.parse(readFileSync(path, "utf8")) as { deployedBytecode: string };
      return [name, (deployedBytecode.length - 2) / 2];
    }),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes("--check")) {
    const complaints = [
      ...outdatedSnapshots().map((name) => `test/contracts/snapshots/${name} is out of date`),
      ...undocumented(),
      ...tooLarge(builtSizes()),
    ];
    for (const complaint of complaints) console.log(complaint);
    if (complaints.length > 0) process.exitCode = 1;
  } else {
    mkdirSync(folder, { recursive: true });
    const made = makeSnapshots();
    for (const name of readdirSync(folder).filter((each) => each.endsWith(".json") && !made.has(each)))
      rmSync(join(folder, name));
    for (const [name, text] of made) writeFileSync(join(folder, name), text);
  }
}
