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

/** Sources whose contracts the tests may deploy: no interfaces, no libraries of internal functions, no Solidity tests. */
const isDeployed = (file: string) =>
  !file.endsWith(".t.sol") && (/^contracts\/[^/]+\.sol$/.test(file) || file.startsWith("test/contracts/"));

// The optimizer takes four fifths of the time and changes nothing that a test can see but gas and size.
const quick = { optimizer: { enabled: false }, metadata: { appendCBOR: false, bytecodeHash: "none" } };
const shipped = { metadata: { appendCBOR: false, bytecodeHash: "none" } };

/** The sources that must be compiled again when `file` changes. */
function dependants(closures: Closures, file: string | undefined): string[] {
  return [...closures.keys()].filter(
    (each) => isDeployed(each) && (file === undefined || closures.get(each)?.has(file) === true),
  );
}

function select(root: string, sources: Sources, roots: string[], settings: object): CompilerOutput {
  const wanted = [
    "abi",
    "evm.bytecode",
    "evm.deployedBytecode.object",
    "evm.deployedBytecode.linkReferences",
  ];
  const selection = Object.fromEntries(roots.map((each) => [each, { "*": wanted }]));
  // Sources that aren't named here are still found, as imports; those with the change must be given.
  return compile(root, sources, selection, settings);
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
 * The contracts that depend on `file` (all, if none is given), without the optimizer; undefined if they don't compile.
 */
export function compileQuickly(
  root: string,
  sources: Sources,
  closures: Closures,
  file?: string,
): Map<string, Artifact> | undefined {
  const output = select(root, sources, dependants(closures, file), quick);
  return errorsOf(output).length > 0 ? undefined : artifactsOf(output);
}

/** A digest of what would be shipped: two sources of one digest are one contract. */
export function digestShipped(root: string, sources: Sources, closures: Closures, file: string): string {
  return digestOf(artifactsOf(select(root, sources, dependants(closures, file), shipped)));
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
