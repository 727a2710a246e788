/** Whether dealing and reading a key set costs the same however many other patients' there are. */
import { concat } from "ethers";
import { point, type World } from "../../test/contracts/fixture.ts";
import type { Row } from "../report.ts";
import { gasOf, type Sent, sealedShare } from "./acts.ts";

/** As many as fit into the gas that one transaction may use. */
const DEALS_AT_ONCE = 60;

/** Deals a key set, and reads one as a gate does, among 1,000, 10,000 ... other patients' key sets. */
export async function measureKeySets(world: World, most: number): Promise<Row[]> {
  const { dealKeySet, ethers, gates, keys, stranger } = world;
  const filler = await ethers.deployContract("KeySetFiller");
  const registry = await keys.getAddress();
  const rows: Row[] = [];
  const own = await dealKeySet(stranger);
  const question = keys.interface.encodeFunctionData("keySet", [own]);
  const accounts = gates.slice(0, 3).map(({ address }) => address);
  for (let count = 1_000; count <= most; count *= 10) {
    for (let left = count - Number(await filler.getFunction("filled")()); left > 0; left -= DEALS_AT_ONCE)
      await gasOf(
        filler.getFunction("fill")(registry, accounts[0], Math.min(left, DEALS_AT_ONCE), {
          gasLimit: 16_000_000,
        }) as Sent,
      );
    const commitments = concat([point(count), point(2)]);
    const shares = accounts.map(() => sealedShare);
    const deal = keys.connect(stranger).getFunction("deal");
    const gas = await gasOf(deal(point(count), 1, 2, accounts, commitments, shares));
    rows.push({ act: "deal@2of3", records: count, gas });
    const bytes = (await ethers.provider.call({ to: registry, data: question })).length / 2 - 1;
    const read = Number(await keys.keySet!.estimateGas(own));
    rows.push({ act: `read a key set of ${bytes} bytes`, records: count, gas: read });
  }
  return rows;
}
