/** What a requester does, as the page calls it: plain values in, plain values out. */
import { DiptychError, type Side } from "diptych";
import type { Decided, Explanation } from "diptych/ledger";
import type { Office } from "./office.ts";
import type { Reading } from "./reading.ts";
import { type Answer, type FoundRecord, find, RequestBook, type RequestFacts } from "./requesterAsking.ts";
import type { OpenRecord } from "./requesterHeld.ts";
import type { KeptApplying } from "./requesterNotes.ts";
import {
  fileOf,
  newestVersion,
  openGranted,
  openRecordOf,
  proofOf,
  readHeldPart,
  type SavedFile,
} from "./requesterOpening.ts";
import { openPractice, type RequesterPractice } from "./requesterPractice.ts";
import { applyFor, type Standing, standingOf } from "./requesterStanding.ts";

const role = "requester";

type Desk = { practice: RequesterPractice; book: RequestBook };

export class RequesterDesk {
  private readonly office: Office;

  constructor(office: Office) {
    this.office = office;
  }

  /** Applications, attested attributes and the key, as they stand now. */
  async standing(): Promise<Standing> {
    return standingOf(await this.practice());
  }

  /** Keeps an application as it is filled in so far, sealed like the keys. */
  async keepApplying(applying: KeptApplying): Promise<void> {
    await (await this.practice()).notes.keepApplying(applying);
  }

  /** Hands in an application; its id. */
  apply(actId: string, attributes: readonly string[], evidence: string): Promise<string> {
    return this.office.acts.run(actId, async () => applyFor(await this.practice(), attributes, evidence));
  }

  /** Fetches the key for what is attested now, and checks it; what it holds. */
  collect(actId: string): Promise<string[]> {
    return this.office.acts.run(actId, async () => [
      ...(await (await this.practice()).requester.collectKey()),
    ]);
  }

  /** The record that a link or an id names. */
  async find(text: string): Promise<FoundRecord> {
    return find(await this.practice(), text);
  }

  /** What a request would come to now, and what that rests on. */
  async explain(side: Side, ledgerRecordId: string, purpose: string): Promise<Explanation> {
    return (await this.practice()).requester.explain(side, ledgerRecordId, purpose);
  }

  ask(
    actId: string,
    record: Pick<FoundRecord, "side" | "ledgerRecordId">,
    purpose: string,
    seconds: number,
  ): Promise<Answer> {
    return this.office.acts.run(actId, async () => {
      const { practice, book } = await this.desk();
      return book.ask(practice, record, purpose, seconds);
    });
  }

  /** All requests, the newest first, as they stand on the ledgers now. */
  async requests(): Promise<RequestFacts[]> {
    const { practice, book } = await this.desk();
    return book.list(practice);
  }

  /** The version of a request's record that is the newest now. */
  async newest(requestId: string): Promise<number> {
    const { practice, side, decided } = await this.demandDecided(requestId);
    return newestVersion(practice, side, decided.ledgerRecordId);
  }

  /** Has the gates release it, fetches, decrypts, verifies. */
  open(actId: string, requestId: string): Promise<OpenRecord> {
    return this.office.acts.run(actId, async (options) => {
      const { practice, side, decided } = await this.demandDecided(requestId);
      return openGranted(practice, side, decided, options);
    });
  }

  /** The record of a request as it was opened last, while it is the one that is open; else null. */
  async opened(requestId: string): Promise<OpenRecord | null> {
    return openRecordOf(await this.practice(), requestId) ?? null;
  }

  async part(requestId: string, position: number): Promise<Reading> {
    return readHeldPart(await this.practice(), requestId, position);
  }

  async file(requestId: string): Promise<SavedFile> {
    return fileOf(await this.practice(), requestId);
  }

  async proof(requestId: string): Promise<Uint8Array> {
    return proofOf(await this.practice(), requestId);
  }

  private async demandDecided(requestId: string): Promise<Desk & { side: Side; decided: Decided }> {
    const desk = await this.desk();
    const found = await desk.book.decided(desk.practice, requestId);
    if (found === undefined)
      throw new DiptychError(
        "application-unknown",
        "This browser knows no such request: ask for the record.",
      );
    return { ...desk, ...found };
  }

  private async practice(): Promise<RequesterPractice> {
    return (await this.desk()).practice;
  }

  private desk(): Promise<Desk> {
    return this.office.open(role, async () => ({
      practice: await openPractice(this.office),
      book: new RequestBook(),
    }));
  }
}
