/** The ways in which a contract can be wrong: each makes mutants out of nodes of solc's syntax tree. */
import type { AstNode } from "../audit/compiler.ts";
import { mutateAssembly } from "./assembly.ts";

/** One change to a source: the bytes from `start` on, `length` of them, become `text`. */
export interface Edit {
  operator: string;
  start: number;
  length: number;
  text: string;
}

/** A source under mutation. Offsets are in bytes, as solc counts them. */
export interface Source {
  bytes: Buffer;
  /** Members of each enum by its canonical name. */
  enums: ReadonlyMap<string, readonly string[]>;
}

const relational: Record<string, string[]> = {
  "<": ["<=", "!="],
  "<=": ["<", "=="],
  ">": [">=", "!="],
  ">=": [">", "=="],
  "==": ["!="],
  "!=": ["=="],
};
/** Numbers only: order makes no sense of anything else, and compiles for some. */
const ordered: Record<string, string[]> = { "==": ["<=", ">="], "!=": ["<", ">"] };

const binary: Record<string, [string, string[]]> = {
  "+": ["arithmetic", ["-"]],
  "-": ["arithmetic", ["+"]],
  "*": ["arithmetic", ["+", "/"]],
  "/": ["arithmetic", ["*"]],
  "%": ["arithmetic", ["*"]],
  "**": ["arithmetic", ["*"]],
  "&&": ["logical", ["||"]],
  "||": ["logical", ["&&"]],
  "<<": ["shift", [">>"]],
  ">>": ["shift", ["<<"]],
  "&": ["bitwise", ["|", "^"]],
  "|": ["bitwise", ["&", "^"]],
  "^": ["bitwise", ["&", "|"]],
};

const compound: Record<string, string[]> = {
  "+=": ["-=", "="],
  "-=": ["+=", "="],
  "*=": ["/=", "="],
  "/=": ["*=", "="],
  "|=": ["&=", "="],
  "&=": ["|=", "="],
  "^=": ["|=", "="],
  "<<=": [">>="],
  ">>=": ["<<="],
};

/** Start and length of a node. */
export function range(node: AstNode): [start: number, length: number] {
  const [start = 0, length = 0] = node.src.split(":").map(Number);
  return [start, length];
}

/** All mutants that come from this very node (not from those below it). */
export function mutate(source: Source, node: AstNode, ancestors: readonly AstNode[]): Edit[] {
  const parent = ancestors.at(-1);
  switch (node.nodeType) {
    case "BinaryOperation":
      return [...mutateBinary(source, node, parent), ...forced(source, node, parent)];
    case "UnaryOperation":
      return [...mutateUnary(source, node, parent), ...forced(source, node, parent)];
    case "Assignment":
      return between(source, node.leftHandSide, node.rightHandSide, node.operator, "assignment", compound);
    case "Literal":
      return mutateLiteral(source, node);
    case "FunctionCall":
      return [...swapArguments(source, node), ...forced(source, node, parent)];
    case "MemberAccess":
      return [...mutateMember(source, node), ...forced(source, node, parent)];
    case "Identifier":
    case "IndexAccess":
      return forced(source, node, parent);
    case "Conditional":
      return [swap(source, "conditional", node.trueExpression, node.falseExpression)];
    case "ExpressionStatement":
      return parent?.nodeType === "ForStatement" ? [] : [deletion(source, node)];
    case "EmitStatement":
    case "RevertStatement":
    case "Break":
    case "Continue":
    case "Return":
      return [deletion(source, node)];
    case "ModifierInvocation":
      return node.kind === "modifierInvocation" ? [replacing(node, "modifier", "")] : [];
    case "FunctionDefinition":
      return mutateVisibility(source, node, parent);
    case "InlineAssembly":
      return mutateAssembly(source, node.AST);
    default:
      return [];
  }
}

function replacing(node: AstNode, operator: string, text: string): Edit {
  const [start, length] = range(node);
  return { operator, start, length, text };
}

function textOf(source: Source, node: AstNode): string {
  const [start, length] = range(node);
  return source.bytes.subarray(start, start + length).toString();
}

/** Replaces the operator that stands between two operands. */
function between(
  source: Source,
  left: AstNode,
  right: AstNode,
  sign: string,
  operator: string,
  table: Record<string, string[]>,
): Edit[] {
  const [leftStart, leftLength] = range(left);
  const from = leftStart + leftLength;
  const start = source.bytes.indexOf(sign, from);
  if (start < 0 || start >= range(right)[0]) return [];
  return (table[sign] ?? []).map((text) => ({ operator, start, length: sign.length, text }));
}

function mutateBinary(source: Source, node: AstNode, parent: AstNode | undefined): Edit[] {
  const { leftExpression: left, rightExpression: right, operator: sign } = node;
  const place = (name: string, table: Record<string, string[]>) =>
    between(source, left, right, sign, name, table);
  // A counter that steps by one meets its end: there `<` and `!=` are one.
  const isLoop = parent?.nodeType === "ForStatement" || (sign === ">" && right.value === "0");
  const edits = place("relational", relational).filter(({ text }) => !(isLoop && text === "!="));
  const type: string = node.commonType?.typeString ?? "";
  // Nothing unsigned is below zero.
  if (/^u?int/.test(type) && right.value !== "0") edits.push(...place("relational", ordered));
  const [name, signs] = binary[sign] ?? [];
  if (name !== undefined) edits.push(...place(name, { [sign]: signs ?? [] }));
  return edits;
}

function mutateUnary(source: Source, node: AstNode, parent: AstNode | undefined): Edit[] {
  const inner = textOf(source, node.subExpression);
  const sign: string = node.operator;
  if (sign === "!" || sign === "~" || sign === "-") return [replacing(node, "negation", inner)];
  const other = { "++": "--", "--": "++" }[sign];
  if (other === undefined) return [];
  const text = node.prefix === true ? `${other}${inner}` : `${inner}${other}`;
  const edits = [replacing(node, "arithmetic", text)];
  if (parent?.nodeType !== "ExpressionStatement" && parent?.nodeType !== "ForStatement")
    edits.push(replacing(node, "arithmetic", inner));
  return edits;
}

/** A condition, or what one is made of, that always or never holds, or holds when it shouldn't. */
function forced(source: Source, node: AstNode, parent: AstNode | undefined): Edit[] {
  if (parent === undefined || node.typeDescriptions?.typeString !== "bool") return [];
  const isCondition = parent.condition === node;
  const isOperand =
    parent.nodeType === "BinaryOperation" && (parent.operator === "&&" || parent.operator === "||");
  const isValue =
    parent.nodeType === "Return" ||
    parent.rightHandSide === node ||
    parent.initialValue === node ||
    (parent.nodeType === "FunctionCall" && (parent.arguments as AstNode[]).includes(node));
  const isLoop = parent.nodeType === "WhileStatement" || parent.nodeType === "ForStatement";
  if (!isCondition && !isOperand && !isValue) return [];
  const edits = [replacing(node, "forced", "false")];
  // A loop that never ends fails for want of gas, whatever it does: that tells nothing of the tests.
  if (!isLoop) edits.push(replacing(node, "forced", "true"));
  if (isCondition && !isLoop) edits.push(replacing(node, "negation", `!(${textOf(source, node)})`));
  return edits;
}

function mutateLiteral(source: Source, node: AstNode): Edit[] {
  const text = textOf(source, node);
  if (node.kind === "bool") return [replacing(node, "constant", text === "true" ? "false" : "true")];
  if (node.kind === "string") {
    const last = text.at(-2);
    if (text.length < 3) return [replacing(node, "constant", '"?"')];
    return [replacing(node, "constant", `${text.slice(0, -2)}${last === "?" ? "!" : "?"}${text.at(-1)}`)];
  }
  if (node.kind === "hexString") {
    const last = Number.parseInt(text.at(-2) ?? "0", 16);
    return [replacing(node, "constant", `${text.slice(0, -2)}${(last ^ 1).toString(16)}${text.at(-1)}`)];
  }
  if (node.kind !== "number" || node.subdenomination != null) return [];
  return offByOne(text).map((changed) => replacing(node, "constant", changed));
}

/** The next number and the one before, written as this one is: hex digits stand for a type. */
export function offByOne(text: string): string[] {
  const digits = text.replaceAll("_", "");
  if (!/^(0x[0-9a-fA-F]+|\d+)$/.test(digits)) return [];
  const value = BigInt(digits);
  const write = (changed: bigint) =>
    digits.startsWith("0x") ? `0x${changed.toString(16).padStart(digits.length - 2, "0")}` : `${changed}`;
  return value === 0n ? [write(1n)] : [write(value + 1n), write(value - 1n)];
}

function swap(source: Source, operator: string, left: AstNode, right: AstNode): Edit {
  const [start] = range(left);
  const [rightStart, rightLength] = range(right);
  const [, leftLength] = range(left);
  const gap = source.bytes.subarray(start + leftLength, rightStart).toString();
  return {
    operator,
    start,
    length: rightStart + rightLength - start,
    text: `${textOf(source, right)}${gap}${textOf(source, left)}`,
  };
}

/** Neighbouring arguments of one type change places. */
function swapArguments(source: Source, node: AstNode): Edit[] {
  if (node.kind === "typeConversion" || (node.names?.length ?? 0) > 0) return [];
  const args = node.arguments as AstNode[];
  const type = (each: AstNode): string =>
    String(each.typeDescriptions?.typeString ?? "").replace(/ (storage|memory|calldata).*$/, "");
  return args.slice(1).flatMap((right, i) => {
    const left = args[i]!;
    if (type(left) !== type(right) || textOf(source, left) === textOf(source, right)) return [];
    return [swap(source, "arguments", left, right)];
  });
}

function mutateMember(source: Source, node: AstNode): Edit[] {
  const text = textOf(source, node);
  const change = (operator: string, ...texts: string[]) =>
    texts.map((changed) => replacing(node, operator, changed));
  if (text === "msg.sender") return change("sender", "tx.origin", "address(0)");
  if (text === "block.timestamp")
    return change("environment", "(block.timestamp + 1)", "(block.timestamp - 1)");
  if (text === "block.chainid") return change("environment", "uint256(1)");
  if (/^type\(.*\)\.max$/.test(text)) return change("constant", `(${text} - 1)`);
  const type: string = node.expression?.typeDescriptions?.typeString ?? "";
  const members = source.enums.get(/^type\(enum (.*)\)$/.exec(type)?.[1] ?? "");
  if (members === undefined) return [];
  const next = members[(members.indexOf(node.memberName) + 1) % members.length];
  return change("constant", `${textOf(source, node.expression)}.${next}`);
}

/** A statement that is left out. */
function deletion(source: Source, node: AstNode): Edit {
  const [start, bare] = range(node);
  const rest = source.bytes.subarray(start + bare).toString();
  const semicolon = source.bytes[start + bare - 1] === 0x3b ? 0 : (/^\s*;/.exec(rest)?.[0].length ?? 0);
  return { operator: "deletion", start, length: bare + semicolon, text: "{}" };
}

/** An inner function that anyone can call. */
function mutateVisibility(source: Source, node: AstNode, parent: AstNode | undefined): Edit[] {
  if (parent?.contractKind === "library" || node.kind !== "function") return [];
  if (node.visibility !== "private" && node.visibility !== "internal") return [];
  const start = source.bytes.indexOf(
    node.visibility,
    range(node.parameters).reduce((a, b) => a + b),
  );
  return [{ operator: "visibility", start, length: node.visibility.length, text: "public" }];
}
