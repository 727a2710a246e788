/** What a gate says about itself, for those whose shares it holds: patients and auditors. Its word, not proof. */
import { exchangeJson } from "../cloud/http.ts";
import { DiptychError } from "../core/errors.ts";
import type { Address, Chain } from "../ledger/chain.ts";
import type { RegisteredGate } from "../ledger/keyRegistry.ts";
import { checkReceipt, checkReceiptProof, isAnchored, type Receipt } from "../ledger/receipts.ts";
import type { KeptReceipt } from "./wire.ts";

/** How a gate is: `serving`, or the sentences that say why not; `accounts` are its own, two while it changes its keys. */
export type GateStatus = { serving: boolean; reasons: string[]; accounts: Address[] };

/** A receipt that holds; `anchored` when its gate has put it on the chain, too. */
export type CheckedReceipt = Receipt & { anchored: boolean };

/** Milliseconds until a gate counts as silent. */
const patience = 5_000;

/** Receipts that are read of one gate at most. */
const most = 4_096;

/** Asks a gate how it is; one that doesn't answer is not serving. */
export async function askGateStatus(gate: RegisteredGate): Promise<GateStatus> {
  try {
    const about = await askJson(gate, "/v1/gate");
    const accounts = Array.isArray(about.accounts)
      ? about.accounts.map((each: { address?: unknown }) => String(each?.address))
      : [];
    await askJson(gate, "/health");
    return { serving: true, reasons: [], accounts };
  } catch (error) {
    if (!(error instanceof DiptychError)) throw error;
    return { serving: false, reasons: [error.message], accounts: [] };
  }
}

/**
 * The receipts about a ledger record that a gate still holds, each checked: its signature, and its place under an anchored root
 * where the gate names one. They prove releases; that there is none proves nothing.
 *
 * @throws DiptychError `receipt-invalid` when the gate shows one that doesn't hold, `service-unreachable`, ...
 */
export async function fetchReceipts(
  chain: Chain,
  gate: RegisteredGate,
  ledgerRecordId: string,
): Promise<CheckedReceipt[]> {
  const found: CheckedReceipt[] = [];
  let after = 0;
  for (;;) {
    const answer = await askJson(gate, `/v1/receipts?ledgerRecordId=${ledgerRecordId}&after=${after}`);
    if (!Array.isArray(answer.receipts) || !answer.receipts.every(isKeptReceipt)) throw noReceipts(gate);
    for (const kept of answer.receipts) {
      // A gate that changes its keys lists receipts of its other account too: that one is asked for itself.
      if (kept.gate.toLowerCase() !== gate.address.toLowerCase()) continue;
      found.push(await checkKept(chain, gate, ledgerRecordId, kept));
    }
    const { next } = answer;
    if (typeof next !== "number" || answer.receipts.length === 0 || found.length >= most) return found;
    if (next <= after) throw noReceipts(gate);
    after = next;
  }
}

/** Whether this has the shape of a receipt; what it says is checked after. */
function isKeptReceipt(value: unknown): value is KeptReceipt {
  const { requestId, ledgerRecordId, version, time, gate, signature, anchor } = (value ?? {}) as Record<
    string,
    unknown
  >;
  const texts = [requestId, ledgerRecordId, gate, signature].every((each) => typeof each === "string");
  if (!texts || !Number.isSafeInteger(version) || !Number.isSafeInteger(time)) return false;
  if (anchor === undefined) return true;
  const { root, proof } = (anchor ?? {}) as Record<string, unknown>;
  return typeof root === "string" && Array.isArray(proof) && proof.every((each) => typeof each === "string");
}

async function checkKept(
  chain: Chain,
  gate: RegisteredGate,
  ledgerRecordId: string,
  { requestId, version, time, gate: by, signature, anchor, ledgerRecordId: about }: KeptReceipt,
): Promise<CheckedReceipt> {
  if (about !== ledgerRecordId) throw noReceipts(gate);
  const receipt: Receipt = { requestId, ledgerRecordId, version, time, gate: by, signature };
  checkReceipt(chain, receipt);
  if (anchor === undefined) return { ...receipt, anchored: false };
  checkReceiptProof(chain, receipt, anchor.root, anchor.proof);
  return { ...receipt, anchored: await isAnchored(chain, receipt, anchor.root, anchor.proof) };
}

function noReceipts(gate: RegisteredGate): DiptychError {
  return new DiptychError(
    "service-answer-invalid",
    `Gate ${gate.address} answered with something that is no list of receipts.`,
  );
}

function askJson(gate: RegisteredGate, path: string): Promise<Record<string, unknown>> {
  return exchangeJson({
    service: `gate ${gate.address}`,
    url: `${gate.url.replace(/\/$/, "")}${path}`,
    method: "GET",
    timeout: patience,
  });
}
