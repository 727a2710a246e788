/** One gate asked for one release: the order out, the sealed partial and the receipt back, both checked. */
import { exchangeJson } from "../cloud/http.ts";
import { equal, hex, unhex } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import type { Chain } from "../ledger/chain.ts";
import type { RegisteredGate } from "../ledger/keyRegistry.ts";
import type { Receipt } from "../ledger/receipts.ts";
import type { AccessRequest } from "../ledger/request.ts";
import { type GatePartial, hashEnc, openRelease } from "../seal/index.ts";
import type { Release } from "./wire.ts";

/** What every gate of a key set is asked, and with what its answer is opened. */
export type ReleaseQuestion = {
  chain: Chain;
  request: AccessRequest;
  /** 32 bytes. */
  requestId: Uint8Array;
  /** The private half of the request's response key. */
  responseSecret: Uint8Array;
  /** `enc` of the index that the ledger holds, its version, and the generation of the shares. */
  enc: Uint8Array;
  version: number;
  generation: number;
  signal: AbortSignal;
};

/** A gate's partial, and the receipt that came with it, if one did; neither is judged yet. */
export type GateAnswer = { partial: GatePartial; receipt: Receipt | undefined };

/** Milliseconds until a gate counts as silent. */
const patience = 10_000;

/**
 * Asks the gate at `place` (from 1) of its key set.
 *
 * @throws DiptychError `service-unreachable`, `service-answer-invalid`, `version-moved`, `seal-open-failed`, or the code that the
 * gate refused with
 */
export async function askGate(
  gate: RegisteredGate,
  place: number,
  question: ReleaseQuestion,
): Promise<GateAnswer> {
  const { request, requestId, enc, version, generation, responseSecret, signal } = question;
  const { ledgerRecordId, epoch, requester, nonce, purpose, responseKey, expiry } = request;
  const answer = (await exchangeJson({
    service: `gate ${gate.address}`,
    url: `${gate.url.replace(/\/$/, "")}/v1/releases`,
    body: { ledgerRecordId, epoch, requester, nonce, purpose, responseKey, expiry, gate: gate.address },
    timeout: patience,
    signal,
  })) as Record<string, unknown> & { [key in keyof Release]?: unknown };
  if (typeof answer.encHash !== "string" || typeof answer.sealed !== "string")
    throw new DiptychError(
      "service-answer-invalid",
      `Gate ${gate.address} answered with something that is no release.`,
    );
  if (!equal(unhex(answer.encHash), hashEnc(enc)))
    throw new DiptychError("version-moved", `Gate ${gate.address} released another version: ask again.`);
  const binding = { requestId, gate: unhex(gate.address), enc };
  const partial = await openRelease(responseSecret, unhex(answer.sealed), binding, place);
  if (partial.generation !== BigInt(generation))
    throw new DiptychError("version-moved", `Gate ${gate.address} used another generation of its share.`);
  return { partial, receipt: receiptIn(answer.receipt, question, gate, version) };
}

/** The receipt as the gate must have signed it: what it is about is what was asked, not what the gate says. */
function receiptIn(
  said: unknown,
  { requestId, request }: ReleaseQuestion,
  gate: RegisteredGate,
  version: number,
): Receipt | undefined {
  const { time, signature } = (said ?? {}) as { time?: unknown; signature?: unknown };
  if (typeof time !== "number" || typeof signature !== "string") return undefined;
  const { ledgerRecordId } = request;
  return { requestId: hex(requestId), ledgerRecordId, version, time, gate: gate.address, signature };
}
