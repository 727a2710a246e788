/** The authority's desk, seen from an officer with a wallet. */
import type { Signer } from "ethers";
import { exchangeJson } from "../cloud/http.ts";
import { hex, randomBytes } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import type { Address, ChainAddresses } from "../ledger/chain.ts";
import {
  type DecisionKind,
  type DeskDecisions,
  type DeskOrder,
  decisionMessages,
  openDeskMessage,
} from "../ledger/deskMessages.ts";
import { type MessageKind, signMessage } from "../ledger/typedData.ts";
import type {
  AttestedAccount,
  DeskDecision,
  DeskOutcome,
  DeskRequest,
  IssuedCertificate,
} from "./deskWire.ts";

/** Where a desk is, and as whom to work at it. */
export type DeskAccess = {
  /** URL of the authority's service. */
  url: string;
  /** The officer's wallet. */
  signer: Signer;
  /** The chain that the wallet signs for; either. */
  chain: ChainAddresses;
  /** The authority's name: `AuthorityClient.credentials` tells it, and what the chains anchor shows that it's this one's. */
  authority: string;
};

/** Messages are good for so many seconds; less than the most that a desk takes, since clocks differ. */
const lifetime = 840;
/** A decision waits for both chains, in milliseconds. */
const patience = 180_000;
/** Lists at a desk may be long: 64 MiB. */
const answerLimit = 1 << 26;

/**
 * An officer's open desk. Reading asks the wallet for nothing more, each decision has it sign one message that says all. Every method
 * throws `service-unreachable`, `service-refused`, `service-answer-invalid` or a code that the service passes on; reading `session-ended`
 * once `until` is past.
 */
export class AuthorityDeskClient {
  readonly officer: Address;
  /** When reading ends, in Unix seconds. */
  readonly until: number;
  private readonly access: DeskAccess;
  private readonly token: string;

  private constructor(access: DeskAccess, officer: Address, opened: { token: string; until: number }) {
    this.access = access;
    this.officer = officer;
    this.token = opened.token;
    this.until = opened.until;
  }

  /** Opens the desk: the wallet signs once. @throws DiptychError `signature-refused`, `not-officer` */
  static async open(given: DeskAccess): Promise<AuthorityDeskClient> {
    const access = { ...given, url: given.url.replace(/\/$/, "") };
    const officer = await access.signer.getAddress();
    const opened = await ask(access, "sessions", { body: await signed(access, openDeskMessage, {}) });
    const { token, until } = opened;
    if (typeof token !== "string" || typeof until !== "number") throw strange();
    return new AuthorityDeskClient(access, officer, { token, until });
  }

  /** What waits for a decision, or everything, oldest first. */
  requests(state: "pending" | "all" = "pending"): Promise<DeskRequest[]> {
    return this.read(`requests?state=${state}`);
  }

  /** Certificates that the authority has issued. */
  certificates(): Promise<IssuedCertificate[]> {
    return this.read("certificates");
  }

  /** What the authority's attestations on both chains are now, by account. */
  attestations(): Promise<AttestedAccount[]> {
    return this.read("attestations");
  }

  /** What officers have decided, newest first. */
  decisions(): Promise<DeskDecision[]> {
    return this.read("decisions");
  }

  /** Attests what an application asks for on both chains, until `until` (Unix seconds). @throws DiptychError `application-unknown` when it isn't what the desk has, or was decided */
  approve({ id, ...asked }: DeskRequest, until: number): Promise<DeskOutcome> {
    if (asked.kind !== "application")
      throw new DiptychError("argument-invalid", "Only applications are approved; certify an enrolment.");
    const { account, attributes } = asked;
    return this.decide("approve", { request: id, account, attributes, until });
  }

  /** Certifies an enrolled doctor's key until `until` (Unix seconds). @throws as `approve` */
  certify({ id, ...asked }: DeskRequest, until: number): Promise<DeskOutcome> {
    if (asked.kind !== "enrolment")
      throw new DiptychError("argument-invalid", "Only enrolments are certified; approve an application.");
    const { subject, requestHash } = asked;
    return this.decide("certify", { request: id, subject, requestHash, until });
  }

  /** Refuses what was handed in; its applicant reads the reason. @throws as `approve` */
  refuse({ id }: DeskRequest, reason: string): Promise<DeskOutcome> {
    return this.decide("refuse", { request: id, reason });
  }

  /** Takes attributes of an account back on both chains; what is taken back already is passed over. */
  revokeAttributes(account: Address, attributes: readonly string[]): Promise<DeskOutcome> {
    return this.decide("revoke-attributes", { account, attributes: [...attributes] });
  }

  /** Revokes a certificate on both chains, for good; grants the wish of a doctor who asked for it. */
  revokeCertificate(fingerprint: string): Promise<DeskOutcome> {
    return this.decide("revoke-certificate", { fingerprint });
  }

  /** Ends the session at the service. */
  async close(): Promise<void> {
    await ask(this.access, "sessions", { method: "DELETE", headers: this.bearer() });
  }

  private async decide<K extends DecisionKind>(kind: K, what: DeskDecisions[K]): Promise<DeskOutcome> {
    const message = await signed(this.access, decisionMessages[kind] as MessageKind<DeskOrder>, what);
    const { transactions } = await ask(this.access, "decisions", {
      body: { kind, ...message },
      timeout: patience,
    });
    if (!Array.isArray(transactions)) throw strange();
    return { transactions: transactions as string[] };
  }

  private async read<T>(path: string): Promise<T[]> {
    const answer = await ask(this.access, path, { headers: this.bearer(), limit: answerLimit });
    const list = answer[path.split("?")[0]!];
    if (!Array.isArray(list)) throw strange();
    return list as T[];
  }

  private bearer(): Record<string, string> {
    return { authorization: `Bearer ${this.token}` };
  }
}

/** An officer's message about `what`, signed, as it travels. */
async function signed(
  { signer, chain, authority }: DeskAccess,
  kind: MessageKind<DeskOrder>,
  what: object,
): Promise<Record<string, unknown>> {
  const expiry = Math.floor(Date.now() / 1000) + lifetime;
  const message = { authority, ...what, nonce: hex(randomBytes(32)), expiry };
  const signature = await signMessage(signer, kind, chain, message);
  return { ...message, side: chain.side, officer: await signer.getAddress(), signature };
}

function ask(
  { url }: DeskAccess,
  path: string,
  more: Omit<Parameters<typeof exchangeJson>[0], "service" | "url">,
): Promise<Record<string, unknown>> {
  return exchangeJson({ service: "the authority", url: `${url}/v1/desk/${path}`, ...more });
}

function strange(): DiptychError {
  return new DiptychError(
    "service-answer-invalid",
    "The authority's answer isn't one of a desk: is this a Diptych authority?",
  );
}
