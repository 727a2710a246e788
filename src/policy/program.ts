import { concat, hex } from "../core/bytes.ts";
import { Reader, Writer } from "../core/encoding.ts";
import { DiptychError } from "../core/errors.ts";
import { attributeHash } from "./attribute.ts";
import { type Bound, type Comparison, toBound } from "./comparison.ts";
import { numberSlot } from "./label.ts";
import { POLICY_LIMITS } from "./limits.ts";
import { toPolicy } from "./parse.ts";
import { purposeBytes } from "./purpose.ts";
import { type Leaf, type Policy, policyLeaves } from "./tree.ts";

const VERSION = 0x01;
const GATE = 0x40;
const STACK = 255;
/** Bytes of a comparison in a program, and of one that the registry is asked about: slot, operator, value. */
export const COMPARISON_SIZE = 37;
const OPERATOR_BYTE: Readonly<Record<Bound["operator"], number>> = { ">=": 0x01, "<=": 0x02, "=": 0x03 };

/**
 * The program by which the contract evaluates a policy: byte 0x01; the number L of distinct attributes, the number C of
 * distinct comparisons (L + C from 1 to 32) and the number P of purposes, a byte each; the P purposes, strictly ascending,
 * a byte each (none: any); the L Keccak-256 hashes; C comparisons of 37 bytes, namely the slot (`numberSlot`), 0x01 for >=,
 * 0x02 for <= or 0x03 for =, and the value in 4 bytes; both in order of first mention, `> v` written as `>= v + 1` and `< v`
 * as `<= v - 1`. Then postfix operations: a byte below L pushes whether that attribute is held, from L to below L + C
 * whether that comparison holds; 0x40, k, n pops n truths and pushes whether at least k of them are true.
 *
 * @param allowed codes of HL7's PurposeOfUse that a request must be for one of; none for any
 * @throws DiptychError `policy-limit` over 32 leaves, a comparison being one; `purpose-unknown`
 */
export function compileProgram(policy: string | Policy, allowed: readonly string[] = []): Uint8Array {
  const normal = toPolicy(policy);
  const leaves = policyLeaves(normal);
  if (leaves.length > POLICY_LIMITS.chainLeaves)
    throw new DiptychError(
      "policy-limit",
      `A policy on chain takes ${POLICY_LIMITS.chainLeaves} leaves, this one has ${leaves.length}. ` +
        "Replace groups of attributes by one attribute.",
    );
  const attributes = listDistinct(leaves.filter((leaf) => leaf.kind === "leaf"));
  const comparisons = listDistinct(leaves.filter((leaf) => leaf.kind === "comparison"));
  const places = new Map([...attributes, ...comparisons].map(({ name }, place) => [name, place]));
  const operations: number[] = [];
  const emit = (node: Policy): void => {
    if (node.kind === "gate") {
      node.children.forEach(emit);
      operations.push(GATE, node.k, node.children.length);
    } else operations.push(places.get(hex(encodeLeaf(node)))!);
  };
  emit(normal);
  const purposes = purposeBytes(allowed);
  return concat(
    Uint8Array.of(VERSION, attributes.length, comparisons.length, purposes.length),
    purposes,
    ...attributes.map(({ bytes }) => bytes),
    ...comparisons.map(({ bytes }) => bytes),
    Uint8Array.from(operations),
  );
}

/** What stands for leaves in the tables, each once. */
function listDistinct(leaves: readonly (Leaf | Comparison)[]): { name: string; bytes: Uint8Array }[] {
  const named = leaves.map(encodeLeaf).map((bytes) => [hex(bytes), bytes] as const);
  return [...new Map(named)].map(([name, bytes]) => ({ name, bytes }));
}

/** What stands for a leaf in a program: the attribute's hash (32 bytes), or the comparison (37). */
export function encodeLeaf(leaf: Leaf | Comparison): Uint8Array {
  if (leaf.kind === "leaf") return attributeHash(leaf.attribute);
  const { operator, value } = toBound(leaf);
  const slot = numberSlot(leaf.label, leaf.unit);
  return new Writer().fixed(slot).u8(OPERATOR_BYTE[operator]).u32(value).finish();
}

/** What an account has on chain: attributes by hash, numbers by slot, both as 0x and lower-case hex. */
export interface Attested {
  /** Whether it has the attribute. */
  holds(attributeHash: `0x${string}`): boolean;
  /** The number in a slot; `undefined` when there is none. */
  number(slot: `0x${string}`): number | undefined;
}

/** A program taken apart; `encoding-invalid` for one that the contract would refuse. */
export interface ProgramParts {
  /** Numbers of the purposes that it allows, ascending; none for any. */
  readonly purposes: Uint8Array;
  /** Keccak-256 of each attribute, 32 bytes. */
  readonly attributes: readonly Uint8Array[];
  /** 37 bytes each. */
  readonly comparisons: readonly Uint8Array[];
  readonly operations: readonly Operation[];
}

/** Takes a program apart. Throws `encoding-invalid` for a program that the contract would refuse. */
export function readProgram(program: Uint8Array): ProgramParts {
  const reader = new Reader(program, "policy program").version(VERSION);
  const [attributeCount, comparisonCount, purposeCount] = [reader.u8(), reader.u8(), reader.u8()];
  const count = attributeCount + comparisonCount;
  if (count < 1 || count > POLICY_LIMITS.chainLeaves)
    throw reader.invalid(`it has ${count} leaves, not 1 to ${POLICY_LIMITS.chainLeaves}`);
  const purposes = reader.fixed(purposeCount);
  if (purposes.some((purpose, i) => purpose <= (purposes[i - 1] ?? 0)))
    throw reader.invalid("its purposes aren't ascending from 1");
  const attributes = Array.from({ length: attributeCount }, () => reader.fixed(32));
  const comparisons = Array.from({ length: comparisonCount }, () => reader.fixed(COMPARISON_SIZE));
  for (const comparison of comparisons)
    if (comparison[32]! < 0x01 || comparison[32]! > 0x03)
      throw reader.invalid(`it has an unknown comparison ${comparison[32]}`);
  const operations = readOperations(new Reader(reader.rest(), "policy program"), count);
  return { purposes, attributes, comparisons, operations };
}

/**
 * Runs a program as the contract does, for a request that states `purpose` (0 for none): false when the program allows
 * others only. Throws `encoding-invalid` for a program that the contract would refuse.
 */
export function runProgram(program: Uint8Array, attested: Attested, purpose = 0): boolean {
  const { purposes, attributes, comparisons, operations } = readProgram(program);
  const truths = [
    ...attributes.map((attribute) => attested.holds(hex(attribute))),
    ...comparisons.map((comparison) => runComparison(comparison, attested)),
  ];
  const stack: boolean[] = [];
  for (const operation of operations) {
    if (operation.kind === "leaf") stack.push(truths[operation.place]!);
    else stack.push(stack.splice(stack.length - operation.n).filter(Boolean).length >= operation.k);
  }
  return (purposes.length === 0 || purposes.includes(purpose)) && stack[0]!;
}

function runComparison(comparison: Uint8Array, attested: Attested): boolean {
  const reader = new Reader(comparison, "policy program");
  const held = attested.number(hex(reader.fixed(32)));
  const operator = reader.u8();
  const value = reader.u32();
  if (held === undefined) return false;
  if (operator === OPERATOR_BYTE[">="]) return held >= value;
  return operator === OPERATOR_BYTE["<="] ? held <= value : held === value;
}

/** One step of a program: pushes a leaf, or replaces n truths by whether k of them hold. */
export type Operation = { kind: "leaf"; place: number } | { kind: "gate"; k: number; n: number };

/** Operations over `count` leaves, whose stack never runs dry or over and ends with one value. */
function readOperations(reader: Reader, count: number): Operation[] {
  const bytes = reader.rest();
  const operations: Operation[] = [];
  let depth = 0;
  for (let at = 0; at < bytes.length; ) {
    const code = bytes[at]!;
    if (code === GATE) {
      if (at + 2 >= bytes.length) throw reader.invalid("it ends inside a gate");
      const [k, n] = [bytes[at + 1]!, bytes[at + 2]!];
      if (k < 1 || k > n || n > depth) throw reader.invalid("it has an impossible gate");
      operations.push({ kind: "gate", k, n });
      depth -= n - 1;
      at += 3;
    } else {
      if (code >= count)
        throw reader.invalid(`it names a leaf that it doesn't have, or an unknown operation`);
      operations.push({ kind: "leaf", place: code });
      depth += 1;
      at += 1;
    }
    if (depth > STACK) throw reader.invalid("its stack is too deep");
  }
  if (depth !== 1) throw reader.invalid("it doesn't end with one value");
  return operations;
}
