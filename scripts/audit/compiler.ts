/** The compiler that Hardhat uses, in this process: for the tools that look at, change or prove the contracts. */
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import config from "../../hardhat.config.ts";

/** A node of solc's syntax tree; `src` is "start:length:file", in bytes. */
export interface AstNode {
  nodeType: string;
  src: string;
  id?: number;
  // biome-ignore lint/suspicious/noExplicitAny: each kind of node has fields of its own
  [field: string]: any;
}

/** What solc says of one contract; a field is there if it was asked for. */
export interface CompiledContract {
  abi: AbiEntry[];
  devdoc: NatSpec;
  userdoc: NatSpec;
  metadata: string;
  storageLayout: { storage: StorageEntry[]; types: Record<string, StorageType> | null };
  evm: {
    bytecode: Code;
    deployedBytecode: Code;
    methodIdentifiers: Record<string, string>;
  };
}

export interface AbiEntry {
  type: string;
  name?: string;
  inputs?: { name: string; type: string }[];
  outputs?: { name: string; type: string }[];
}

export interface StorageEntry {
  label: string;
  offset: number;
  slot: string;
  type: string;
}

export interface StorageType {
  encoding: string;
  label: string;
  numberOfBytes: string;
  members?: StorageEntry[];
  key?: string;
  value?: string;
  base?: string;
}

/** devdoc and userdoc of a contract, in one shape. */
export type NatSpec = Record<"methods" | "events" | "errors" | "stateVariables", Record<string, unknown>> & {
  title?: string;
  notice?: string;
};

interface Code {
  object: string;
  linkReferences: object;
  sourceMap: string;
}

export interface CompilerOutput {
  errors?: { severity: string; formattedMessage: string }[];
  contracts?: Record<string, Record<string, CompiledContract>>;
  sources?: Record<string, { id: number; ast: AstNode }>;
}

/** Sources by path from the project's folder; what they import and isn't here is looked for in node_modules. */
export type Sources = Readonly<Record<string, string>>;

type Selection = Record<string, Record<string, string[]>>;

interface Solc {
  compile(
    input: string,
    callbacks: { import(path: string): { contents: string } | { error: string } },
  ): string;
}

let compiler: Solc | undefined;

interface Profile {
  version: string;
  settings: { evmVersion: string; optimizer: { enabled: boolean; runs: number } };
}

/** Version and settings of the build, as Hardhat has them. */
export function buildProfile(): Profile {
  const solidity = config.solidity as unknown as { profiles: { default: Profile } };
  return solidity.profiles.default;
}

/** All Solidity files under these folders of `root`. */
export function readSources(root: string, folders: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const folder of folders)
    for (const name of (readdirSync(join(root, folder), { recursive: true }) as string[]).sort())
      if (name.endsWith(".sol")) found[`${folder}/${name}`] = readFileSync(join(root, folder, name), "utf8");
  return found;
}

/**
 * Compiles; what is selected decides how long it takes. `settings` are put over those of the build. Doesn't throw for
 * errors in the sources: they are in the answer.
 */
export function compile(
  root: string,
  sources: Sources,
  selection: Selection,
  settings: object = {},
): CompilerOutput {
  compiler ??= createRequire(import.meta.url)("solc") as Solc;
  const input = {
    language: "Solidity",
    sources: Object.fromEntries(Object.entries(sources).map(([path, content]) => [path, { content }])),
    settings: { ...buildProfile().settings, ...settings, outputSelection: selection },
  };
  const findImport = (path: string) => {
    try {
      const folder = path.startsWith("@") ? join(root, "node_modules") : root;
      return { contents: readFileSync(join(folder, path), "utf8") };
    } catch {
      return { error: `${path} isn't there` };
    }
  };
  return JSON.parse(compiler.compile(JSON.stringify(input), { import: findImport })) as CompilerOutput;
}

/** The compiler's errors, without its warnings. */
export function errorsOf(output: CompilerOutput): string[] {
  return (output.errors ?? [])
    .filter((each) => each.severity === "error")
    .map((each) => each.formattedMessage);
}

/** Compiles, and throws when something is wrong with the sources. */
export function compileSound(
  root: string,
  sources: Sources,
  selection: Selection,
  settings: object = {},
): Required<CompilerOutput> {
  const output = compile(root, sources, selection, settings);
  const errors = errorsOf(output);
  if (errors.length > 0) throw new Error(`the contracts don't compile:\n${errors.join("\n")}`);
  return { errors: [], contracts: {}, sources: {}, ...output };
}

/** Calls `visit` for each node of a tree with its ancestors, outermost first. */
export function walk(
  node: AstNode,
  visit: (node: AstNode, ancestors: readonly AstNode[]) => void,
  ancestors: readonly AstNode[] = [],
): void {
  visit(node, ancestors);
  const inner = [...ancestors, node];
  for (const value of Object.values(node))
    for (const child of Array.isArray(value) ? value : [value])
      if (child !== null && typeof child === "object" && typeof child.nodeType === "string")
        walk(child as AstNode, visit, inner);
}
