import { type Lsss, SCALAR_ORDER } from "../../src/policy/index.ts";

/** By Gaussian elimination: whether (1, 0, ..., 0) is in the span of the rows of these attributes. Slow and plain. */
export function spansSecret(lsss: Lsss, attributes: readonly string[]): boolean {
  const target = Array.from({ length: lsss.columns }, (_, column) => (column === 0 ? 1n : 0n));
  const rows = lsss.rows
    .filter((row) => attributes.includes(row.attribute))
    .map((row) => target.map((_, column) => row.vector[column] ?? 0n));
  return rank([...rows, target]) === rank(rows);
}

function rank(matrix: readonly (readonly bigint[])[]): number {
  let rows = matrix.map((row) => [...row]);
  let found = 0;
  for (let column = 0; column < (matrix[0]?.length ?? 0); column++) {
    const pivot = rows.find((row) => row[column] !== 0n);
    if (!pivot) continue;
    found += 1;
    const inverse = power(pivot[column]!, SCALAR_ORDER - 2n);
    rows = rows
      .filter((row) => row !== pivot)
      .map((row) => {
        const factor = (row[column]! * inverse) % SCALAR_ORDER;
        return row.map((entry, i) => mod(entry - factor * pivot[i]!));
      });
  }
  return found;
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
