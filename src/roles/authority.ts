/** The certification authority: certifies doctors, attests requesters' attributes on both chains, makes attribute keys. */
import {
  decodeMasterKey,
  decodePublicKey,
  encodeMasterKey,
  encodePublicKey,
  encodeSecretKey,
  keygen,
  type MasterKey,
  type PublicKey,
  publicKeyHash,
  setup,
} from "../abe/index.ts";
import { hex, randomBytes, unhex } from "../core/bytes.ts";
import { Reader, Writer } from "../core/encoding.ts";
import { DiptychError } from "../core/errors.ts";
import type { Address, Chain, Side } from "../ledger/chain.ts";
import { AttributeRegistry } from "../ledger/registries.ts";
import type { Mined } from "../ledger/transactions.ts";
import { applicationMessage, checkSigner, keyRequestMessage } from "../ledger/typedData.ts";
import { attributeHash, idAttribute, parseAttribute } from "../policy/index.ts";
import {
  type CertificateAuthority,
  createCertificateAuthority,
  fingerprintOf,
  issueCertificate,
  printSubject,
  readRequest,
} from "../record/index.ts";
import { isPublicKey, sealTo } from "../seal/index.ts";
import { keyInfo } from "../services/keyInfo.ts";
import type { AuthorityDesk, ReviewState, SignedApplication, SignedKeyRequest } from "../services/wire.ts";
import { type AccountSource, signerOn } from "./account.ts";
import { type KeyStore, keep } from "./keyStore.ts";

export type AuthorityOptions = {
  /** Stands in the certificates and in what applicants sign. */
  name: string;
  keyStore: KeyStore;
  chains: Record<Side, Chain>;
  /** The account that holds the authority's role in each chain's attribute registry. */
  accounts: Record<Side, AccountSource>;
};

/** An application or enrolment that waits for a person, or has been decided. */
export type Review = {
  id: string;
  state: ReviewState;
  reason: string;
  /** What the applicant brings forward. */
  evidence: string;
} & (
  | { kind: "enrolment"; subject: string; request: Uint8Array; certificate: Uint8Array | undefined }
  | { kind: "application"; account: Address; attributes: string[] }
);

type ReviewOf<K extends Review["kind"]> = Extract<Review, { kind: K }>;

/** Undecided reviews that are kept; more are refused, so that a flood of applications can't fill the memory. */
const mostPending = 10_000;

const yearInSeconds = 365 * 24 * 3600;

type AuthorityKeys = {
  publicKey: PublicKey;
  publicKeyBytes: Uint8Array;
  masterKey: MasterKey;
  ca: CertificateAuthority;
};

export class Authority implements AuthorityDesk {
  readonly name: string;
  private readonly chains: Record<Side, Chain>;
  private readonly accounts: Record<Side, AccountSource>;
  private readonly publicKey: PublicKey;
  private readonly publicKeyBytes: Uint8Array;
  private readonly masterKey: MasterKey;
  private readonly ca: CertificateAuthority;
  private readonly reviews = new Map<string, Review>();
  private readonly usedNonces = new Map<string, number>();

  private constructor(options: AuthorityOptions, keys: AuthorityKeys) {
    this.name = options.name;
    this.chains = options.chains;
    this.accounts = options.accounts;
    this.publicKey = keys.publicKey;
    this.publicKeyBytes = keys.publicKeyBytes;
    this.masterKey = keys.masterKey;
    this.ca = keys.ca;
  }

  /** Opens an authority with the keys in its store, making and keeping them at the first time. */
  static async open(options: AuthorityOptions): Promise<Authority> {
    const abe = await keep(options.keyStore, "authority/abe", async () => {
      const { publicKey, masterKey } = await setup();
      return new Writer()
        .u8(1)
        .bytes(await encodePublicKey(publicKey))
        .bytes(await encodeMasterKey(masterKey))
        .finish();
    });
    const ca = await keep(options.keyStore, "authority/ca", async () => {
      const made = await createCertificateAuthority({ commonName: options.name });
      return new Writer().u8(1).bytes(made.certificate).bytes(made.privateKey).finish();
    });
    const [publicKey, masterKey] = readPair(abe);
    const [certificate, privateKey] = readPair(ca);
    return new Authority(options, {
      publicKey: await decodePublicKey(publicKey),
      publicKeyBytes: publicKey,
      masterKey: await decodeMasterKey(masterKey),
      ca: { certificate, privateKey },
    });
  }

  credentials() {
    return { name: this.name, abePublicKey: this.publicKeyBytes, certificateAuthority: this.ca.certificate };
  }

  /** Writes the hashes of its public key and certificate to both chains, where everybody compares them (F15). */
  async anchor(): Promise<Mined[]> {
    const anchor = {
      abePublicKeyHash: publicKeyHash(this.publicKey),
      caFingerprint: fingerprintOf(this.ca.certificate),
    };
    return this.onBoth((registry, signer) => registry.anchorAuthority(signer, anchor));
  }

  // What applicants bring in, over HTTP or by hand.

  enrol(request: Uint8Array, evidence: string): string {
    return this.take({ kind: "enrolment", subject: "", request, certificate: undefined, evidence });
  }

  enrolment(id: string) {
    const { state, reason, certificate } = this.review(id, "enrolment");
    return { state, reason, certificate };
  }

  apply(application: SignedApplication): string {
    const { side, account, signature, ...message } = application;
    this.checkRequest(message, side);
    checkSigner(applicationMessage, this.chains[side], message, signature, account);
    this.useNonce(message.nonce, message.expiry);
    const attributes = message.attributes.map(parseAttribute);
    return this.take({ kind: "application", account, attributes, evidence: message.evidence });
  }

  application(id: string) {
    const { state, reason } = this.review(id, "application");
    return { state, reason };
  }

  async issueKey(request: SignedKeyRequest): Promise<Uint8Array> {
    const { side, account, signature, ...message } = request;
    this.checkRequest(message, side);
    checkSigner(keyRequestMessage, this.chains[side], message, signature, account);
    if (!isPublicKey(unhex(message.hpkeKey)))
      throw new DiptychError(
        "signature-invalid",
        "The key request's HPKE key is not a point of P-256: make a new one.",
      );
    this.useNonce(message.nonce, message.expiry);
    const attributes = [idAttribute(account), ...(await this.attestedTo(account))];
    const secretKey = await keygen(this.publicKey, this.masterKey, attributes);
    return sealTo(
      unhex(message.hpkeKey),
      keyInfo(this.chains[side], account, message),
      await encodeSecretKey(secretKey),
    );
  }

  // What the authority's people decide.

  /** Everything that waits for a decision, oldest first. */
  pending(): Review[] {
    return [...this.reviews.values()].filter((review) => review.state === "pending");
  }

  /** Certifies a doctor whose request has been reviewed, for a year unless said; the certificate's DER. */
  async certify(id: string, validUntil = new Date(Date.now() + yearInSeconds * 1000)): Promise<Uint8Array> {
    const review = this.undecided(id, "enrolment");
    const { subject } = await readRequest(review.request);
    review.subject = printSubject(subject);
    review.certificate = await issueCertificate(this.ca, review.request, {
      notBefore: new Date(Date.now() - 60_000),
      notAfter: validUntil,
    });
    review.state = "approved";
    return review.certificate;
  }

  /** Attests what an application asks for on both chains, until `expiry` (Unix seconds; a year unless said). */
  async approve(id: string, expiry = Math.floor(Date.now() / 1000) + yearInSeconds): Promise<Mined[]> {
    const review = this.undecided(id, "application");
    const attributes = review.attributes.map((each) => attributeHash(parseAttribute(each)));
    const mined = await this.onBoth((registry, signer) =>
      registry.attest(signer, review.account, attributes, expiry),
    );
    review.state = "approved";
    return mined;
  }

  refuse(id: string, reason: string): void {
    const review = this.reviews.get(id);
    if (review?.state !== "pending") throw unknownReview();
    review.state = "refused";
    review.reason = reason;
  }

  /** Takes attributes back on both chains. Keys for them stay with their holder: it's sigma that no longer comes. */
  async revokeAttributes(account: Address, attributes: readonly string[]): Promise<Mined[]> {
    const hashes = attributes.map((each) => attributeHash(parseAttribute(each)));
    return this.onBoth((registry, signer) => registry.revoke(signer, account, hashes));
  }

  /** Revokes a doctor's certificate (DER) on both chains: its signatures count no longer, whatever their time. */
  async revokeCertificate(certificate: Uint8Array): Promise<Mined[]> {
    return this.onBoth((registry, signer) => registry.revokeCertificate(signer, fingerprintOf(certificate)));
  }

  private async attestedTo(account: Address): Promise<string[]> {
    const approved = [...this.reviews.values()].flatMap((review) =>
      review.kind === "application" &&
      review.state === "approved" &&
      review.account.toLowerCase() === account.toLowerCase()
        ? review.attributes
        : [],
    );
    const attributes = [...new Set(approved)];
    const hashes = attributes.map((each) => attributeHash(parseAttribute(each)));
    const held = await Promise.all(
      Object.values(this.chains).map((chain) => new AttributeRegistry(chain).holds(account, hashes)),
    );
    return attributes.filter((_, i) => held.some((each) => each[i] === true));
  }

  private async onBoth(
    act: (registry: AttributeRegistry, signer: Awaited<ReturnType<typeof signerOn>>) => Promise<Mined>,
  ): Promise<Mined[]> {
    const sides = ["storage", "shared"] as const;
    return Promise.all(
      sides.map(async (side) => {
        const chain = this.chains[side];
        return act(new AttributeRegistry(chain), await signerOn(this.accounts[side], chain));
      }),
    );
  }

  private checkRequest(message: { authority: string; expiry: number }, side: Side): void {
    const now = Date.now() / 1000;
    if (this.chains[side] === undefined || message.authority !== this.name)
      throw new DiptychError(
        "signature-invalid",
        `The message is not for this authority, ${this.name}: sign one for it.`,
      );
    if (message.expiry < now || message.expiry > now + 3600)
      throw new DiptychError(
        "signature-invalid",
        "The signed message has expired or is good for more than an hour: sign a new one.",
      );
  }

  private useNonce(nonce: string, expiry: number): void {
    const now = Date.now() / 1000;
    for (const [each, until] of this.usedNonces) {
      if (until >= now) break;
      this.usedNonces.delete(each);
    }
    if (this.usedNonces.has(nonce))
      throw new DiptychError(
        "signature-invalid",
        "This signed message has been used before: sign a new one.",
      );
    this.usedNonces.set(nonce, expiry);
  }

  private take(
    review:
      | Omit<ReviewOf<"enrolment">, "id" | "state" | "reason">
      | Omit<ReviewOf<"application">, "id" | "state" | "reason">,
  ): string {
    if (this.pending().length >= mostPending)
      throw new DiptychError(
        "rate-limited",
        "The authority has too many applications to review: try again later.",
      );
    const id = hex(randomBytes(16)).slice(2);
    this.reviews.set(id, { ...review, id, state: "pending", reason: "" });
    return id;
  }

  private review<K extends Review["kind"]>(id: string, kind: K): ReviewOf<K> {
    const review = this.reviews.get(id);
    if (review?.kind !== kind) throw unknownReview();
    return review as ReviewOf<K>;
  }

  private undecided<K extends Review["kind"]>(id: string, kind: K): ReviewOf<K> {
    const review = this.review(id, kind);
    if (review.state !== "pending") throw unknownReview();
    return review;
  }
}

function unknownReview(): DiptychError {
  return new DiptychError(
    "application-unknown",
    "There is no such application waiting: look at the list of pending ones.",
  );
}

function readPair(bytes: Uint8Array): [Uint8Array, Uint8Array] {
  const reader = new Reader(bytes, "key file of the authority").version(1);
  const pair: [Uint8Array, Uint8Array] = [reader.bytes(), reader.bytes()];
  reader.end();
  return pair;
}
