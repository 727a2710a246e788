/** What a requester's browser keeps besides the keys: applications, records that were asked for, and what was opened. Sealed, like them. */
import type { KeyStore, Side } from "diptych";
import { utf8, utf8Decode } from "diptych/core";
import { alone } from "./alone.ts";
import type { Person } from "./subject.ts";

/** An application as it was handed in. `time` in Unix seconds. */
export type KeptApplication = { id: string; attributes: string[]; time: number };

/** An application as far as it is filled in. */
export type KeptApplying = { role: string; place: string; text: string; evidence: string };

/** Where a record stands that was asked for: the chain tells the rest. */
export type AskedRecord = { side: Side; ledgerRecordId: string };

/** What was opened, for the list of requests: nothing that the parts say. Times in Unix seconds. */
export type KeptOpening = {
  requestId: string;
  by: Person;
  signed: number;
  parts: number;
  of: number;
  version: number;
  time: number;
};

const names = {
  applications: "requester/page/applications",
  applying: "requester/page/applying",
  records: "requester/page/records",
  openings: "requester/page/openings",
};

export class Notes {
  private readonly store: KeyStore;

  constructor(store: KeyStore) {
    this.store = store;
  }

  /** The newest first, like all of these lists. */
  applications(): Promise<KeptApplication[]> {
    return this.read(names.applications);
  }

  keepApplication(application: KeptApplication): Promise<void> {
    return alone(async () => this.write(names.applications, [application, ...(await this.applications())]));
  }

  async applying(): Promise<KeptApplying | undefined> {
    const bytes = await this.store.get(names.applying);
    return bytes && (JSON.parse(utf8Decode(bytes)) as KeptApplying);
  }

  keepApplying({ role, place, text, evidence }: KeptApplying): Promise<void> {
    return this.store.set(names.applying, utf8(JSON.stringify({ role, place, text, evidence })));
  }

  forgetApplying(): Promise<void> {
    return this.store.delete(names.applying);
  }

  records(): Promise<AskedRecord[]> {
    return this.read(names.records);
  }

  /** To be kept before it is asked for: then no answer of a ledger is lost, whatever stops the page. */
  keepRecord({ side, ledgerRecordId }: AskedRecord): Promise<void> {
    return alone(async () => {
      const others = (await this.records()).filter(
        (each) => each.side !== side || each.ledgerRecordId !== ledgerRecordId,
      );
      await this.write(names.records, [{ side, ledgerRecordId }, ...others]);
    });
  }

  openings(): Promise<KeptOpening[]> {
    return this.read(names.openings);
  }

  keepOpening(opening: KeptOpening): Promise<void> {
    return alone(async () => {
      const others = (await this.openings()).filter(({ requestId }) => requestId !== opening.requestId);
      await this.write(names.openings, [opening, ...others]);
    });
  }

  private async read<T>(name: string): Promise<T[]> {
    const bytes = await this.store.get(name);
    return bytes === undefined ? [] : (JSON.parse(utf8Decode(bytes)) as T[]);
  }

  private write(name: string, list: readonly unknown[]): Promise<void> {
    return this.store.set(name, utf8(JSON.stringify(list)));
  }
}
