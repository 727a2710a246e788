/** Whether an act costs the same however many ledger records there are already. */
import { toBeHex } from "ethers";
import { allOf, type World } from "../../test/contracts/fixture.ts";
import type { Row } from "../report.ts";
import { five, gasOf, type Sent } from "./acts.ts";

/** As many as fit into the gas that one transaction may use. */
const RECORDS_AT_ONCE = 60;
const TRANSACTIONS_A_BLOCK = 100;
const PAGE = 100;
/** A simulated chain keeps what each block changed in memory: a million records need few and large ones. */
const BLOCK_GAS_LIMIT = 2_000_000_000n;

/**
 * Publishes and asks among 1,000, 10,000 ... up to `most` records of other owners; `tell` hears how far the filling is.
 * A million records take twenty minutes and 6 GB.
 */
export async function measureCurve(
  world: World,
  most: number,
  tell: (records: number) => void,
): Promise<Row[]> {
  const { attest, ask, firstVersion, publish, requester } = world;
  const filler = await deployFiller(world, tell);
  const record = (salt: number) =>
    firstVersion({
      salt: toBeHex(salt, 32),
      program: allOf(...five),
      index: `0x${"ab".repeat(300)}`,
      policy: five.join(" and "),
    });
  await publish(record(0));
  const rows: Row[] = [];
  for (let records = 1_000; records <= most; records *= 10) {
    await filler.fill(records);
    const next = record(records);
    const publishing = await gasOf(publish(next));
    // Anew each time: filling may take longer than an attestation lasts.
    await attest(requester, five);
    const asking = await ask(next.ledgerRecordId, requester);
    rows.push({ act: "publish", records, gas: publishing });
    rows.push({ act: "request@5", records, gas: Number(asking.gasUsed) });
    rows.push({ act: `list ${PAGE} records`, records, gas: await listingCost(world, filler.address) });
  }
  return rows;
}

/** A page of the list of the owner who has nearly all records: nobody pays for a view, but a scan would show in it. */
async function listingCost({ ledger }: World, owner: string): Promise<number> {
  const page = ledger.getFunction("recordsOf");
  const [found] = (await page(owner, 0, PAGE)) as unknown as [string[]];
  if (found.length !== PAGE) throw new Error("The page isn't full.");
  return Number(await page.estimateGas(owner, 0, PAGE));
}

/** An owner of many records; `fill` makes them until there are so many on the ledger. */
export async function deployFiller(
  world: World,
  tell: (records: number) => void,
): Promise<{ address: string; fill: (most: number) => Promise<void> }> {
  const { ethers, networkHelpers, stranger } = world;
  const filler = await ethers.deployContract("RecordFiller", stranger);
  const ledger = await world.ledger.getAddress();
  await networkHelpers.setBlockGasLimit(BLOCK_GAS_LIMIT);
  const fill = async (most: number) => {
    let left = most - Number(await world.ledger.totalRecords());
    await ethers.provider.send("evm_setAutomine", [false]);
    while (left > 0) {
      const sent: Promise<unknown>[] = [];
      let nonce = await stranger.getNonce();
      for (; left > 0 && sent.length < TRANSACTIONS_A_BLOCK; left -= RECORDS_AT_ONCE) {
        const limits = { gasLimit: 16_000_000, gasPrice: BLOCK_GAS_LIMIT, nonce: nonce++ };
        sent.push(filler.getFunction("fill")(ledger, Math.min(left, RECORDS_AT_ONCE), limits) as Sent);
      }
      await Promise.all(sent);
      await networkHelpers.mine(1);
      tell(Number(await world.ledger.totalRecords()));
    }
    await ethers.provider.send("evm_setAutomine", [true]);
  };
  return { address: await filler.getAddress(), fill };
}
