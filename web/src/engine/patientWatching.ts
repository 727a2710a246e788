/** Who has access now, and what happened when: both chains, all records or one, as plain values. */
import { type Address, type Chain, ledgerOf, type Side } from "diptych";
import { hex } from "diptych/core";
import { AttributeRegistry, type AuditEvent } from "diptych/ledger";
import { purposeOf } from "diptych/policy";
import { sides } from "./config.ts";
import { isForChange } from "./patientClosing.ts";
import { begunActs, type Practice } from "./patientRecords.ts";

/** A grant that is live now. Times in Unix seconds. */
export type Access = {
  recordId: string;
  requestId: string;
  side: Side;
  account: Address;
  /** What the authority attests of the account, as policies write it. */
  attributes: string[];
  since: number;
  until: number;
  /** HL7's code; missing where none was stated. */
  purpose?: string;
};

/** A line of the timeline. */
export type Happening = {
  id: string;
  recordId: string;
  side: Side;
  time: number;
  /** What the authority attests now of the account that it is about. */
  attributes: string[];
} & (
  | { kind: "published"; version: number; policy?: string }
  /** `forChange`: a change closed this side and stores it anew. */
  | { kind: "closed"; forChange: boolean }
  | { kind: "blocked" | "unblocked" | "grant-revoked" | "transferred"; account: Address }
  | { kind: "transfer-offered"; account?: Address }
  | { kind: "granted"; account: Address; until: number; purpose?: string }
  | { kind: "denied"; account: Address; why: string; purpose?: string }
);

/** Block times, which never change, and attributes, which are asked again after a while. */
export class Watch {
  private readonly times = new Map<string, number>();
  private readonly attributes = new Map<string, { texts: string[]; at: number }>();
  /** Attributes are believed that long, in milliseconds. */
  private readonly patience = 60_000;

  /** Grants of these records that are live now, the newest first. */
  async access({ patient, chains }: Practice, emrIds: readonly Uint8Array[]): Promise<Access[]> {
    const found: Access[] = [];
    for (const emrId of emrIds) {
      const grants = await patient.grants(emrId);
      if (grants.length === 0) continue;
      const events = await patient.audit(emrId);
      for (const { view, requestId, requester, purpose, expiry } of grants) {
        const side = ledgerOf[view];
        const decided = events[side].find((each) => each.kind === "decided" && each.requestId === requestId);
        found.push({
          recordId: hex(emrId),
          requestId,
          side,
          account: requester,
          attributes: await this.attributesOf(chains[side], requester),
          since: decided === undefined ? 0 : await this.timeOf(chains[side], decided.block),
          until: expiry,
          ...purposeIn(purpose),
        });
      }
    }
    return found.sort((a, b) => b.since - a.since);
  }

  /** All that happened to these records, the newest first. */
  async timeline({ patient, chains }: Practice, emrIds: readonly Uint8Array[]): Promise<Happening[]> {
    const found: Happening[] = [];
    const begun = await begunActs(patient);
    for (const emrId of emrIds) {
      const events = await patient.audit(emrId);
      const here: Happening[] = [];
      for (const side of sides)
        for (const [at, event] of events[side].entries()) {
          const time = await this.timeOf(chains[side], event.block);
          const id = `${side}-${hex(emrId).slice(2, 12)}-${event.block}-${at}`;
          const told = happeningOf(event);
          const account = "account" in told ? told.account : undefined;
          const attributes = account === undefined ? [] : await this.attributesOf(chains[side], account);
          here.push({ id, recordId: hex(emrId), side, time, attributes, ...told });
        }
      const changing = begun.some(
        ({ recordId, act }) => recordId === hex(emrId) && (act === "change" || act === "amend"),
      );
      found.push(...tellClosings(here, changing));
    }
    return found.sort((a, b) => b.time - a.time);
  }

  /** What stands attested to an account and hasn't run out. */
  private async attributesOf(chain: Chain, account: Address): Promise<string[]> {
    const key = `${chain.side} ${account}`;
    const known = this.attributes.get(key);
    if (known !== undefined && Date.now() - known.at < this.patience) return known.texts;
    const standing = await new AttributeRegistry(chain).attestations(account);
    const texts = standing.filter(({ expiry }) => expiry > Date.now() / 1000).map(({ text }) => text);
    this.attributes.set(key, { texts, at: Date.now() });
    return texts;
  }

  private async timeOf(chain: Chain, block: number): Promise<number> {
    const key = `${chain.side} ${block}`;
    const known = this.times.get(key);
    if (known !== undefined) return known;
    const time = (await chain.provider.getBlock(block))?.timestamp;
    if (time !== undefined) this.times.set(key, time);
    return time ?? 0;
  }
}

/** The same with what each closing was. */
function tellClosings(happenings: readonly Happening[], changing: boolean): Happening[] {
  const history = happenings.filter((each) => each.kind === "published" || each.kind === "closed");
  return happenings.map((each) =>
    each.kind === "closed" ? { ...each, forChange: isForChange(each, history, changing) } : each,
  );
}

type Placed = Pick<Happening, "id" | "recordId" | "side" | "time" | "attributes">;
type Told = Happening extends infer Each
  ? Each extends Happening
    ? Omit<Each, keyof Placed>
    : never
  : never;

function happeningOf(event: AuditEvent): Told {
  switch (event.kind) {
    case "published":
      return {
        kind: "published",
        version: event.version,
        ...(event.policy === "" ? {} : { policy: event.policy }),
      };
    case "closed":
      return { kind: "closed", forChange: false };
    case "blocked":
    case "unblocked":
      return { kind: event.kind, account: event.account };
    case "grant-revoked":
      return { kind: "grant-revoked", account: event.requester };
    case "transfer-offered":
      return {
        kind: "transfer-offered",
        ...(BigInt(event.newOwner) === 0n ? {} : { account: event.newOwner }),
      };
    case "transferred":
      return { kind: "transferred", account: event.newOwner };
    case "decided": {
      const { requester: account, decision, expiry } = event;
      const purpose = purposeIn(event.purpose);
      return decision === "granted"
        ? { kind: "granted", account, until: expiry, ...purpose }
        : { kind: "denied", account, why: decision, ...purpose };
    }
  }
}

function purposeIn(number: number): { purpose?: string } {
  const purpose = purposeOf(number);
  return purpose === undefined ? {} : { purpose: purpose.code };
}
