/** What the tests deploy: compiled from changed sources as fast as can be, and compared as it would be shipped. */
import { createHash } from "node:crypto";
import { type CompilerOutput, compile, errorsOf, type Sources } from "../audit/compiler.ts";
import type { Closures } from "./mutants.ts";

/** What Hardhat's tests need of a contract, as its artifact has it. */
export interface Artifact {
  _format: "hh3-artifact-1";
  contractName: string;
  sourceName: string;
  abi: unknown[];
  bytecode: string;
  deployedBytecode: string;
  linkReferences: object;
  deployedLinkReferences: object;
}

export type Artifacts = ReadonlyMap<string, Artifact>;

/** Sources whose contracts mocha's tests may deploy: no interfaces, no libraries of internal functions, no Solidity tests. */
const isDeployed = (file: string) =>
  !file.endsWith(".t.sol") && /^(test\/)?contracts\/[^/]+\.sol$/.test(file);

// The optimizer takes four fifths of the time and changes nothing that a test can see but gas and size.
const quick = { optimizer: { enabled: false }, metadata: { appendCBOR: false, bytecodeHash: "none" } };
const shipped = { metadata: { appendCBOR: false, bytecodeHash: "none" } };

/** The two ledgers differ in a name. */
const TWIN = "contracts/SharedLedger.sol";
const ITS_TWIN = "contracts/StorageLedger.sol";
/** Small, and all functions of the libraries are in it. */
const HARNESS = "test/contracts/PolicyProgramHarness.sol";

/**
 * The sources that must be compiled again when `file` changes: what tells one mutant from another, and what can wait until
 * a test asks for it.
 */
function dependants(closures: Closures, file: string | undefined): { now: string[]; later: string[] } {
  const all = [...closures.keys()].filter(
    (each) => isDeployed(each) && (file === undefined || closures.get(each)?.has(file) === true),
  );
  if (file === undefined) return { now: all, later: [] };
  if (all.includes(HARNESS)) return { now: [HARNESS], later: all.filter((each) => each !== HARNESS) };
  return all.includes(ITS_TWIN)
    ? { now: all.filter((each) => each !== TWIN), later: all.filter((each) => each === TWIN) }
    : { now: all, later: [] };
}

/** Gives the compiler what it must compile, and the source that changed; what these import it finds by itself. */
function select(
  root: string,
  sources: Sources,
  roots: string[],
  settings: object,
  file?: string,
): CompilerOutput {
  const wanted = [
    "abi",
    "evm.bytecode.object",
    "evm.bytecode.linkReferences",
    "evm.deployedBytecode.object",
    "evm.deployedBytecode.linkReferences",
  ];
  const selection = Object.fromEntries(roots.map((each) => [each, { "*": wanted }]));
  const given = [...roots, ...(file === undefined ? [] : [file])].map((each) => [each, sources[each] ?? ""]);
  return compile(root, Object.fromEntries(given), selection, settings);
}

function artifactsOf(output: CompilerOutput): Map<string, Artifact> {
  const found = new Map<string, Artifact>();
  for (const [sourceName, contracts] of Object.entries(output.contracts ?? {}))
    for (const [contractName, { abi, evm }] of Object.entries(contracts))
      if (evm !== undefined && evm.bytecode.object !== "")
        found.set(contractName, {
          _format: "hh3-artifact-1",
          contractName,
          sourceName,
          abi,
          bytecode: `0x${evm.bytecode.object}`,
          deployedBytecode: `0x${evm.deployedBytecode.object}`,
          linkReferences: evm.bytecode.linkReferences,
          deployedLinkReferences: evm.deployedBytecode.linkReferences,
        });
  return found;
}

/**
 * Contracts that depend on `file` (all, if none is given), without the optimizer, but for those that
 * {@link compileLater} makes; undefined if they don't compile.
 */
export function compileQuickly(
  root: string,
  sources: Sources,
  closures: Closures,
  file?: string,
): Map<string, Artifact> | undefined {
  const output = select(root, sources, dependants(closures, file).now, quick, file);
  return errorsOf(output).length > 0 ? undefined : artifactsOf(output);
}

/** Names of the contracts that {@link compileQuickly} leaves out after a change of `file`. */
export function namesForLater(closures: Closures, file: string): string[] {
  return dependants(closures, file).later.map(nameOf);
}

/** One of those. Throws if it doesn't compile. */
export function compileLater(
  root: string,
  sources: Sources,
  closures: Closures,
  file: string,
  name: string,
): Artifact {
  const source = dependants(closures, file).later.filter((each) => nameOf(each) === name);
  const made = artifactsOf(select(root, sources, source, quick, file)).get(name);
  if (made === undefined) throw new Error(`${name} doesn't compile`);
  return made;
}

const nameOf = (file: string) => file.replace(/^.*\/|\.sol$/g, "");

/** A digest of what would be shipped: two sources of one digest are one contract. */
export function digestShipped(root: string, sources: Sources, closures: Closures, file: string): string {
  const { now, later } = dependants(closures, file);
  const roots = [...now, ...later].filter((each) => each.startsWith("contracts/"));
  return digestOf(artifactsOf(select(root, sources, roots, shipped, file)));
}

/** A digest of bytecode and ABI. */
export function digestOf(artifacts: Artifacts): string {
  const digest = createHash("sha256");
  for (const name of [...artifacts.keys()].sort()) {
    const { abi, bytecode, deployedBytecode } = artifacts.get(name)!;
    digest.update(JSON.stringify([name, abi, bytecode, deployedBytecode]));
  }
  return digest.digest("hex");
}
