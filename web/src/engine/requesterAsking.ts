/** Finding a record, asking for it, and how what was asked for stands. */
import { type Address, DiptychError, findRecord, isDiptychError, printRecordLink, type Side } from "diptych";
import { type Decided, type Decision, type Explanation, type GrantStatus, IndexLedger } from "diptych/ledger";
import { purposeOf } from "diptych/policy";
import type { KeptOpening } from "./requesterNotes.ts";
import type { RequesterPractice } from "./requesterPractice.ts";

/** A record that a link names. */
export type FoundRecord = {
  side: Side;
  ledgerRecordId: string;
  link: string;
  owner: Address;
  closed: boolean;
};

/** A request, and how it stands. Times in Unix seconds. */
export type RequestFacts = {
  requestId: string;
  side: Side;
  ledgerRecordId: string;
  link: string;
  /** HL7's code; missing where none was stated. */
  purpose?: string;
  decision: Decision;
  asked: number;
  until: number;
  /** How the grant stands now; "unknown" for what was denied. */
  status: GrantStatus;
  /** Whether the key that answers are sealed to is in this browser. */
  answerable: boolean;
  opened?: KeptOpening;
};

/** What a ledger answered, and what that rests on. */
export type Answer = {
  request: RequestFacts;
  explanation?: Explanation;
  /** Granted earlier: nothing was sent. */
  before: boolean;
};

/** These don't change any more. */
const ended: readonly GrantStatus[] = ["revoked", "expired", "epoch-ended"];

export async function find({ chains }: RequesterPractice, text: string): Promise<FoundRecord> {
  const { side, ledgerRecordId, record } = await findRecord(chains, text).catch(asEntered);
  const link = printRecordLink(chains[side], ledgerRecordId);
  return { side, ledgerRecordId, link, owner: record.owner, closed: record.closed };
}

/** What names no record was typed, or came with the page's address: no fault of the page. */
function asEntered(error: unknown): never {
  if (isDiptychError(error, "argument-invalid"))
    throw new DiptychError("usage", error.message, { cause: error });
  throw error;
}

/** What was asked for, watched: what doesn't change is read once. */
export class RequestBook {
  /** Decisions by record, as long as nothing new was asked in this browser. */
  private readonly decisions = new Map<string, Decided[]>();
  private readonly times = new Map<string, number>();
  private readonly endings = new Map<string, GrantStatus>();

  /** All requests of this account for records that this browser asked for, the newest first. */
  async list(practice: RequesterPractice): Promise<RequestFacts[]> {
    const openings = await practice.notes.openings();
    const found: RequestFacts[] = [];
    for (const { side, ledgerRecordId } of await practice.notes.records())
      for (const decided of await this.decisionsOf(practice, side, ledgerRecordId))
        found.push(await this.factsOf(practice, side, decided, openings));
    return found.sort((a, b) => b.asked - a.asked);
  }

  /** A request that was decided, with all that its id binds. */
  async decided(
    practice: RequesterPractice,
    requestId: string,
  ): Promise<{ side: Side; decided: Decided } | undefined> {
    for (const { side, ledgerRecordId } of await practice.notes.records()) {
      const decided = (await this.decisionsOf(practice, side, ledgerRecordId)).find(
        (each) => each.requestId === requestId,
      );
      if (decided !== undefined) return { side, decided };
    }
    return undefined;
  }

  /** Asks a ledger; a live grant for the same purpose that is here already is answered again, without a transaction. */
  async ask(
    practice: RequesterPractice,
    { side, ledgerRecordId }: Pick<FoundRecord, "side" | "ledgerRecordId">,
    purpose: string,
    seconds: number,
  ): Promise<Answer> {
    const { requester, notes } = practice;
    await notes.keepRecord({ side, ledgerRecordId });
    this.decisions.delete(keyOf(side, ledgerRecordId));
    const standing = (await this.list(practice)).find(
      (each) =>
        each.ledgerRecordId === ledgerRecordId &&
        each.side === side &&
        each.purpose === purpose &&
        each.status === "live" &&
        each.answerable,
    );
    if (standing !== undefined) return { request: standing, before: true };
    const { decided } = await requester.request(side, ledgerRecordId, { purpose, seconds });
    this.decisions.delete(keyOf(side, ledgerRecordId));
    const request = await this.factsOf(practice, side, decided, []);
    if (decided.decision === "granted") return { request, before: false };
    const explanation = await requester.explain(side, ledgerRecordId, purpose);
    return { request, explanation, before: false };
  }

  private async factsOf(
    { requester, chains }: RequesterPractice,
    side: Side,
    decided: Decided,
    openings: readonly KeptOpening[],
  ): Promise<RequestFacts> {
    const { requestId, ledgerRecordId, decision, expiry, block } = decided;
    const purpose = purposeOf(decided.purpose)?.code;
    const opened = openings.find((each) => each.requestId === requestId);
    return {
      requestId,
      side,
      ledgerRecordId,
      link: printRecordLink(chains[side], ledgerRecordId),
      ...(purpose === undefined ? {} : { purpose }),
      decision,
      asked: await this.timeOf(chains[side], block),
      until: expiry,
      status: decision === "granted" ? await this.statusOf(chains[side], requestId) : "unknown",
      answerable: decision === "granted" && (await hasAnswerKey(requester, decided)),
      ...(opened === undefined ? {} : { opened }),
    };
  }

  private async decisionsOf(
    { requester }: RequesterPractice,
    side: Side,
    ledgerRecordId: string,
  ): Promise<Decided[]> {
    const key = keyOf(side, ledgerRecordId);
    const known = this.decisions.get(key);
    if (known !== undefined) return known;
    const found = await requester.decisions(side, ledgerRecordId);
    this.decisions.set(key, found);
    return found;
  }

  private async statusOf(chain: RequesterPractice["chains"][Side], requestId: string): Promise<GrantStatus> {
    const known = this.endings.get(requestId);
    if (known !== undefined) return known;
    const status = await new IndexLedger(chain).status(requestId);
    if (ended.includes(status)) this.endings.set(requestId, status);
    return status;
  }

  private async timeOf(
    { side, provider }: RequesterPractice["chains"][Side],
    block: number,
  ): Promise<number> {
    const key = `${side} ${block}`;
    const known = this.times.get(key);
    if (known !== undefined) return known;
    const time = (await provider.getBlock(block))?.timestamp;
    if (time !== undefined) this.times.set(key, time);
    return time ?? 0;
  }
}

function keyOf(side: Side, ledgerRecordId: string): string {
  return `${side} ${ledgerRecordId}`;
}

async function hasAnswerKey(
  requester: RequesterPractice["requester"],
  { responseKey }: Decided,
): Promise<boolean> {
  try {
    (await requester.responseKey(responseKey)).fill(0);
    return true;
  } catch (error) {
    if (isDiptychError(error, "key-missing")) return false;
    throw error;
  }
}
