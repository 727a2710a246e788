/**
 * What each act costs in gas, on a simulated chain with the compiled contracts: the common calls with a five-attribute
 * policy and an index of 300 bytes, and publish and request again among more and more ledger records.
 *
 *   node bench/gas.ts                   among up to 10,000 records
 *   node bench/gas.ts --records 100000  among up to 100,000: two minutes, gigabytes of memory
 *
 * Beyond that the ledger is told that it has a million: what a call touches doesn't depend on what else is there.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { concat, toBeHex } from "ethers";
import hre from "hardhat";
import {
  allOf,
  attribute,
  openWorld,
  type Publishing,
  point,
  program,
  type World,
} from "../test/contracts/fixture.ts";
import { type Figure, type Row, writeReport } from "./report.ts";

const five = ["role:doctor", "org:yzu-hospital", "dept:cardiology", "grade:senior", "country:cn"];
const layout = new URL("../test/contracts/snapshots/StorageLedger.json", import.meta.url);
/** As many as fit into the gas that one transaction may use. */
const RECORDS_AT_ONCE = 70;
const thirtyTwo = Array.from({ length: 32 }, (_, i) => `project:${i}`);

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
};

type Sent = Promise<{ wait(): Promise<{ gasUsed: bigint; status: number | null } | null> }>;

/** The gas that a transaction used; fails if it was reverted. */
async function gasOf(sent: Sent): Promise<number> {
  const receipt = await (await sent).wait();
  if (receipt?.status !== 1) throw new Error("A transaction that should be measured was reverted.");
  return Number(receipt.gasUsed);
}

/** Measures each act once, after what a chain's very first act pays for. */
async function measureActs(world: World): Promise<Map<string, number>> {
  const { attributes, authority, keys, ledger, owner, requester, stranger, relayer, gates } = world;
  const { attest, ask, firstVersion, nextVersion, publish, publishFor, republish, republishFor } = world;
  const measured = new Map<string, number>();
  const note = async (name: string, sent: Sent) => void measured.set(name, await gasOf(sent));
  const act = (method: string, by = owner) => ledger.connect(by).getFunction(method);

  const accounts = gates.slice(0, 3).map((gate) => gate.address);
  const shares = accounts.map(() => `0x${"5a".repeat(113)}`);
  const commitments = concat([point(4), point(5)]);
  const deal = keys.connect(owner).getFunction("deal");
  await note("deal", deal(point(4), 2, accounts, commitments, shares));

  const index = (seed: number) => `0x${toBeHex(seed, 1).slice(2).repeat(300)}`;
  const policy = five.join(" and ");
  const record = (salt: number, changes: Partial<Publishing> = {}) =>
    firstVersion({
      salt: toBeHex(salt, 32),
      program: allOf(...five),
      index: index(0xab),
      policy,
      ...changes,
    });
  await note("publishFirstOfOwner", publish(record(1)));
  const first = record(2);
  await note("publish", publish(first));
  const relayed = record(3);
  await note("publishRelayed", publishFor(relayed, await world.mandateFor(relayed)));

  await attest(requester, five);
  const granted = await ask(first.ledgerRecordId, requester);
  measured.set("request@5", Number(granted.gasUsed));
  measured.set("requestDenied", Number((await ask(first.ledgerRecordId, stranger)).gasUsed));
  await note("revoke", act("revokeGrant")(granted.requestId));
  const again = await ask(first.ledgerRecordId, requester);
  const { requestId } = again;
  await note(
    "revokeRelayed",
    act("revokeGrantFor", relayer)(await world.mandate("RevokeGrant", { requestId }), requestId),
  );
  await note("block", act("setBlocked")(first.ledgerRecordId, stranger.address, true));
  await note("unblock", act("setBlocked")(first.ledgerRecordId, stranger.address, false));

  const second = nextVersion(first, { index: index(0xcd) });
  await note("redefineSamePolicy", republish(second));
  const third = nextVersion(second, { epoch: 2n, program: allOf(...five.toReversed()), index: index(0xef) });
  await note("redefine", publish(third));
  const fourth = nextVersion(third, { index: index(0x12) });
  await note("republishFor", republishFor(fourth, await world.mandateFor(fourth)));
  await ask(first.ledgerRecordId, requester);
  measured.set("requestAfterRepublish@5", Number((await ask(first.ledgerRecordId, requester)).gasUsed));

  await note("close", act("close")(first.ledgerRecordId));
  const { ledgerRecordId } = relayed;
  const closing = await world.mandate("Close", { ledgerRecordId, epoch: 1n });
  await note("closeRelayed", act("closeFor", relayer)(closing, ledgerRecordId, 1n));
  await note("transferOffer", act("offerTransfer")(ledgerRecordId, stranger.address));
  await note("transferAccept", act("acceptTransfer", stranger)(ledgerRecordId));

  const wide = firstVersion({
    salt: toBeHex(5, 32),
    program: program(
      thirtyTwo.map(attribute),
      concat([...thirtyTwo.map((_, i) => toBeHex(i, 1)), "0x402020"]),
    ),
  });
  await note("publish@32", publish(wide));
  await attest(requester, thirtyTwo);
  measured.set("request@32", Number((await ask(wide.ledgerRecordId, requester)).gasUsed));

  const expiry = (await world.now()) + 3600n;
  const register = attributes.connect(authority).getFunction("attest");
  const ten = [...five, "licence:icu", "ward:7", "project:heart", "country:de", "shift:night"];
  await note("attestOne", register(stranger.address, ["role:nurse"], expiry));
  const batch = await gasOf(register(relayer.address, ten, expiry));
  measured.set("attestTen", batch);
  measured.set("attestInTen", Math.ceil(batch / 10));
  await note("renewTen", register(relayer.address, ten, expiry + 1n));
  const numbers = ten.map((_, i) => ({ label: `n${i}`, unit: 1, value: i }));
  await note(
    "attestTenNumbers",
    attributes.connect(authority).getFunction("attestNumbers")(relayer.address, numbers, expiry),
  );
  await note(
    "revokeTenAttributes",
    attributes.connect(authority).getFunction("revoke")(relayer.address, ten),
  );
  return measured;
}

/** Publish and request among 1,000, 10,000 ... other records. */
async function measureCurve(world: World, most: number): Promise<Row[]> {
  const { attest, ask, firstVersion, publish, requester } = world;
  await attest(requester, five);
  const filler = await world.ethers.deployContract("RecordFiller");
  const ledger = await world.ledger.getAddress();
  const rows: Row[] = [];
  const record = (salt: number) =>
    firstVersion({ salt: toBeHex(salt, 32), program: allOf(...five), policy: five.join(" and ") });
  await publish(record(0));
  const measureAmong = async (records: number, how: string) => {
    const next = record(records);
    const gas = await gasOf(publish(next));
    rows.push({ act: `publish among ${records} records${how}`, gas });
    const asked = await ask(next.ledgerRecordId, requester);
    rows.push({ act: `request@5 among ${records} records${how}`, gas: Number(asked.gasUsed) });
  };
  for (let records = 1_000; records <= most; records *= 10) {
    for (let left = records - Number(await world.ledger.totalRecords()); left > 0; left -= RECORDS_AT_ONCE)
      await gasOf(
        filler.getFunction("fill")(ledger, Math.min(left, RECORDS_AT_ONCE), { gasLimit: 16_000_000 }) as Sent,
      );
    await measureAmong(records, "");
  }
  const [, slot] = /"slot (\d+), byte 0": "_recordCount/.exec(readFileSync(layout, "utf8")) ?? [];
  await world.networkHelpers.setStorageAt(ledger, Number(slot), 1_000_000);
  if (Number(await world.ledger.totalRecords()) !== 1_000_000)
    throw new Error("The count isn't in that slot.");
  await measureAmong(1_000_000, ", counted");
  return rows;
}

const { values } = parseArgs({
  options: { records: { type: "string", default: "10000" }, out: { type: "string" } },
});
await hre.tasks.getTask("build").run({ quiet: true });
const measured = await measureActs(await openWorld());
const rows: Row[] = [...measured].map(([act, gas]) => ({ act, gas }));
rows.push(...(await measureCurve(await openWorld(), Number(values.records))));
const figures: Record<string, Figure> = {};
for (const [name, target] of Object.entries(targets))
  figures[name] = { value: measured.get(name) ?? Number.NaN, unit: "gas", target, better: "lower" };
await writeReport({ name: "gas", rows, figures }, values.out ?? "bench/results");
process.exit();
