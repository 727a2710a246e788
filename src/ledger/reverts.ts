/** Turns what a node or a contract refuses into a DiptychError that says what to do. */
import { type ErrorDescription, type ErrorFragment, Interface, type InterfaceAbi } from "ethers";
import { DiptychError, type ErrorCode } from "../core/errors.ts";
import { attributeRegistryAbi } from "./abi/attributeRegistry.ts";
import { indexLedgerAbi } from "./abi/indexLedger.ts";
import { keyRegistryAbi } from "./abi/keyRegistry.ts";
import { timelockAbi } from "./abi/timelock.ts";

const interfaces = [indexLedgerAbi, keyRegistryAbi, attributeRegistryAbi, timelockAbi].map(
  (abi) => new Interface(abi as unknown as InterfaceAbi),
);

/** Codes of contract errors that callers tell apart; all others are `transaction-reverted`. */
const codes: Record<string, ErrorCode> = {
  IndexLedgerRecordUnknown: "record-unknown",
  KeyRegistryKeySetUnknown: "record-unknown",
  IndexLedgerNotOwner: "not-owner",
  IndexLedgerVersionMismatch: "version-moved",
  IndexLedgerEpochMismatch: "version-moved",
  IndexLedgerCursorStale: "version-moved",
  IndexLedgerGrantUnknown: "not-releasable",
  IndexLedgerGrantAlreadyRevoked: "grant-ended",
  IndexLedgerTransferNotOffered: "not-owner",
};

/** What ethers, Node and browsers call it when no answer comes. */
const unreachable = new Set([
  ...["NETWORK_ERROR", "TIMEOUT", "SERVER_ERROR"],
  ...[
    "ECONNREFUSED",
    "ECONNRESET",
    "ENOTFOUND",
    "EAI_AGAIN",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "ETIMEDOUT",
    "EPIPE",
  ],
]);

/** Finds revert data wherever ethers or a node put it; estimateGas leaves `revert` undefined but keeps `data`. */
function revertData(error: unknown, depth = 0): string | undefined {
  if (typeof error !== "object" || error === null || depth > 5) return undefined;
  const { data, info, error: inner, cause } = error as Record<string, unknown>;
  if (typeof data === "string" && /^0x([0-9a-f]{2}){4,}$/i.test(data)) return data;
  for (const next of [data, info, inner, cause]) {
    const found = revertData(next, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function describe(fragment: ErrorFragment, values: readonly unknown[]): string {
  const inputs = fragment.inputs.map((input, i) => `${input.name} ${String(values[i])}`);
  return inputs.length === 0 ? fragment.name : `${fragment.name} (${inputs.join(", ")})`;
}

/** The contracts' own error that made a call fail, if it was one. */
function contractError(error: unknown): ErrorDescription | undefined {
  const data = revertData(error);
  if (data === undefined) return undefined;
  for (const each of interfaces) {
    const parsed = each.parseError(data);
    if (parsed !== null) return parsed;
  }
  return undefined;
}

/** Whether a call failed with the contracts' error of this name. */
export function isContractError(error: unknown, name: string): boolean {
  return contractError(error)?.name === name;
}

/** A contract's own refusal: the name and values of its error, and what to throw. */
export type ContractRefusal = { name: string; args: readonly unknown[]; error: DiptychError };

/** What a contract refused with, if it was a contract. */
export function contractRefusal(cause: unknown, act: string): ContractRefusal | undefined {
  const refusal = contractError(cause);
  if (refusal === undefined) return undefined;
  const { name, fragment } = refusal;
  const args = [...refusal.args] as readonly unknown[];
  const sentence = `The contract refused to ${act}: ${describe(fragment, args)}.`;
  return { name, args, error: new DiptychError(codes[name] ?? "transaction-reverted", sentence, { cause }) };
}

/** The DiptychError for anything that ethers throws while talking to a chain. */
export function chainError(error: unknown, act: string): DiptychError {
  if (error instanceof DiptychError) return error;
  const refusal = contractRefusal(error, act);
  if (refusal !== undefined) return refusal.error;
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code === "string" && unreachable.has(code))
    return new DiptychError(
      "chain-unreachable",
      `The chain's node does not answer while trying to ${act}: is it running?`,
      {
        cause: error,
      },
    );
  if (code === "INSUFFICIENT_FUNDS")
    return new DiptychError(
      "transaction-reverted",
      `The account has too little money for the gas to ${act}: send it some.`,
      {
        cause: error,
      },
    );
  const message = error instanceof Error ? error.message.slice(0, 200) : String(error);
  return new DiptychError("transaction-reverted", `The chain refused to ${act}: ${message}`, {
    cause: error,
  });
}
