import { expandAttributes, type Lsss, SCALAR_ORDER } from "../../src/policy/index.ts";

/** By Gaussian elimination: whether (1, 0, ..., 0) is in the span of the rows of these attributes. Slow and plain. */
export function spansSecret(lsss: Lsss, attributes: readonly string[]): boolean {
  const held = new Set<string>(expandAttributes(attributes));
  const target: bigint[] = Array.from({ length: lsss.columns }, (_, column) => (column === 0 ? 1n : 0n));
  let rows = lsss.rows
    .filter((row) => held.has(row.attribute))
    .map((row) => target.map((_, column) => row.vector[column] ?? 0n));
  let rest = target;
  for (let column = 0; column < lsss.columns; column++) {
    const pivot = rows.find((row) => row[column] !== 0n);
    if (!pivot) continue;
    const inverse = power(pivot[column]!, SCALAR_ORDER - 2n);
    const clear = (row: bigint[]) => {
      if (row[column] === 0n) return row;
      const factor = (row[column]! * inverse) % SCALAR_ORDER;
      return row.map((entry, i) => mod(entry - factor * pivot[i]!));
    };
    rows = rows.filter((row) => row !== pivot).map(clear);
    rest = clear(rest);
  }
  return rest.every((entry) => entry === 0n);
}

function mod(value: bigint): bigint {
  const rest = value % SCALAR_ORDER;
  return rest < 0n ? rest + SCALAR_ORDER : rest;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let square = mod(base), rest = exponent; rest > 0n; rest >>= 1n, square = mod(square * square))
    if (rest & 1n) result = mod(result * square);
  return result;
}
