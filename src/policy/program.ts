import { concat, hex } from "../core/bytes.ts";
import { Reader, Writer } from "../core/encoding.ts";
import { DiptychError } from "../core/errors.ts";
import { attributeHash } from "./attribute.ts";
import { type Bound, type Comparison, toBound } from "./comparison.ts";
import { numberSlot } from "./label.ts";
import { POLICY_LIMITS } from "./limits.ts";
import { toPolicy } from "./parse.ts";
import { type Leaf, type Policy, policyLeaves } from "./tree.ts";

const VERSION = 0x01;
const GATE = 0x40;
const STACK = 255;
const OPERATOR_BYTE: Readonly<Record<Bound["operator"], number>> = { ">=": 0x01, "<=": 0x02, "=": 0x03 };

/**
 * The program by which the contract evaluates a policy: byte 0x01; the number L of distinct attributes and the number C
 * of distinct comparisons, a byte each (L + C from 1 to 32); the L Keccak-256 hashes; C comparisons of 37 bytes, namely the
 * slot (`numberSlot`), 0x01 for >=, 0x02 for <= or 0x03 for =, and the value in 4 bytes; both in order of first mention,
 * `> v` written as `>= v + 1` and `< v` as `<= v - 1`. Then postfix operations: a byte below L pushes whether that attribute
 * is held, from L to below L + C whether that comparison holds; 0x40, k, n pops n truths and pushes whether at least k of
 * them are true. Throws `policy-limit` over 32 leaves, a comparison being one.
 */
export function compileProgram(policy: string | Policy): Uint8Array {
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
  return concat(
    Uint8Array.of(VERSION, attributes.length, comparisons.length),
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

function encodeLeaf(leaf: Leaf | Comparison): Uint8Array {
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

/** Runs a program as the contract does. Throws `encoding-invalid` for a program that the contract would refuse. */
export function runProgram(program: Uint8Array, attested: Attested): boolean {
  const reader = new Reader(program, "policy program").version(VERSION);
  const attributes = reader.u8();
  const comparisons = reader.u8();
  const count = attributes + comparisons;
  if (count < 1 || count > POLICY_LIMITS.chainLeaves)
    throw reader.invalid(`it has ${count} leaves, not 1 to ${POLICY_LIMITS.chainLeaves}`);
  const truths = [
    ...Array.from({ length: attributes }, () => attested.holds(hex(reader.fixed(32)))),
    ...Array.from({ length: comparisons }, () => runComparison(reader, attested)),
  ];
  const operations = new Reader(reader.rest(), "policy program");
  const stack: boolean[] = [];
  for (const operation of readOperations(operations)) {
    if (operation.kind === "leaf") {
      if (operation.place >= count) throw reader.invalid("it names a leaf that it doesn't have");
      stack.push(truths[operation.place]!);
      if (stack.length > STACK) throw reader.invalid("its stack is too deep");
    } else {
      const { k, n } = operation;
      if (k < 1 || k > n || n > stack.length) throw reader.invalid("it has an impossible gate");
      stack.push(stack.splice(stack.length - n).filter(Boolean).length >= k);
    }
  }
  if (stack.length !== 1) throw reader.invalid("it doesn't end with one value");
  return stack[0]!;
}

function runComparison(reader: Reader, attested: Attested): boolean {
  const held = attested.number(hex(reader.fixed(32)));
  const operator = reader.u8();
  const value = reader.u32();
  switch (operator) {
    case OPERATOR_BYTE[">="]:
      return held !== undefined && held >= value;
    case OPERATOR_BYTE["<="]:
      return held !== undefined && held <= value;
    case OPERATOR_BYTE["="]:
      return held === value;
    default:
      throw reader.invalid(`it has an unknown comparison ${operator}`);
  }
}

type Operation = { kind: "leaf"; place: number } | { kind: "gate"; k: number; n: number };

function readOperations(reader: Reader): Operation[] {
  const bytes = reader.rest();
  const operations: Operation[] = [];
  for (let at = 0; at < bytes.length; ) {
    const code = bytes[at]!;
    if (code === GATE) {
      if (at + 2 >= bytes.length) throw reader.invalid("it ends inside a gate");
      operations.push({ kind: "gate", k: bytes[at + 1]!, n: bytes[at + 2]! });
      at += 3;
    } else if (code < POLICY_LIMITS.chainLeaves) {
      operations.push({ kind: "leaf", place: code });
      at += 1;
    } else throw reader.invalid(`it has an unknown operation ${code}`);
  }
  return operations;
}
