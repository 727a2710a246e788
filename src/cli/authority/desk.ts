/**
 * The desk of an authority: takes in what doctors and requesters bring, keeps it, and carries out what the authority's people
 * decide. The authority behind it checks, certifies and makes keys.
 */
import type { BaseWallet } from "ethers";
import { PublicKey } from "../../abe/index.ts";
import { equal, hex, unhex } from "../../core/bytes.ts";
import { DiptychError } from "../../core/errors.ts";
import { AttributeRegistry } from "../../ledger/attributeRegistry.ts";
import type { Address, Chain, Side } from "../../ledger/chain.ts";
import type { Mined } from "../../ledger/transactions.ts";
import { demandOneValue, parseAttributes } from "../../policy/index.ts";
import { fingerprintOf, printSubject, readRequest } from "../../record/index.ts";
import { type AccountSource, signerOn } from "../../roles/account.ts";
import { Approvals } from "../../roles/approvals.ts";
import { Authority } from "../../roles/authority.ts";
import type { KeyStore } from "../../roles/keyStore.ts";
import type { AuthorityDesk, SignedApplication, SignedKeyRequest } from "../../services/wire.ts";
import { DryRun, type Estimate } from "../frame/dryRun.ts";
import { type KeptReview, ReviewBook } from "./reviewBook.ts";
import { readRevocation } from "./revocationRequest.ts";

/** What a desk works with. */
export type DeskOptions = {
  /** The authority's name, as certificates bear it. */
  name: string;
  keyStore: KeyStore;
  chains: Record<Side, Chain>;
  accounts: Record<Side, BaseWallet>;
};

/** A transaction that a decision took. */
export type Sent = { hash: string; gas: bigint; block: number };

/** What a decision on the chains came to: what was sent, or, in a dry run, what would be. */
export type Acted = { sent: Sent[]; estimates?: Estimate[] };

/** Where an authority stands; bytes in hex. */
export type About = {
  name: string;
  certificate: string;
  fingerprint: string;
  abePublicKeyHash: string;
  accounts: Record<Side, Address>;
  /** Whether each chain anchors this authority's keys. */
  anchored: Record<Side, boolean>;
  pending: number;
};

const sides = ["storage", "shared"] as const;

/** One authority's desk. Whoever opens it holds the lock of the authority's role. */
export class Desk implements AuthorityDesk {
  private readonly options: DeskOptions;
  private readonly authority: Authority;
  private readonly book: ReviewBook;
  private readonly approvals: Approvals;

  private constructor(options: DeskOptions, authority: Authority, book: ReviewBook) {
    this.options = options;
    this.authority = authority;
    this.book = book;
    this.approvals = new Approvals(options.keyStore);
  }

  /** Opens a desk over the keys in its store, making and keeping them at the first time. */
  static async open(options: DeskOptions): Promise<Desk> {
    return new Desk(options, await Authority.open(options), await ReviewBook.open(options.keyStore));
  }

  // What doctors and requesters bring, over HTTP.

  credentials() {
    return this.authority.credentials();
  }

  async enrol(request: Uint8Array, evidence: string): Promise<string> {
    const { subject: name, spki } = await readRequest(request);
    const subject = printSubject(name);
    const ending = readRevocation(evidence);
    if (ending !== undefined) await this.demandIssuedTo(ending.fingerprint, spki);
    const { id, kept } = this.book.take(
      ending === undefined
        ? { kind: "enrolment", subject, request: hex(request), evidence }
        : { kind: "revocation", subject, fingerprint: ending.fingerprint, evidence: ending.reason },
    );
    await kept;
    return id;
  }

  enrolment(id: string) {
    const review = this.book.get(id, "enrolment", "revocation");
    const { state, reason } = review;
    const certificate = review.kind === "enrolment" ? review.certificate : undefined;
    return { state, reason, certificate: certificate === undefined ? undefined : unhex(certificate) };
  }

  async apply(application: SignedApplication): Promise<string> {
    // The authority checks signature, nonce and attributes; the review itself lies here, where it outlives the process.
    this.authority.refuse(await this.authority.apply(application), "");
    const { account, evidence } = application;
    const attributes = parseAttributes(application.attributes);
    const { id, kept } = this.book.take({ kind: "application", account, attributes, evidence });
    await kept;
    return id;
  }

  application(id: string) {
    const { state, reason } = this.book.get(id, "application");
    return { state, reason };
  }

  issueKey(request: SignedKeyRequest): Promise<Uint8Array> {
    return this.authority.issueKey(request);
  }

  // What the authority's people do.

  /** Who this authority is, and whether the chains anchor it. */
  async about(): Promise<About> {
    const { name, certificateAuthority } = this.credentials();
    const { storage, shared } = this.options.accounts;
    const own = this.authority.anchorCalls();
    const anchored = await Promise.all(
      sides.map(async (side) => {
        const registry = new AttributeRegistry(this.options.chains[side]);
        return registry.anchorCall(await registry.anchor()).data === own[side].data;
      }),
    );
    return {
      name,
      certificate: hex(certificateAuthority),
      fingerprint: hex(fingerprintOf(certificateAuthority)),
      abePublicKeyHash: await this.abePublicKeyHash(),
      accounts: { storage: storage.address, shared: shared.address },
      anchored: { storage: anchored[0]!, shared: anchored[1]! },
      pending: this.book.list("pending").length,
    };
  }

  /** Writes the authority's keys to both chains, where none stand yet. */
  async anchor(dryRun = false): Promise<Acted> {
    return this.acting(dryRun, (authority) => authority.anchor());
  }

  /** What waits for a decision, or everything, oldest first. */
  requests(all = false): KeptReview[] {
    return this.book.list(all ? undefined : "pending");
  }

  /** One of them, by its id, how it begins, or "next" for the oldest that waits (of a kind, where one is given). */
  request(id: string, kind?: KeptReview["kind"]): KeptReview {
    return this.book.find(id, kind);
  }

  /** Attests what an application asks for on both chains, until `expiry` (Unix seconds). */
  async approve(id: string, expiry: number, dryRun = false, officer?: Address): Promise<Acted> {
    const review = this.book.undecided(id, "application");
    const acted = await this.attest(review.account, review.attributes, expiry, dryRun);
    if (!dryRun) await this.book.decide(review, { state: "approved" }, officer);
    return acted;
  }

  /** Refuses an enrolment or application; its applicant reads the reason. */
  async refuse(id: string, reason: string, officer?: Address): Promise<KeptReview> {
    const review = this.book.find(id);
    await this.book.decide(review, { state: "refused", reason }, officer);
    return this.book.find(review.id);
  }

  /** Certifies a doctor whose enrolment has been reviewed, until `until` (Unix seconds); the certificate's DER in hex. */
  async certify(id: string, until: number, officer?: Address): Promise<string> {
    const review = this.book.undecided(id, "enrolment");
    const passing = await this.authority.enrol(unhex(review.request), review.evidence);
    const certificate = hex(await this.authority.certify(passing, new Date(until * 1000)));
    await this.book.decide(review, { state: "approved", certificate }, officer);
    return certificate;
  }

  /** Attests attributes to an account on both chains, until `expiry` (Unix seconds), without an application. */
  async attest(account: Address, texts: readonly string[], expiry: number, dryRun = false): Promise<Acted> {
    const attributes = parseAttributes(texts);
    demandOneValue(attributes);
    if (attributes.length === 0 || attributes.some((each) => each.startsWith("id:")))
      throw new DiptychError(
        "attribute-invalid",
        "Name one attribute or more, none of which starts with id:, since every account has its own.",
      );
    if (expiry * 1000 <= Date.now())
      throw new DiptychError("usage", "That time has passed: attest until a later one.");
    const acted = await this.onBoth(dryRun, (registry, signer) =>
      registry.attest(signer, account, attributes, expiry),
    );
    if (!dryRun) await this.approvals.keep(account, attributes);
    return acted;
  }

  /** Takes attributes back on both chains; what is taken back already is passed over. */
  async revoke(account: Address, texts: readonly string[], dryRun = false): Promise<Acted> {
    const attributes = parseAttributes(texts);
    return this.acting(dryRun, (authority) => authority.revokeAttributes(account, attributes));
  }

  /** Revokes a doctor's certificate (its fingerprint in hex) on both chains, for good. */
  async revokeCertificate(fingerprint: string, dryRun = false, officer?: Address): Promise<Acted> {
    const bytes = unhex(fingerprint);
    const acted = await this.onBoth(dryRun, async (registry, signer) =>
      (await registry.certificateRevoked(bytes)) ? undefined : registry.revokeCertificate(signer, bytes),
    );
    if (dryRun) return acted;
    for (const review of this.book.list("pending"))
      if (review.kind === "revocation" && review.fingerprint === fingerprint)
        await this.book.decide(review, { state: "approved" }, officer);
    return acted;
  }

  /** Certificates that this desk has issued: whom each names, and its fingerprint. */
  issued(): { subject: string; fingerprint: string; decided: number }[] {
    return this.book.list("approved").flatMap((review) =>
      review.kind === "enrolment" && review.certificate !== undefined
        ? [
            {
              subject: review.subject,
              fingerprint: hex(fingerprintOf(unhex(review.certificate))),
              decided: review.decided ?? 0,
            },
          ]
        : [],
    );
  }

  /** Resolves when all that was taken in is on disk. */
  settled(): Promise<void> {
    return this.book.settled();
  }

  /** An act of the authority itself, or what it would send. */
  private async acting(dryRun: boolean, act: (authority: Authority) => Promise<Mined[]>): Promise<Acted> {
    if (!dryRun) return { sent: (await act(this.authority)).map(sentOf) };
    const { chains, accounts } = this.options;
    const run = new DryRun(chains);
    const dry = { storage: run.account(accounts.storage), shared: run.account(accounts.shared) };
    const authority = await Authority.open({ ...this.options, accounts: dry });
    return { sent: [], estimates: await run.of(() => act(authority)) };
  }

  /** One call a chain. When one fails the other is done all the same, and the same again does what is left. */
  private async onBoth(
    dryRun: boolean,
    act: (
      registry: AttributeRegistry,
      signer: Awaited<ReturnType<typeof signerOn>>,
    ) => Promise<Mined | undefined>,
  ): Promise<Acted> {
    const { chains, accounts } = this.options;
    const send = async (sources: Record<Side, AccountSource>) => {
      const outcomes = await Promise.allSettled(
        sides.map(async (side) =>
          act(new AttributeRegistry(chains[side]), await signerOn(sources[side], chains[side])),
        ),
      );
      const failed = outcomes.find((each) => each.status === "rejected");
      if (failed !== undefined) throw failed.reason;
      return outcomes.flatMap((each) =>
        each.status === "fulfilled" && each.value !== undefined ? [sentOf(each.value)] : [],
      );
    };
    if (!dryRun) return { sent: await send(accounts) };
    const run = new DryRun(chains);
    const dry = { storage: run.account(accounts.storage), shared: run.account(accounts.shared) };
    return { sent: [], estimates: await run.of(() => send(dry)) };
  }

  /** Whoever asks for a certificate's end must hold its key, and it must be one of ours. */
  private async demandIssuedTo(fingerprint: string, spki: Uint8Array): Promise<void> {
    for (const review of this.book.list("approved")) {
      if (review.kind !== "enrolment" || review.certificate === undefined) continue;
      if (hex(fingerprintOf(unhex(review.certificate))) !== fingerprint) continue;
      if (equal((await readRequest(unhex(review.request))).spki, spki)) return;
    }
    throw new DiptychError(
      "application-unknown",
      "This authority has issued no certificate of that fingerprint for this key: tell the authority's people by other means.",
    );
  }

  private async abePublicKeyHash(): Promise<string> {
    return hex((await PublicKey.fromBytes(this.credentials().abePublicKey)).hash);
  }
}

function sentOf({ hash, gas, block }: Mined): Sent {
  return { hash, gas, block };
}
