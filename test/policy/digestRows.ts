import { hex, utf8 } from "../../src/core/bytes.ts";
import { sha256 } from "../../src/core/hash.ts";
import type { Lsss } from "../../src/policy/index.ts";

/**
 * SHA-256 of the matrix: for each row the attribute as a JSON string, the use, and all entries in decimal, as many as there
 * are columns, separated by spaces and ended by a line feed.
 */
export function digestRows(lsss: Lsss): string {
  const lines = lsss.rows.map(({ attribute, use, vector }) => {
    const entries = Array.from({ length: lsss.columns }, (_, column) => vector[column] ?? 0n);
    return `${[JSON.stringify(attribute), use, ...entries].join(" ")}\n`;
  });
  return hex(sha256(utf8(lines.join(""))));
}
