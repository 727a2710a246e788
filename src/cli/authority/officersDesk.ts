/** The desk as its officers see it over HTTP: what lies there, and decisions that are carried out just as they were signed. */
import { hex, unhex } from "../../core/bytes.ts";
import { DiptychError } from "../../core/errors.ts";
import { sha256 } from "../../core/hash.ts";
import { AttributeRegistry } from "../../ledger/attributeRegistry.ts";
import type { Address, Side } from "../../ledger/chain.ts";
import { Approvals } from "../../roles/approvals.ts";
import type {
  AttestedAccount,
  DeskDecision,
  DeskOutcome,
  DeskRequest,
  IssuedCertificate,
  OfficersDesk,
  SignedDecision,
  SignedSession,
} from "../../services/deskWire.ts";
import { describeCertificate } from "../verify/certificateFile.ts";
import { DecisionBook, type KeptOrder } from "./decisionBook.ts";
import type { Desk, DeskOptions } from "./desk.ts";
import type { KeptReview } from "./reviewBook.ts";

/** What is decided is shown to so many, the newest. */
const mostShown = 1000;
/** The chains are asked about so many accounts, the newest, and about so many at once. */
const mostAccounts = 500;
const atOnce = 8;

const sides = ["storage", "shared"] as const;

export class DeskForOfficers implements OfficersDesk {
  private readonly options: Pick<DeskOptions, "chains" | "accounts" | "keyStore">;
  private readonly desk: Desk;
  private readonly book: DecisionBook;
  private turn: Promise<unknown> = Promise.resolve();

  private constructor(options: DeskOptions, desk: Desk, book: DecisionBook) {
    this.options = options;
    this.desk = desk;
    this.book = book;
  }

  /** `options` are those that `desk` was opened with. */
  static async open(options: DeskOptions, desk: Desk): Promise<DeskForOfficers> {
    return new DeskForOfficers(options, desk, await DecisionBook.open(options.keyStore));
  }

  requests(all: boolean): DeskRequest[] {
    const waiting = this.desk.requests();
    if (!all) return waiting.map(requestOf);
    const decided = this.desk.requests(true).filter(({ state }) => state !== "pending");
    return [...decided.slice(-mostShown), ...waiting].sort((a, b) => a.received - b.received).map(requestOf);
  }

  async certificates(): Promise<IssuedCertificate[]> {
    const registries = sides.map((side) => new AttributeRegistry(this.options.chains[side]));
    const issued = this.desk
      .requests(true)
      .flatMap((review) =>
        review.kind === "enrolment" && review.certificate !== undefined
          ? [{ subject: review.subject, issued: review.decided ?? 0, certificate: review.certificate }]
          : [],
      );
    return inParts(issued.slice(-mostShown), async ({ certificate, ...known }) => {
      const { fingerprint, notAfter } = describeCertificate(unhex(certificate));
      const revoked = await Promise.all(
        registries.map((registry) => registry.certificateRevoked(unhex(fingerprint))),
      );
      return {
        ...known,
        fingerprint,
        notAfter: Math.floor(notAfter.getTime() / 1000),
        revoked: revoked.includes(true),
      };
    });
  }

  async attestations(): Promise<AttestedAccount[]> {
    const accounts = (await new Approvals(this.options.keyStore).accounts()).slice(0, mostAccounts);
    const found = await inParts(accounts, (account) => this.attestedTo(account));
    return found.filter(({ attributes }) => attributes.length > 0);
  }

  decisions(): DeskDecision[] {
    return this.book
      .list()
      .flatMap((kept) => ("decision" in kept ? [{ ...kept.decision, time: kept.time, done: kept.done }] : []))
      .slice(-mostShown)
      .reverse();
  }

  async noteSession(session: SignedSession): Promise<void> {
    await this.book.add({ opened: session, time: now(), done: true });
  }

  /** One at a time: nothing is decided twice because two decide at once. */
  decide(decision: SignedDecision): Promise<DeskOutcome> {
    const outcome = this.turn.then(() => this.act(decision));
    this.turn = outcome.catch(() => undefined);
    return outcome;
  }

  private async act(decision: SignedDecision): Promise<DeskOutcome> {
    const kept: KeptOrder = { decision, time: now(), done: false };
    const number = await this.book.add(kept);
    const outcome = await this.carryOut(decision);
    await this.book.finish(number);
    return outcome;
  }

  private async carryOut(decision: SignedDecision): Promise<DeskOutcome> {
    const { desk } = this;
    const { officer } = decision;
    switch (decision.kind) {
      case "approve": {
        const { account, attributes } = decision;
        this.demandSame(
          decision.request,
          (review) =>
            review.kind === "application" &&
            review.account.toLowerCase() === account.toLowerCase() &&
            sameTexts(review.attributes, attributes),
        );
        demandLater(decision.until);
        const { sent } = await desk.approve(decision.request, decision.until, false, officer);
        return { transactions: sent.map(({ hash }) => hash) };
      }
      case "certify":
        this.demandSame(decision.request, (review) => {
          const asked = requestOf(review);
          return (
            asked.kind === "enrolment" &&
            asked.subject === decision.subject &&
            asked.requestHash === decision.requestHash
          );
        });
        demandLater(decision.until);
        await desk.certify(decision.request, decision.until, officer);
        return { transactions: [] };
      case "refuse":
        this.demandSame(decision.request, () => true);
        await desk.refuse(decision.request, decision.reason, officer);
        return { transactions: [] };
      case "revoke-attributes": {
        const { sent } = await desk.revoke(decision.account, decision.attributes);
        return { transactions: sent.map(({ hash }) => hash) };
      }
      case "revoke-certificate": {
        const { sent } = await desk.revokeCertificate(decision.fingerprint, false, officer);
        return { transactions: sent.map(({ hash }) => hash) };
      }
    }
  }

  /** What was signed names all that is decided on: the desk must hold just that. */
  private demandSame(id: string, isSame: (review: KeptReview) => boolean): void {
    const review = this.desk.requests(true).find((each) => each.id === id);
    if (review === undefined || !isSame(review))
      throw new DiptychError(
        "application-unknown",
        "The desk has no request like the one that was signed for: read the list again.",
      );
  }

  private async attestedTo(account: Address): Promise<AttestedAccount> {
    const expiries = new Map<string, Partial<Record<Side, number>>>();
    await Promise.all(
      sides.map(async (side) => {
        const { chains, accounts } = this.options;
        const own = accounts[side].address.toLowerCase();
        for (const { text, authority, expiry } of await new AttributeRegistry(chains[side]).attestations(
          account,
        ))
          if (authority.toLowerCase() === own) expiries.set(text, { ...expiries.get(text), [side]: expiry });
      }),
    );
    const attributes = [...expiries].map(([text, expiry]) => ({ text, expiry }));
    return { account, attributes };
  }
}

function requestOf(review: KeptReview): DeskRequest {
  const { id, state, reason, evidence, received, decided, decidedBy } = review;
  const common = {
    ...{ id, state, reason, evidence, received },
    ...(decided === undefined ? {} : { decided }),
    ...(decidedBy === undefined ? {} : { decidedBy }),
  };
  if (review.kind === "application")
    return { ...common, kind: review.kind, account: review.account, attributes: review.attributes };
  const { subject } = review;
  if (review.kind === "revocation")
    return { ...common, kind: review.kind, subject, fingerprint: review.fingerprint };
  return { ...common, kind: review.kind, subject, requestHash: hex(sha256(unhex(review.request))) };
}

/** Does it for all, a few at once. */
async function inParts<From, To>(list: readonly From[], act: (each: From) => Promise<To>): Promise<To[]> {
  const made: To[] = [];
  for (let i = 0; i < list.length; i += atOnce)
    made.push(...(await Promise.all(list.slice(i, i + atOnce).map(act))));
  return made;
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i]);
}

function demandLater(until: number): void {
  if (until <= now())
    throw new DiptychError("service-refused", "That time has passed: decide until a later one.");
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}
