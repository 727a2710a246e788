/** A requester's side of a release: asks all gates of a key set at once and opens the index with any t good answers. */

import { exchangeJson } from "../cloud/http.ts";
import { equal, unhex } from "../core/bytes.ts";
import { DiptychError, type ErrorCode, isDiptychError } from "../core/errors.ts";
import type { Chain } from "../ledger/chain.ts";
import { requestIdOf } from "../ledger/ids.ts";
import { IndexLedger, type LedgerRecord } from "../ledger/indexLedger.ts";
import { type GateEntry, KeyRegistry, type KeySet } from "../ledger/keyRegistry.ts";
import type { AccessRequest } from "../ledger/request.ts";
import {
  decodeIndex,
  type GatePartial,
  hashEnc,
  type IndexPlaintext,
  type Opening,
  type OpeningContext,
  openIndexWithPartials,
  openRelease,
  type SealedIndex,
} from "../seal/index.ts";
import type { Release } from "./wire.ts";

/** What went wrong at one gate. */
export type GateFailure = { gate: string; code: string; message: string };

/** An opened index, the version it belongs to, and how the gates did. */
export type OpenedIndex = {
  record: LedgerRecord;
  plaintext: IndexPlaintext;
  gates: string[];
  failures: GateFailure[];
};

/** Times that a release is asked for again when gates wait for finality or the version moved, a second apart. */
const tries = 15;

/**
 * Has the current index of the request's ledger record released and opens it.
 *
 * @param responseSecret the private half of the request's response key
 * @throws DiptychError `not-releasable` when the gates say so, `threshold-not-met` naming the gates that failed,
 * `seal-open-failed` when the index is damaged
 */
export async function releaseIndex(
  chain: Chain,
  request: AccessRequest,
  responseSecret: Uint8Array,
  signal?: AbortSignal,
): Promise<OpenedIndex> {
  let last: unknown;
  for (let attempt = 0; attempt < tries; attempt++) {
    if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, 1000));
    signal?.throwIfAborted();
    try {
      return await releaseOnce(chain, request, responseSecret, signal);
    } catch (error) {
      if (!isDiptychError(error, "node-behind") && !isDiptychError(error, "version-moved")) throw error;
      last = error;
    }
  }
  throw last;
}

async function releaseOnce(
  chain: Chain,
  request: AccessRequest,
  responseSecret: Uint8Array,
  signal?: AbortSignal,
): Promise<OpenedIndex> {
  const record = await new IndexLedger(chain).record(request.ledgerRecordId);
  const registry = new KeyRegistry(chain);
  const set = await registry.keySet(record.keySet);
  const entries = await Promise.all(set.gates.map((gate) => registry.gate(gate)));
  const index = decodeIndex(record.index);
  const requestId = unhex(requestIdOf(chain, request));
  const context: OpeningContext = {
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

  const done = new AbortController();
  const abort = signal === undefined ? done.signal : AbortSignal.any([done.signal, signal]);
  const asked = entries.map((entry, i) =>
    askGate(entry, i + 1, request, requestId, responseSecret, index, abort).then((partial) => {
      if (partial.generation === BigInt(set.generation)) return partial;
      throw new DiptychError("version-moved", `Gate ${entry.address} used another generation of its share.`);
    }),
  );
  const partials: GatePartial[] = [];
  const failures: GateFailure[] = [];
  let liars: number[] = [];
  const lying = () => liars.map((place) => lyingGate(entries[place - 1]!));
  try {
    for await (const { at, outcome } of asTheyCome(asked)) {
      if (outcome.status === "rejected") failures.push(failureOf(entries[at]!, outcome.reason));
      else partials.push(outcome.value);
      if (outcome.status === "rejected" || partials.length < set.threshold) continue;
      const opening = await tryOpening(partials, context);
      liars = opening.liars;
      if (opening.plaintext === undefined) continue;
      const honest = partials.filter((each) => !liars.includes(each.index)).map((each) => each.index);
      const gates = honest.slice(0, set.threshold).map((place) => set.gates[place - 1]!);
      return { record, plaintext: opening.plaintext, gates, failures: [...failures, ...lying()] };
    }
  } finally {
    done.abort();
  }
  throw tooFew([...failures, ...lying()], set);
}

/**
 * Opens with what has come so far. When liars among them leave too few, others may still answer: the plaintext is missing
 * then.
 */
async function tryOpening(
  partials: GatePartial[],
  context: OpeningContext,
): Promise<Opening | { plaintext?: undefined; liars: number[] }> {
  try {
    return await openIndexWithPartials(partials, context);
  } catch (error) {
    if (!isDiptychError(error, "threshold-not-met")) throw error;
    return { liars: (error.cause as { liars: number[] }).liars };
  }
}

/** Outcomes in the order in which they come, so that nobody waits for a gate that is slow or dead. */
async function* asTheyCome<T>(
  promises: readonly Promise<T>[],
): AsyncGenerator<{ at: number; outcome: PromiseSettledResult<T> }> {
  const waiting = new Map(
    promises.map((promise, at) => [
      at,
      promise.then(
        (value) => ({ at, outcome: { status: "fulfilled" as const, value } }),
        (reason: unknown) => ({ at, outcome: { status: "rejected" as const, reason } }),
      ),
    ]),
  );
  while (waiting.size > 0) {
    const next = await Promise.race(waiting.values());
    waiting.delete(next.at);
    yield next;
  }
}

function failureOf(entry: GateEntry, error: unknown): GateFailure {
  return {
    gate: entry.address,
    code: error instanceof DiptychError ? error.code : "service-unreachable",
    message: error instanceof Error ? error.message : String(error),
  };
}

function lyingGate(entry: GateEntry): GateFailure {
  return { gate: entry.address, code: "proof-invalid", message: "gave a wrong partial" };
}

async function askGate(
  entry: GateEntry,
  place: number,
  request: AccessRequest,
  requestId: Uint8Array,
  responseSecret: Uint8Array,
  index: SealedIndex,
  signal: AbortSignal,
): Promise<GatePartial> {
  const { ledgerRecordId, epoch, requester, nonce, purpose, responseKey, expiry } = request;
  const answer = (await exchangeJson({
    service: `gate ${entry.address}`,
    url: `${entry.url.replace(/\/$/, "")}/v1/releases`,
    body: { ledgerRecordId, epoch, requester, nonce, purpose, responseKey, expiry },
    timeout: 10_000,
    signal,
  })) as Record<string, unknown> & { [key in keyof Release]?: unknown };
  if (typeof answer.encHash !== "string" || typeof answer.sealed !== "string")
    throw new DiptychError(
      "service-answer-invalid",
      `Gate ${entry.address} answered with something that is no release.`,
    );
  if (!equal(unhex(answer.encHash), hashEnc(index.enc)))
    throw new DiptychError("version-moved", `Gate ${entry.address} released another version: ask again.`);
  const binding = { requestId, gate: unhex(entry.address), enc: index.enc };
  return openRelease(responseSecret, unhex(answer.sealed), binding, place);
}

/** When too few answered: the reason that most of them gave, if it is one that the caller can act on. */
function tooFew(failures: GateFailure[], set: KeySet): DiptychError {
  const refusing = failures.filter((each) => each.code === "not-releasable" || each.code === "grant-ended");
  if (refusing.length > set.gates.length - set.threshold)
    return new DiptychError(refusing[0]!.code as ErrorCode, refusing[0]!.message);
  if (failures.some((each) => each.code === "node-behind" || each.code === "version-moved"))
    return new DiptychError("node-behind", "The gates wait for the chain to settle: try again in a moment.");
  const named = failures.map((each) => `${each.gate} (${each.message})`).join("; ");
  return new DiptychError(
    "threshold-not-met",
    `Only ${set.gates.length - failures.length} of the ${set.threshold} gates needed answered well. Failed: ${named}`,
  );
}
