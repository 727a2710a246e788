import { type Attribute, parseAttributes } from "./attribute.ts";
import { toPolicy } from "./parse.ts";
import { isAnd, type Policy } from "./tree.ts";

/** Order of the groups of BLS12-381, the field over which secrets are shared. */
export const SCALAR_ORDER = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n;

export interface LsssRow {
  readonly attribute: Attribute;
  /** How many rows before this one have the same attribute: 0 for the first. */
  readonly use: number;
  /** The row of the matrix, modulo the order; columns beyond its end are zero. */
  readonly vector: readonly bigint[];
}

/**
 * A linear secret sharing scheme: a set of attributes satisfies the policy exactly when (1, 0, ..., 0) is in the span of
 * its rows. Rows stand in the order of the policy's leaves.
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
 * are taken in the order of gates, depth first. (Beimel's thesis, 1996; insertion as in ePrint 2010/351, appendix G.)
 */
export function compileLsss(policy: string | Policy): Lsss {
  const rows: LsssRow[] = [];
  const used = new Map<Attribute, number>();
  let columns = 1;
  const share = (node: Policy, vector: readonly bigint[]): void => {
    if (node.kind === "leaf") {
      const use = used.get(node.attribute) ?? 0;
      used.set(node.attribute, use + 1);
      rows.push({ attribute: node.attribute, use, vector });
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

/** How much of one row goes into the shared secret; the coefficient is never zero. */
export interface Weight {
  readonly row: number;
  readonly coefficient: bigint;
}

/**
 * Rows of `attributes` that add up to the shared secret, as few as possible, in the order of rows; `undefined` when the
 * attributes don't satisfy the policy.
 */
export function findCombination(lsss: Lsss, attributes: Iterable<string>): Weight[] | undefined {
  const held = new Set<Attribute>(parseAttributes(attributes));
  let row = 0;
  const visit = (node: Policy): Weight[] | undefined => {
    if (node.kind === "leaf") {
      const weight = { row: row++, coefficient: 1n };
      return held.has(node.attribute) ? [weight] : undefined;
    }
    const options = node.children.flatMap((child, index) => {
      const weights = visit(child);
      return weights ? [{ point: BigInt(index + 1), weights }] : [];
    });
    if (options.length < node.k) return undefined;
    options.sort((a, b) => a.weights.length - b.weights.length);
    const chosen = options.slice(0, node.k);
    if (node.k === 1) return chosen[0]!.weights;
    if (isAnd(node)) return chosen.flatMap((option) => option.weights);
    const points = chosen.map((option) => option.point);
    return chosen.flatMap(({ point, weights }) => {
      const factor = lagrangeAtZero(point, points);
      return weights.map((weight) => ({
        row: weight.row,
        coefficient: (weight.coefficient * factor) % SCALAR_ORDER,
      }));
    });
  };
  return visit(lsss.policy)?.sort((a, b) => a.row - b.row);
}

function lagrangeAtZero(point: bigint, points: readonly bigint[]): bigint {
  let numerator = 1n;
  let denominator = 1n;
  for (const other of points)
    if (other !== point) {
      numerator = (numerator * other) % SCALAR_ORDER;
      denominator = (denominator * (SCALAR_ORDER + other - point)) % SCALAR_ORDER;
    }
  return (numerator * invert(denominator)) % SCALAR_ORDER;
}

/** The inverse modulo the order by Euclid's algorithm: the inputs are public. */
function invert(value: bigint): bigint {
  let [a, b, x, y] = [value, SCALAR_ORDER, 1n, 0n];
  while (a !== 0n) {
    const quotient = b / a;
    [b, a] = [a, b - quotient * a];
    [y, x] = [x, y - quotient * x];
  }
  return y < 0n ? y + SCALAR_ORDER : y;
}
