/**
 * What each act costs in gas, on a simulated chain with the compiled contracts: the common calls with a five-attribute
 * policy and an index of 300 bytes, what gates and their dealers send, and whether it costs the same among more and more ledger
 * records and key sets.
 *
 *   node bench/gas.ts                     among up to 10,000 records
 *   node bench/gas.ts --records 1000000   among up to a million: twenty minutes, 6 GB of memory
 *   node bench/gas.ts --diff              only how the acts differ from the committed results; fails if one does
 */
import { parseArgs } from "node:util";
import hre from "hardhat";
import { openWorld } from "../test/contracts/fixture.ts";
import { measureActs } from "./gas/acts.ts";
import { measureCurve } from "./gas/curve.ts";
import { tellDifferences } from "./gas/difference.ts";
import { measureKeySets } from "./gas/keySets.ts";
import { type Figure, writeReport } from "./report.ts";

/** What the figures should reach at most. */
const targets: Readonly<Record<string, number>> = {
  publish: 290_000,
  publishRelayed: 320_000,
  redefine: 190_000,
  redefineSamePolicy: 155_000,
  "request@5": 85_000,
  "request@32": 190_000,
  revoke: 40_000,
  attestInTen: 35_000,
  "receipt@256": 1_000,
};

/** The curves: gas against the number of records. */
const picture = {
  title: "Gas among records of others",
  transform: [{ filter: "isValid(datum.records) && datum.records > 0" }],
  width: 480,
  height: 280,
  mark: { type: "line", point: true },
  encoding: {
    x: { field: "records", type: "quantitative", scale: { type: "log" }, title: "ledger records" },
    y: { field: "gas", type: "quantitative", title: "gas" },
    color: { field: "act", type: "nominal", title: null },
  },
};

const { values } = parseArgs({
  options: {
    records: { type: "string", default: "10000" },
    out: { type: "string", default: "bench/results" },
    diff: { type: "boolean", default: false },
  },
});
await hre.tasks.getTask("build").run({ quiet: true });
const measured = await measureActs(await openWorld());
if (values.diff) {
  process.exitCode = tellDifferences(measured) ? 0 : 1;
} else {
  const tell = (records: number) => process.stderr.write(`${records} records\n`);
  const curve = await measureCurve(await openWorld(), Number(values.records), tell);
  // Key sets fill ten times slower than records, and each patient has but two.
  const keySets = await measureKeySets(await openWorld(), Math.min(100_000, Number(values.records)));
  const rows = [...[...measured].map(([act, gas]) => ({ act, gas })), ...curve, ...keySets];
  const figures: Record<string, Figure> = {};
  for (const [name, target] of Object.entries(targets))
    figures[name] = { value: measured.get(name) ?? Number.NaN, unit: "gas", target, better: "lower" };
  await writeReport({ name: "gas", rows, figures, picture }, values.out);
}
process.exit();
