import type { Attribute } from "./attribute.ts";
import { expandAttributes, expandComparison } from "./bits.ts";
import { bitsOfFactor, bitsOfScalar, FULL_BITS, lagrangeAtZero } from "./lagrange.ts";
import { type Lsss, SCALAR_ORDER } from "./lsss.ts";
import type { Gate, Policy } from "./tree.ts";

/** How much of one row goes into the shared secret; the coefficient is never zero. */
export interface Weight {
  readonly row: number;
  /** Modulo the order; one just below the order stands for a small negative number. */
  readonly coefficient: bigint;
}

/** Products that one gate may spend on looking for small coefficients: a fraction of one multiplication of a point. */
const EFFORT = 4000;

/**
 * The cheapest rows of `attributes` (numeric ones as they are written) that add up to the shared secret, in the order of
 * rows: as few as possible, and among those, gate by gate, such that coefficients are 1, -1 or short. `undefined` when
 * the attributes don't satisfy the policy. Throws `attribute-invalid`, also for two values of one label.
 */
export function findCombination(lsss: Lsss, attributes: Iterable<string>): Weight[] | undefined {
  return combineRows(lsss, new Set(expandAttributes(attributes)));
}

/** `findCombination` for what rows match, as `expandAttributes` gives it; trusts that there is one value a label. */
export function combineRows(lsss: Lsss, held: ReadonlySet<Attribute>): Weight[] | undefined {
  let row = 0;
  const visit = (node: Policy): Found | undefined => {
    if (node.kind === "comparison") return visit(expandComparison(node));
    if (node.kind === "leaf") {
      const weight = { row: row++, coefficient: 1n };
      return held.has(node.attribute) ? { weights: [weight], bits: 0 } : undefined;
    }
    const options = node.children.flatMap((child, index) => {
      const found = visit(child);
      return found ? [{ ...found, point: index + 1 }] : [];
    });
    return options.length < node.k ? undefined : choose(node, options);
  };
  return visit(lsss.policy)?.weights.sort((a, b) => a.row - b.row);
}

/** Weights that give what stands at one node. */
interface Found {
  readonly weights: Weight[];
  /** Bits of all coefficients but 1 and -1. */
  readonly bits: number;
}

/** A child of a gate that can be had, and its place among the gate's children, from 1. */
interface Option extends Found {
  readonly point: number;
}

function choose(gate: Gate, options: readonly Option[]): Found {
  if (gate.k === gate.children.length) return join(options);
  const cheapestFirst = [...options].sort(
    (a, b) => a.weights.length - b.weights.length || a.bits - b.bits || a.point - b.point,
  );
  if (gate.k === 1) return cheapestFirst[0]!;
  const chosen = chooseShares(gate.k, cheapestFirst);
  const points = chosen.map(({ point }) => point);
  return join(chosen.map((option) => scale(option, lagrangeAtZero(option.point, points))));
}

/** k options with the fewest rows; of those that have equally many, the ones that recombine most cheaply. */
function chooseShares(k: number, cheapestFirst: readonly Option[]): readonly Option[] {
  const rows = cheapestFirst[k - 1]!.weights.length;
  const certain = cheapestFirst.filter(({ weights }) => weights.length < rows);
  const tied = cheapestFirst.filter(({ weights }) => weights.length === rows);
  let best: { chosen: readonly Option[]; bits: number } | undefined;
  let tries = Math.floor(EFFORT / (k * k));
  for (const some of subsets(tied, k - certain.length)) {
    const chosen = [...certain, ...some];
    if (tries <= 0 || tied.length === some.length) return best?.chosen ?? chosen;
    tries -= 1;
    const bits = weigh(chosen);
    if (!best || bits < best.bits) best = { chosen, bits };
  }
  return best!.chosen;
}

/** Bits of the coefficients that recombining these shares would have. */
function weigh(chosen: readonly Option[]): number {
  const points = chosen.map(({ point }) => point);
  return chosen.reduce((sum, { point, weights, bits }) => {
    const factor = bitsOfFactor(point, points);
    return sum + Math.min(bits + factor * weights.length, FULL_BITS * weights.length);
  }, 0);
}

function scale(found: Found, factor: bigint): Found {
  const weights = found.weights.map(({ row, coefficient }) => ({
    row,
    coefficient: (coefficient * factor) % SCALAR_ORDER,
  }));
  return { weights, bits: weights.reduce((sum, { coefficient }) => sum + bitsOfScalar(coefficient), 0) };
}

function join(found: readonly Found[]): Found {
  return {
    weights: found.flatMap(({ weights }) => weights),
    bits: found.reduce((sum, { bits }) => sum + bits, 0),
  };
}

/** All choices of `size` items, those of the first items first. */
function* subsets<T>(items: readonly T[], size: number, from = 0): Generator<T[]> {
  if (size === 0) yield [];
  else
    for (let index = from; index <= items.length - size; index++)
      for (const rest of subsets(items, size - 1, index + 1)) yield [items[index]!, ...rest];
}
