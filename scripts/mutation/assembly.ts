import type { AstNode } from "../audit/compiler.ts";
import { type Edit, offByOne, range, type Source } from "./operators.ts";

const calls: Record<string, string[]> = {
  add: ["sub"],
  sub: ["add"],
  mul: ["add"],
  div: ["mul"],
  lt: ["gt"],
  gt: ["lt"],
  eq: ["xor"],
  and: ["or"],
  or: ["and"],
  shl: ["shr"],
  shr: ["shl"],
  sload: ["tload"],
};

/** Mutants of a block of inline assembly: other instructions, other numbers, assignments and calls left out. */
export function mutateAssembly(source: Source, node: AstNode): Edit[] {
  const [start, length] = range(node);
  const replacing = (operator: string, text: string): Edit => ({ operator, start, length, text });
  const edits: Edit[] = [];
  if (node.nodeType === "YulFunctionCall") {
    const [nameStart, nameLength] = range(node.functionName);
    for (const text of calls[node.functionName.name] ?? [])
      edits.push({ operator: "assembly", start: nameStart, length: nameLength, text });
  }
  if (node.nodeType === "YulLiteral" && node.kind === "number")
    edits.push(
      ...offByOne(source.bytes.subarray(start, start + length).toString()).map((text) =>
        replacing("assembly", text),
      ),
    );
  if (node.nodeType === "YulAssignment" || node.nodeType === "YulExpressionStatement")
    edits.push(replacing("deletion", "{}"));
  for (const value of Object.values(node))
    for (const child of Array.isArray(value) ? value : [value])
      if (child !== null && typeof child === "object" && typeof child.nodeType === "string")
        edits.push(...mutateAssembly(source, child as AstNode));
  return edits;
}
