/** Events of a contract, read in pages of blocks: nodes refuse to search too many at once. */
import type { Contract, ContractEventName, EventLog, Log } from "ethers";
import type { Chain } from "./chain.ts";
import { chainError } from "./reverts.ts";

/** Which blocks to search, both included; all of them unless told otherwise. */
export type BlockRange = { fromBlock?: number; toBlock?: number };

/** Blocks searched at a time: what engines allow by default (Besu: 5,000). */
const pageSize = 5000;

/** The events that a filter finds, oldest first; `act` completes "refused to …". */
export async function* eventsOver(
  chain: Chain,
  contract: Contract,
  filter: ContractEventName,
  { fromBlock = 0, toBlock }: BlockRange,
  act: string,
): AsyncGenerator<{ log: Log; args: Record<string, unknown> }> {
  try {
    const end = toBlock ?? (await chain.provider.getBlockNumber());
    for (let start = fromBlock; start <= end; start += pageSize) {
      const last = Math.min(start + pageSize - 1, end);
      for (const log of await contract.queryFilter(filter, start, last))
        yield { log, args: (log as EventLog).args.toObject() as Record<string, unknown> };
    }
  } catch (error) {
    throw chainError(error, act);
  }
}
