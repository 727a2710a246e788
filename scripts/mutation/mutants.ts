/** The mutants of a tree of contracts, each with a name that stays when lines move. */
import { type AstNode, compileSound, type Sources, walk } from "../audit/compiler.ts";
import { type Edit, mutate, type Source } from "./operators.ts";

export interface Mutant {
  /** What it is called in reports and in the list of survivors: file, function, line's text, change. */
  name: string;
  file: string;
  line: number;
  operator: string;
  /** The whole source with the change in it. */
  content: string;
}

/** Who imports whom: for each source, the sources that it needs, itself among them. */
export type Closures = ReadonlyMap<string, ReadonlySet<string>>;

/** Parses `sources` and makes the mutants of those that `isTarget` picks. */
export function makeMutants(
  root: string,
  sources: Sources,
  isTarget: (file: string) => boolean,
): { mutants: Mutant[]; closures: Closures } {
  const parsed = compileSound(root, sources, { "*": { "": ["ast"] } }).sources;
  const enums = new Map<string, string[]>();
  for (const { ast } of Object.values(parsed))
    walk(ast, (node) => {
      if (node.nodeType === "EnumDefinition")
        enums.set(
          node.canonicalName,
          (node.members as { name: string }[]).map(({ name }) => name),
        );
    });
  const mutants: Mutant[] = [];
  for (const [file, content] of Object.entries(sources)) {
    const ast = parsed[file]?.ast;
    if (!isTarget(file) || ast === undefined) continue;
    mutants.push(...mutantsOf(file, { bytes: Buffer.from(content), enums }, ast));
  }
  return { mutants, closures: closuresOf(parsed) };
}

function mutantsOf(file: string, source: Source, ast: AstNode): Mutant[] {
  const made: Mutant[] = [];
  const counts = new Map<string, number>();
  walk(ast, (node, ancestors) => {
    if (ancestors.some((each) => each.nodeType === "PragmaDirective")) return;
    for (const edit of mutate(source, node, ancestors)) {
      const place = [...ancestors, node].findLast(({ nodeType }) => placesNames.has(nodeType));
      const where = place?.name || place?.kind || "file";
      const said = `${short(file)} ${where}: ${describe(source, edit)}`;
      const count = (counts.get(said) ?? 0) + 1;
      counts.set(said, count);
      made.push({
        name: count === 1 ? said : `${said} (${count})`,
        file,
        line: lineAt(source, edit.start),
        operator: edit.operator,
        content: apply(source, edit),
      });
    }
  });
  return made;
}

const placesNames = new Set([
  "FunctionDefinition",
  "ModifierDefinition",
  "VariableDeclaration",
  "StructDefinition",
]);

const short = (file: string) => file.replace(/^contracts\//, "");

function apply({ bytes }: Source, { start, length, text }: Edit): string {
  return `${bytes.subarray(0, start)}${text}${bytes.subarray(start + length)}`;
}

function lineAt({ bytes }: Source, offset: number): number {
  return bytes.subarray(0, offset).toString().split("\n").length;
}

const squeeze = (text: string) => text.replace(/\s+/g, " ").trim();

/** The changed line (or all of what is changed), before and after. */
function describe(source: Source, edit: Edit): string {
  const { bytes } = source;
  const from = bytes.lastIndexOf(0x0a, edit.start - 1) + 1;
  const end = edit.start + edit.length;
  const newline = bytes.indexOf(0x0a, end);
  const to = newline < 0 ? bytes.length : newline;
  const before = squeeze(bytes.subarray(from, to).toString());
  const marked = `${bytes.subarray(from, edit.start)}${edit.text === "" ? "/**/" : edit.text}${bytes.subarray(end, to)}`;
  return `[${edit.operator}] ${before} => ${squeeze(marked)}`;
}

function closuresOf(parsed: Record<string, { ast: AstNode }>): Closures {
  const imports = new Map(
    Object.entries(parsed).map(([file, { ast }]) => [
      file,
      (ast.nodes as AstNode[])
        .filter(({ nodeType }) => nodeType === "ImportDirective")
        .map(({ absolutePath }) => absolutePath as string),
    ]),
  );
  const reach = (file: string, seen: Set<string>): Set<string> => {
    if (!seen.has(file)) {
      seen.add(file);
      for (const next of imports.get(file) ?? []) reach(next, seen);
    }
    return seen;
  };
  return new Map([...imports.keys()].map((file) => [file, reach(file, new Set())]));
}
