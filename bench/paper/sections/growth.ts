/** What publishing, asking, releasing, listing and auditing cost among more and more ledger records of one chain. */
import { toBeHex } from "ethers";
import hre from "hardhat";
import { buildContracts } from "../../../scripts/deployment.ts";
import { allOf, openWorld, type World } from "../../../test/contracts/fixture.ts";
import { five, gasOf } from "../../gas/acts.ts";
import { deployFiller } from "../../gas/curve.ts";
import { type Figure, type Row, round } from "../../report.ts";
import { median, time } from "../../timing.ts";
import { by, type Outcome, type Run, type Section } from "../section.ts";

const page = 100;
const repeats = 5;

/** Gas of a view, which nobody pays but which shows a scan, and the node's processor time for it. */
async function reading(
  act: string,
  records: number,
  read: () => Promise<unknown>,
  gas?: () => Promise<bigint>,
) {
  const times: number[] = [];
  for (let i = 0; i <= repeats; i++) times.push((await time(read)).processorMs);
  // The first one fills caches.
  const ms = round(median(times.slice(1)), 3);
  return { act, records, ...(gas === undefined ? {} : { gas: Number(await gas()) }), ms };
}

/** All acts on a record that was just published among so many. */
async function actsAmong(world: World, records: number, owner: string): Promise<Row[]> {
  const { attest, ask, firstVersion, publish, requester, ledger } = world;
  const next = firstVersion({
    salt: toBeHex(records, 32),
    program: allOf(...five),
    index: `0x${"ab".repeat(349)}`,
    policy: five.join(" and "),
  });
  const published = await gasOf(publish(next));
  // Anew each time: filling may take longer than an attestation lasts.
  await attest(requester, five);
  const { requestId, gasUsed } = await ask(next.ledgerRecordId, requester);
  const view = (name: string) => ledger.getFunction(name);
  const released = async () => {
    await view("status")(requestId);
    await view("record")(next.ledgerRecordId);
  };
  const releasedGas = async () =>
    (await view("status").estimateGas(requestId)) + (await view("record").estimateGas(next.ledgerRecordId));
  const audit = () => ledger.queryFilter(ledger.filters.Decided!(null, next.ledgerRecordId), 0, "latest");
  const found = await audit();
  if (found.length !== 1) throw new Error(`The audit found ${found.length} decisions.`);
  return [
    { act: "publish", records, gas: published },
    { act: "request", records, gas: Number(gasUsed) },
    await reading("release (the gate's reads)", records, released, releasedGas),
    await reading(
      `list ${page} records`,
      records,
      () => view("recordsOf")(owner, 0, page),
      () => view("recordsOf").estimateGas(owner, 0, page),
    ),
    await reading("audit of one record", records, audit),
  ];
}

async function measure({ form, say }: Run): Promise<Outcome> {
  await buildContracts(hre);
  const world = await openWorld();
  const filler = await deployFiller(world, (count) => say(`${count} records`));
  const counts = by(form, { smoke: [120, 240], usual: [1e3, 1e4, 1e5], full: [1e3, 1e4, 1e5, 1e6] });
  const rows: Row[] = [];
  // The first record and the first request cost more than all others.
  await actsAmong(world, 0, filler.address);
  for (const records of counts) {
    await filler.fill(records);
    rows.push(...(await actsAmong(world, records, filler.address)));
  }
  const figures: Record<string, Figure> = {};
  for (const act of new Set(rows.map((row) => String(row.act)))) {
    const costs = rows.filter((row) => row.act === act).map((row) => Number(row.gas ?? row.ms));
    const unit = rows.find((row) => row.act === act)?.gas === undefined ? "x ms" : "x gas";
    figures[`growth.${act.split(" ")[0]}`] = {
      value: round(costs.at(-1)! / costs[0]!, 3),
      unit,
      better: "lower",
      ...(unit === "x gas" ? { target: 1.02 } : {}),
    };
  }
  return { rows, figures, pictures };
}

const pictures = [
  {
    name: "growth",
    title: "Gas of each act among more and more ledger records",
    spec: {
      transform: [{ filter: "isValid(datum.gas)" }],
      width: 420,
      height: 260,
      mark: { type: "line", point: true },
      encoding: {
        x: { field: "records", type: "quantitative", scale: { type: "log" }, title: "ledger records" },
        y: { field: "gas", type: "quantitative", title: "gas" },
        color: { field: "act", type: "nominal", sort: null, title: null },
      },
    },
  },
];

export const growth: Section = { name: "growth", measure };
