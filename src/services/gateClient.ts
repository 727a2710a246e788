/** A requester's side of a release: asks gates of a key set and opens the index with any t good answers. */
import { unhex } from "../core/bytes.ts";
import { DiptychError, type ErrorCode, isDiptychError } from "../core/errors.ts";
import type { Address, Chain } from "../ledger/chain.ts";
import { requestIdOf } from "../ledger/ids.ts";
import { IndexLedger, type LedgerRecord } from "../ledger/indexLedger.ts";
import { KeyRegistry, type KeySet, type RegisteredGate } from "../ledger/keyRegistry.ts";
import type { AccessRequest } from "../ledger/request.ts";
import {
  decodeIndex,
  type IndexPlaintext,
  type Opening,
  type OpeningContext,
  openIndexWithPartials,
  type SealedIndex,
} from "../seal/index.ts";
import { askGate, type GateAnswer } from "./gateAsking.ts";
import { Hedge } from "./hedging.ts";
import { failureOf, type GateFailure, type JudgedReceipts, judgeReceipts } from "./receiptJudging.ts";

export type { GateFailure, JudgedReceipts } from "./receiptJudging.ts";

/** An opened index, the version it belongs to, and how the gates did. */
export type OpenedIndex = {
  record: LedgerRecord;
  plaintext: IndexPlaintext;
  /** Whose partials opened it. */
  gates: Address[];
  /** Gates that were asked and failed or lied. */
  failures: GateFailure[];
  /** What the gates that opened it signed about this release, once it is checked; it never rejects. */
  receipts: Promise<JudgedReceipts>;
};

/**
 * How long a release is asked for again while gates wait for finality or the version moves, and how often, in milliseconds: a
 * grant may need some blocks upon its own before gates believe it.
 */
const patience = 120_000;
const pause = 1000;

/** Who is told how many gates of those that are needed have answered, and how it is called off. */
export type ReleaseOptions = {
  /** Told whenever another gate has answered. */
  progress?: (answered: number, needed: number) => void;
  /** Aborting stops all that is under way. */
  signal?: AbortSignal;
};

/** Milliseconds without an answer after which more gates are asked. */
const hedgeAfter = 400;

/**
 * Has the current index of the request's ledger record released and opens it. Asks as many gates as are needed, others when one
 * of them fails, lies or is slow.
 *
 * @param responseSecret the private half of the request's response key
 * @throws DiptychError `not-releasable`, `grant-ended` when the gates say so; `threshold-not-met` naming the gates that failed,
 * which stand in its cause as `{ failures: GateFailure[] }`; `seal-open-failed` when the index is damaged
 */
export async function releaseIndex(
  chain: Chain,
  request: AccessRequest,
  responseSecret: Uint8Array,
  options: ReleaseOptions = {},
): Promise<OpenedIndex> {
  const until = Date.now() + patience;
  for (;;) {
    options.signal?.throwIfAborted();
    try {
      return await releaseOnce(chain, request, responseSecret, options);
    } catch (error) {
      if (!isDiptychError(error) || !waits.includes(error.code) || Date.now() > until) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** What passes by itself. */
const waits: readonly string[] = ["node-behind", "version-moved"] satisfies ErrorCode[];

/** In which order a request's gates are asked: places from 0. It differs from request to request, so that all gates share the work. */
export function askingOrder(requestId: Uint8Array, gates: number): number[] {
  const first = ((requestId[0]! << 8) | requestId[1]!) % gates;
  return Array.from({ length: gates }, (_, i) => (first + i) % gates);
}

async function releaseOnce(
  chain: Chain,
  request: AccessRequest,
  responseSecret: Uint8Array,
  { signal, progress }: ReleaseOptions,
): Promise<OpenedIndex> {
  const record = await new IndexLedger(chain).record(request.ledgerRecordId);
  const registry = new KeyRegistry(chain);
  const set = await registry.keySet(record.keySet);
  const gates = await Promise.all(set.gates.map((gate) => registry.gate(gate)));
  const index = decodeIndex(record.index);
  const requestId = unhex(requestIdOf(chain, request));
  const context = contextOf(chain, request, record, set, index, requestId);

  const done = new AbortController();
  const question = {
    chain,
    request,
    requestId,
    responseSecret,
    enc: index.enc,
    version: record.version,
    generation: set.generation,
    signal: signal === undefined ? done.signal : AbortSignal.any([done.signal, signal]),
  };
  const order = askingOrder(requestId, gates.length);
  const hedge = new Hedge(
    order.map((at) => () => askGate(gates[at]!, at + 1, question)),
    hedgeAfter,
  );
  const answers: GateAnswer[] = [];
  const failures: GateFailure[] = [];
  let liars: number[] = [];
  const lying = () => liars.map((place) => lyingGate(gates[place - 1]!));
  try {
    progress?.(0, set.threshold);
    hedge.start(set.threshold);
    for (let next = await hedge.next(); next !== undefined; next = await hedge.next()) {
      signal?.throwIfAborted();
      const { at, outcome } = next;
      if (outcome.status === "rejected") failures.push(failureOf(set.gates[order[at]!]!, outcome.reason));
      else answers.push(outcome.value);
      progress?.(Math.min(honestOf(answers, liars).length, set.threshold), set.threshold);
      if (outcome.status === "fulfilled" && answers.length >= set.threshold) {
        const opening = await tryOpening(answers, context);
        liars = opening.liars;
        if (opening.plaintext !== undefined) {
          const used = honestOf(answers, liars).slice(0, set.threshold);
          const given = used.map(({ partial, receipt }) => ({
            gate: set.gates[partial.index - 1]!,
            receipt,
          }));
          return {
            record,
            plaintext: opening.plaintext,
            gates: given.map(({ gate }) => gate),
            failures: [...failures, ...lying()],
            receipts: judgeReceipts(chain, given),
          };
        }
      }
      hedge.start(set.threshold - honestOf(answers, liars).length - hedge.open);
    }
  } finally {
    done.abort();
  }
  throw tooFew([...failures, ...lying()], set);
}

function contextOf(
  chain: Chain,
  request: AccessRequest,
  record: LedgerRecord,
  set: KeySet,
  index: SealedIndex,
  requestId: Uint8Array,
): OpeningContext {
  return {
    index,
    binding: {
      chainId: chain.chainId,
      contract: unhex(chain.ledger),
      ledgerRecordId: unhex(request.ledgerRecordId),
      version: record.version,
      keySet: unhex(record.keySet),
    },
    commitments: set.commitments,
    generation: set.generation,
    requestId,
  };
}

/**
 * Opens with what has come so far. When liars among them leave too few, others may still answer: the plaintext is missing
 * then.
 */
async function tryOpening(
  answers: readonly GateAnswer[],
  context: OpeningContext,
): Promise<Opening | { plaintext?: undefined; liars: number[] }> {
  try {
    return await openIndexWithPartials(
      answers.map(({ partial }) => partial),
      context,
    );
  } catch (error) {
    if (!isDiptychError(error, "threshold-not-met")) throw error;
    return { liars: (error.cause as { liars: number[] }).liars };
  }
}

function honestOf(answers: readonly GateAnswer[], liars: readonly number[]): GateAnswer[] {
  return answers.filter(({ partial }) => !liars.includes(partial.index));
}

function lyingGate({ address }: RegisteredGate): GateFailure {
  return { gate: address, code: "proof-invalid", message: "gave a wrong partial" };
}

/** When too few answered: the reason that most of them gave, if it is one that the caller can act on. */
function tooFew(failures: GateFailure[], set: KeySet): DiptychError {
  const cause = { failures };
  const refusing = failures.filter((each) => each.code === "not-releasable" || each.code === "grant-ended");
  if (refusing.length > set.gates.length - set.threshold)
    return new DiptychError(refusing[0]!.code as ErrorCode, refusing[0]!.message, { cause });
  const hopeless = failures.filter((each) => !waits.includes(each.code));
  if (failures.length > hopeless.length && set.gates.length - hopeless.length >= set.threshold)
    return new DiptychError("node-behind", "The gates wait for the chain to settle: try again in a moment.", {
      cause,
    });
  const named = failures.map((each) => `${each.gate} (${each.message})`).join("; ");
  return new DiptychError(
    "threshold-not-met",
    `Only ${set.gates.length - failures.length} of the ${set.threshold} gates needed answered well. Failed: ${named}`,
    { cause },
  );
}
