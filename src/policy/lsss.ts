import type { Attribute } from "./attribute.ts";
import { expandComparison } from "./bits.ts";
import { toPolicy } from "./parse.ts";
import { isAnd, type Policy } from "./tree.ts";

/** Order of the groups of BLS12-381, the field over which secrets are shared. */
export const SCALAR_ORDER = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n;

/** One row of the matrix: a share of the secret for whoever has its attribute. */
export interface LsssRow {
  /** As in policies, or one bit of a number (`expandAttributes`). */
  readonly attribute: Attribute;
  /** How many rows before this one have the same attribute: 0 for the first. */
  readonly use: number;
  /** The row of the matrix, modulo the order; columns beyond its end are zero. */
  readonly vector: readonly bigint[];
}

/**
 * A linear secret sharing scheme: a set of attributes satisfies the policy exactly when (1, 0, ..., 0) is in the span of
 * its rows. Rows stand in the order of the policy's leaves, those of a comparison where it stands.
 */
export interface Lsss {
  readonly policy: Policy;
  readonly rows: readonly LsssRow[];
  readonly columns: number;
  /** The most rows that one attribute has. */
  readonly uses: number;
}

/**
 * Compiles a policy. `and` shares additively (each recombines with 1), `k of n` by Shamir's polynomial at 1..n; columns
 * are taken in the order of gates, depth first. A comparison is shared by the gates of its bits, in its place. (Beimel's
 * thesis, 1996; insertion as in ePrint 2010/351, appendix G.)
 */
export function compileLsss(policy: string | Policy): Lsss {
  const rows: LsssRow[] = [];
  const used = new Map<Attribute, number>();
  let columns = 1;
  const share = (node: Policy, vector: readonly bigint[]): void => {
    if (node.kind === "comparison") {
      share(expandComparison(node), vector);
      return;
    }
    if (node.kind === "leaf") {
      const { attribute } = node;
      const use = used.get(attribute) ?? 0;
      used.set(attribute, use + 1);
      rows.push({ attribute, use, vector });
      return;
    }
    const first = columns;
    columns += node.k - 1;
    node.children.forEach((child, index) => {
      share(child, childVector(node, index, vector, first));
    });
  };
  const normal = toPolicy(policy);
  share(normal, [1n]);
  return { policy: normal, rows, columns, uses: Math.max(...used.values()) };
}

function childVector(
  gate: Policy & { kind: "gate" },
  index: number,
  parent: readonly bigint[],
  first: number,
): readonly bigint[] {
  if (gate.k === 1) return parent;
  const added = gate.k - 1;
  const zeros = (count: number) => new Array<bigint>(count).fill(0n);
  if (isAnd(gate)) {
    // The first child gets the secret plus all masks, each other child takes one mask away.
    if (index === 0)
      return [...parent, ...zeros(first - parent.length), ...new Array<bigint>(added).fill(1n)];
    return [...zeros(first + index - 1), SCALAR_ORDER - 1n];
  }
  const powers: bigint[] = [];
  let power = 1n;
  for (let degree = 1; degree <= added; degree++)
    powers.push((power = (power * BigInt(index + 1)) % SCALAR_ORDER));
  return [...parent, ...zeros(first - parent.length), ...powers];
}

/** The shares of `secrets` (the shared secret first, then one random scalar for each further column), row by row. */
export function shareSecret(lsss: Lsss, secrets: readonly bigint[]): bigint[] {
  return lsss.rows.map(({ vector }) => {
    let sum = 0n;
    vector.forEach((entry, column) => {
      if (entry === 1n) sum += secrets[column]!;
      else if (entry !== 0n) sum += entry * secrets[column]!;
    });
    return sum % SCALAR_ORDER;
  });
}
