import { concat, hex } from "../core/bytes.ts";
import { Reader } from "../core/encoding.ts";
import { DiptychError } from "../core/errors.ts";
import { type Attribute, attributeHash } from "./attribute.ts";
import { POLICY_LIMITS } from "./limits.ts";
import { toPolicy } from "./parse.ts";
import { type Policy, policyLeaves } from "./tree.ts";

const VERSION = 0x01;
const GATE = 0x40;
const STACK = 255;

/**
 * The program by which the contract evaluates a policy: byte 0x01; the number L of distinct attributes (1..32); their L
 * Keccak-256 hashes in order of first mention; then postfix operations: a byte below L pushes whether that attribute is
 * held; 0x40, k, n pops n truths and pushes whether at least k of them are true. Throws `policy-limit` over 32 leaves.
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
  const distinct = [...new Set(leaves)];
  const places = new Map<Attribute, number>(distinct.map((attribute, place) => [attribute, place]));
  const operations: number[] = [];
  const emit = (node: Policy): void => {
    if (node.kind === "leaf") operations.push(places.get(node.attribute)!);
    else {
      node.children.forEach(emit);
      operations.push(GATE, node.k, node.children.length);
    }
  };
  emit(normal);
  return concat(
    Uint8Array.of(VERSION, distinct.length),
    ...distinct.map(attributeHash),
    Uint8Array.from(operations),
  );
}

/**
 * Runs a program as the contract does; `holds` decides each attribute by its hash, as 0x and lower-case hex. Throws
 * `encoding-invalid` for a program that the contract would refuse.
 */
export function runProgram(program: Uint8Array, holds: (attributeHash: `0x${string}`) => boolean): boolean {
  const reader = new Reader(program, "policy program").version(VERSION);
  const count = reader.u8();
  if (count < 1 || count > POLICY_LIMITS.chainLeaves)
    throw reader.invalid(`it has ${count} attributes, not 1 to ${POLICY_LIMITS.chainLeaves}`);
  const truths = Array.from({ length: count }, () => holds(hex(reader.fixed(32))));
  const operations = new Reader(reader.rest(), "policy program");
  const stack: boolean[] = [];
  for (const operation of readOperations(operations)) {
    if (operation.kind === "leaf") {
      if (operation.place >= count) throw reader.invalid("it names an attribute that it doesn't have");
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
