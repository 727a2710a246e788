/** The receipts that came with a release: checked once the index is open, since each takes longer than opening it. */
import { DiptychError } from "../core/errors.ts";
import type { Address, Chain } from "../ledger/chain.ts";
import { checkReceipt, type Receipt } from "../ledger/receipts.ts";

/** What went wrong at one gate: an error code, and a sentence. */
export type GateFailure = { gate: Address; code: string; message: string };

/** What the gates signed about a release. */
export type JudgedReceipts = {
  /** Each proves that its gate released, and to nobody that another didn't. */
  good: Receipt[];
  /** Gates whose partial served, and whose receipt is missing or isn't their own. */
  failures: GateFailure[];
};

/** What came from one gate in a receipt's place. */
type GivenReceipt = { gate: Address; receipt: Receipt | undefined };

/** Judges receipts, one a turn of the event loop, so that whoever waits for the index goes on meanwhile. Never rejects. */
export async function judgeReceipts(chain: Chain, given: readonly GivenReceipt[]): Promise<JudgedReceipts> {
  const good: Receipt[] = [];
  const failures: GateFailure[] = [];
  for (const { gate, receipt } of given) {
    await nextTurn();
    try {
      if (receipt === undefined) throw new DiptychError("receipt-invalid", `Gate ${gate} gave no receipt.`);
      checkReceipt(chain, receipt);
      good.push(receipt);
    } catch (error) {
      failures.push(failureOf(gate, error));
    }
  }
  return { good, failures };
}

/** A gate's failure by what was thrown. */
export function failureOf(gate: Address, error: unknown): GateFailure {
  return {
    gate,
    code: error instanceof DiptychError ? error.code : "service-unreachable",
    message: error instanceof Error ? error.message : String(error),
  };
}

function nextTurn(): Promise<void> {
  return new Promise((wake) => setTimeout(wake));
}
