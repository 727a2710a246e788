/** Who may work at the authority's desk over HTTP: officers by their wallets. Reading takes a session, deciding a signature each time. */
import { equal, hex, randomBytes, unhex } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import { sha256 } from "../core/hash.ts";
import type { Address, Chain, Side } from "../ledger/chain.ts";
import { type DeskOrder, decisionMessages, openDeskMessage } from "../ledger/deskMessages.ts";
import { checkSigner, type MessageKind } from "../ledger/typedData.ts";
import { Allowance } from "./allowance.ts";
import type { DeskOutcome, OfficersDesk, SignedDecision, SignedSession } from "./deskWire.ts";

/** An officer's message is good for so many seconds at most, and so is a session. */
export const longestOrder = 900;
/**
 * What an officer may have written down in an hour: openings of the desk and decisions, carried out or not. Each takes a look at
 * what is decided on and a signature in a wallet, so nobody at work comes near a decision every twelve seconds; and whoever has
 * an officer's key to play with needs days to have the others' decisions forgotten, of which the desk keeps ten thousand.
 */
const mostInAnHour = { openings: 60, decisions: 300 };
/** Sessions at a time; the oldest end first. */
const mostSessions = 256;

/** `officers`: the accounts that may; on either chain. */
export type OfficersOptions = {
  /** The authority's name. */
  name: string;
  chains: Record<Side, Chain>;
  officers: readonly Address[];
  desk: OfficersDesk;
  /** Decisions of one officer in an hour; 300 unless said. */
  decisionsPerHour?: number;
};

type Session = { officer: Address; until: number; tokenHash: Uint8Array };

/** Lets officers, and nobody else, read at a desk and decide. */
export class Officers {
  readonly desk: OfficersDesk;
  private readonly name: string;
  private readonly chains: Record<Side, Chain>;
  private readonly officers: ReadonlySet<string>;
  private sessions: Session[] = [];
  private readonly openings = new Allowance(mostInAnHour.openings, 3600);
  private readonly decisions: Allowance;

  constructor({ name, chains, officers, desk, decisionsPerHour }: OfficersOptions) {
    this.name = name;
    this.chains = chains;
    this.officers = new Set(officers.map((each) => each.toLowerCase()));
    this.desk = desk;
    this.decisions = new Allowance(decisionsPerHour ?? mostInAnHour.decisions, 3600);
  }

  /**
   * Opens a session for reading, which ends when the message expires.
   *
   * @throws DiptychError `signature-invalid`, `not-officer`, `rate-limited`
   */
  async open(session: SignedSession): Promise<{ token: string; until: number }> {
    const { side, officer, signature, ...message } = session;
    this.demandSigned(openDeskMessage, session, message);
    demandRoom(this.openings, officer);
    await this.desk.noteSession({ ...message, side, officer, signature });
    const token = randomBytes(32);
    this.dropEnded();
    this.sessions.splice(0, this.sessions.length - mostSessions + 1);
    this.sessions.push({ officer, until: message.expiry, tokenHash: sha256(token) });
    return { token: hex(token), until: message.expiry };
  }

  /** Who reads with this token (32 bytes in hex). @throws DiptychError `session-ended` */
  demandSession(token: string): Address {
    this.dropEnded();
    const wanted = sha256(unhex(token));
    // All are looked at, each in the same time: how long it takes tells nothing of any token.
    let found: Session | undefined;
    for (const session of this.sessions) if (equal(session.tokenHash, wanted)) found = session;
    if (found === undefined) throw sessionEnded();
    return found.officer;
  }

  /** Ends a session; nothing happens when there is none of that token. */
  close(token: string): void {
    const wanted = sha256(unhex(token));
    this.sessions = this.sessions.filter(({ tokenHash }) => !equal(tokenHash, wanted));
  }

  /** Has a decision carried out. @throws DiptychError `signature-invalid`, `not-officer`, `rate-limited`, or what the desk throws */
  async decide(decision: SignedDecision): Promise<DeskOutcome> {
    const { kind, side: _side, officer, signature: _signature, ...message } = decision;
    this.demandSigned(decisionMessages[kind] as MessageKind<DeskOrder>, decision, message);
    demandRoom(this.decisions, officer);
    return this.desk.decide(decision);
  }

  private demandSigned(
    kind: MessageKind<DeskOrder>,
    { side, officer, signature }: { side: Side; officer: Address; signature: string },
    message: DeskOrder,
  ): void {
    const now = Date.now() / 1000;
    if (message.authority !== this.name)
      throw new DiptychError(
        "signature-invalid",
        `The message is not for this authority, ${this.name}: sign one for it.`,
      );
    if (message.expiry < now || message.expiry > now + longestOrder)
      throw new DiptychError(
        "signature-invalid",
        `The signed message has expired or is good for more than ${longestOrder / 60} minutes: set the clock, sign a new one.`,
      );
    checkSigner(kind, this.chains[side], message, signature, officer);
    if (!this.officers.has(officer.toLowerCase()))
      throw new DiptychError(
        "not-officer",
        `${officer} is no officer of this authority: sign with an officer's account, or have its operator add this one.`,
      );
  }

  private dropEnded(): void {
    const now = Date.now() / 1000;
    this.sessions = this.sessions.filter(({ until }) => until >= now);
  }
}

/** To be called after the signature was checked: nobody uses up what is an officer's. */
function demandRoom(allowance: Allowance, officer: Address): void {
  const wait = allowance.take(officer.toLowerCase(), 1);
  if (wait > 0)
    throw new DiptychError(
      "rate-limited",
      `This officer's account has signed more than the desk takes in an hour: try again in ${wait} s, and see who holds its key.`,
    );
}

/** What is thrown for a token that opens nothing. */
export function sessionEnded(): DiptychError {
  return new DiptychError(
    "session-ended",
    "The session at the desk has ended, or there was none: open the desk again, which takes one signature.",
  );
}
