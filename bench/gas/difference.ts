/** How gas differs from the committed results: a change of the contracts shows what it costs where it is reviewed. */
import { readFileSync } from "node:fs";

/** Signatures and times are calldata whose zero bytes cost less: the same act varies by as much. */
const NOISE = 150;

const committed = new URL("../results/gas.json", import.meta.url);

/** Prints each act that differs from the committed results; true if none does. */
export function tellDifferences(measured: ReadonlyMap<string, number>): boolean {
  const { rows } = JSON.parse(readFileSync(committed, "utf8")) as {
    rows: { act: string; gas: number; records?: number }[];
  };
  const before = new Map(rows.filter((row) => !row.records).map(({ act, gas }) => [act, gas]));
  const lines: string[] = [];
  for (const act of new Set([...before.keys(), ...measured.keys()])) {
    const [was, is] = [before.get(act), measured.get(act)];
    if (was !== undefined && is !== undefined && Math.abs(is - was) <= NOISE) continue;
    const change = was !== undefined && is !== undefined ? `${is > was ? "+" : ""}${is - was}` : "";
    lines.push(`  ${act}: ${was ?? "not there"} -> ${is ?? "not measured"} ${change}`.trimEnd());
  }
  if (lines.length === 0) console.log(`gas: ${measured.size} acts cost what bench/results/gas.json says.`);
  else
    console.log(
      `gas: other than bench/results/gas.json says; if that is meant, run \`npm run bench:gas\` and commit it:\n${lines.join("\n")}`,
    );
  return lines.length === 0;
}
