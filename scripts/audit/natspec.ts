import { Interface, type JsonFragment, type ParamType } from "ethers";
import { type CompiledContract, type CompilerOutput, walk } from "./compiler.ts";

interface Documented {
  notice?: string;
  params?: Record<string, string>;
  returns?: Record<string, string>;
}

/** An entry of devdoc or userdoc; those of errors are lists. */
function entryOf(docs: Record<string, unknown> | undefined, signature: string): Documented {
  const found = docs?.[signature];
  return ((Array.isArray(found) ? found[0] : found) ?? {}) as Documented;
}

function gapsOf(name: string, { abi, devdoc, userdoc }: CompiledContract): string[] {
  const gaps: string[] = [];
  if (!devdoc.title) gaps.push(`${name}: no @title`);
  if (!userdoc.notice) gaps.push(`${name}: no @notice`);
  const face = new Interface(abi as JsonFragment[]);
  const look = (
    kind: "methods" | "events" | "errors",
    signature: string,
    inputs: readonly ParamType[],
    outputs: readonly ParamType[] = [],
  ) => {
    const dev = entryOf(devdoc[kind], signature);
    const says = (what: string) => gaps.push(`${name}.${signature}: ${what}`);
    if (!entryOf(userdoc[kind], signature).notice) says("no @notice");
    for (const each of inputs) if (!dev.params?.[each.name]) says(`no @param ${each.name}`);
    for (const [i, each] of outputs.entries())
      if (!dev.returns?.[each.name || `_${i}`]) says(`no @return ${each.name || i}`);
  };
  face.forEachFunction((each) => look("methods", each.format("sighash"), each.inputs, each.outputs));
  face.forEachEvent((each) => look("events", each.format("sighash"), each.inputs));
  face.forEachError((each) => look("errors", each.format("sighash"), each.inputs));
  return gaps;
}

/** What the NatSpec of interfaces lacks: notices, parameters, returned values, structs and enums. */
export function natSpecGaps(output: Required<CompilerOutput>): string[] {
  const gaps: string[] = [];
  for (const [path, contracts] of Object.entries(output.contracts)) {
    if (!path.startsWith("contracts/interfaces/")) continue;
    for (const [name, contract] of Object.entries(contracts)) gaps.push(...gapsOf(name, contract));
    const ast = output.sources[path]?.ast;
    if (ast === undefined) continue;
    walk(ast, ({ nodeType, canonicalName, documentation }) => {
      if ((nodeType === "StructDefinition" || nodeType === "EnumDefinition") && !documentation)
        gaps.push(`${canonicalName}: no @notice`);
    });
  }
  return gaps;
}
