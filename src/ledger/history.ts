/** What a ledger says happened to a ledger record, and its old versions, read back. */
import type { Contract, Log } from "ethers";
import { equal, hex, unhex } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import { readProgram } from "../policy/index.ts";
import type { Address, Chain } from "./chain.ts";
import { type Decided, decisions } from "./request.ts";
import { chainError } from "./reverts.ts";
import { eventsIn } from "./transactions.ts";

/** One line of a ledger record's history. */
export type AuditEvent = { block: number; transaction: string } & (
  | {
      kind: "published";
      version: number;
      epoch: number;
      owner: Address;
      /** Where this version stays readable: see `IndexLedger.readVersion`. */
      blob: Address;
      keySet: string;
      /** The policy's text; empty when the rules stayed as they were. Nobody signs it. */
      policy: string;
    }
  | { kind: "closed"; epoch: number; owner: Address }
  | { kind: "blocked" | "unblocked"; account: Address }
  | { kind: "grant-revoked"; requestId: string; requester: Address }
  | { kind: "transfer-offered"; owner: Address; newOwner: Address }
  | { kind: "transferred"; oldOwner: Address; newOwner: Address; epoch: number }
  | ({ kind: "decided" } & Omit<Decided, "block" | "transaction">)
);

/** A line of the history without where it stands. */
type Described = AuditEvent extends infer Event
  ? Event extends AuditEvent
    ? Omit<Event, "block" | "transaction">
    : never
  : never;

/** A version as it was published. */
export type OldVersion = { program: Uint8Array; index: Uint8Array };

const describe: Record<string, (args: Record<string, unknown>, log: Log) => Described> = {
  Published: (args) => ({
    kind: "published",
    version: Number(args.version),
    epoch: Number(args.epoch),
    owner: String(args.owner),
    blob: String(args.blob),
    keySet: String(args.keySet),
    policy: String(args.policy),
  }),
  Closed: (args) => ({ kind: "closed", epoch: Number(args.epoch), owner: String(args.owner) }),
  BlockChanged: (args) => ({
    kind: args.blocked === true ? "blocked" : "unblocked",
    account: String(args.account),
  }),
  GrantRevoked: (args) => ({
    kind: "grant-revoked",
    requestId: String(args.requestId),
    requester: String(args.requester),
  }),
  TransferOffered: (args) => ({
    kind: "transfer-offered",
    owner: String(args.owner),
    newOwner: String(args.newOwner),
  }),
  Transferred: (args) => ({
    kind: "transferred",
    oldOwner: String(args.oldOwner),
    newOwner: String(args.newOwner),
    epoch: Number(args.epoch),
  }),
  Decided: (args, log) => ({
    kind: "decided",
    ...decidedFrom(args, log.transactionHash, log.blockNumber),
  }),
};

/** All that happened to a ledger record, oldest first. */
export async function readHistory(
  chain: Chain,
  contract: Contract,
  ledgerRecordId: string,
  fromBlock: number,
): Promise<AuditEvent[]> {
  const logs = await logsAbout(chain, ledgerRecordId, fromBlock);
  return Object.entries(describe)
    .flatMap(([name, read]) =>
      eventsIn(contract, logs, name).map(({ log, args }) => ({ log, event: read(args, log) })),
    )
    .sort((a, b) => a.log.blockNumber - b.log.blockNumber || a.log.index - b.log.index)
    .map(({ log, event }) => ({ ...event, block: log.blockNumber, transaction: log.transactionHash }));
}

/** Events name the ledger record as their first indexed value, or as their second after a request. */
async function logsAbout(chain: Chain, ledgerRecordId: string, fromBlock: number): Promise<Log[]> {
  const places = [
    [null, ledgerRecordId],
    [null, null, ledgerRecordId],
  ];
  try {
    const found = await Promise.all(
      places.map((topics) =>
        chain.provider.getLogs({ address: chain.ledger, topics, fromBlock, toBlock: "latest" }),
      ),
    );
    return found.flat();
  } catch (error) {
    throw chainError(error, "read the history");
  }
}

/** A decision, from its event. */
export function decidedFrom(args: Record<string, unknown>, transaction: string, block: number): Decided {
  return {
    requestId: String(args.requestId),
    ledgerRecordId: String(args.ledgerRecordId),
    requester: String(args.requester),
    decision: decisions[Number(args.decision)] ?? "policy-not-satisfied",
    epoch: Number(args.epoch),
    expiry: Number(args.expiry),
    nonce: String(args.nonce),
    purpose: Number(args.purpose),
    responseKey: String(args.responseKey),
    transaction,
    block,
  };
}

/** Bytes of an index of protocol v1. */
const indexSize = 349;
const keySetSize = 32;
const pointerSize = 20;

/** Reads a version from the accounts that hold it: 0x00, then key set, program, index; or a pointer to those rules, index. */
export async function readOldVersion(
  chain: Chain,
  published: { blob: Address; keySet: string },
): Promise<OldVersion> {
  const code = await readBlob(chain, published.blob);
  const keySet = unhex(published.keySet);
  const ownRules = code.length >= keySetSize && equal(code.slice(0, keySetSize), keySet);
  if (ownRules) return splitRules(code);
  const rules = await readBlob(chain, hex(code.slice(0, pointerSize)));
  if (!equal(rules.slice(0, keySetSize), keySet)) throw notAVersion(published.blob);
  return { program: splitRules(rules).program, index: code.slice(pointerSize) };
}

/** Program and index after the key set; the index has one size. */
function splitRules(code: Uint8Array): OldVersion {
  const end = code.length - indexSize;
  const program = code.slice(keySetSize, Math.max(end, keySetSize));
  readProgram(program);
  return { program, index: code.slice(end) };
}

async function readBlob(chain: Chain, address: Address): Promise<Uint8Array> {
  let code: string;
  try {
    code = await chain.provider.getCode(address);
  } catch (error) {
    throw chainError(error, "read an old version");
  }
  const bytes = unhex(code);
  if (bytes[0] !== 0) throw notAVersion(address);
  return bytes.slice(1);
}

function notAVersion(address: Address): DiptychError {
  return new DiptychError(
    "contract-missing",
    `There is no version of a ledger record at ${address}: take the address from the record's history.`,
  );
}
