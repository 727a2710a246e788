/** The certification authority: certifies doctors, attests requesters' attributes on both chains, makes attribute keys. */
import type { Signer } from "ethers";
import { keygen, MasterKey, PublicKey, setup } from "../abe/index.ts";
import { equal, unhex } from "../core/bytes.ts";
import { Reader, Writer } from "../core/encoding.ts";
import { DiptychError } from "../core/errors.ts";
import { sha256 } from "../core/hash.ts";
import { AttributeRegistry, type AuthorityAnchor } from "../ledger/attributeRegistry.ts";
import type { Address, Chain, Side } from "../ledger/chain.ts";
import type { GovernedCall } from "../ledger/timelock.ts";
import type { Mined } from "../ledger/transactions.ts";
import { applicationMessage, checkSigner, keyRequestMessage } from "../ledger/typedData.ts";
import { demandOneValue, idAttribute, parseAttributes } from "../policy/index.ts";
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
import { UsedNonces } from "../services/usedNonces.ts";
import type { AuthorityDesk, SignedApplication, SignedKeyRequest } from "../services/wire.ts";
import { type AccountSource, signerOn } from "./account.ts";
import { Approvals } from "./approvals.ts";
import { type KeyStore, keep } from "./keyStore.ts";
import { type Review, Reviews } from "./reviews.ts";

/** Who the authority is, where its secrets lie, and the chains that it writes to. */
export type AuthorityOptions = {
  /** Stands in the certificates and in what applicants sign. */
  name: string;
  keyStore: KeyStore;
  chains: Record<Side, Chain>;
  /** The account that holds the authority's role in each chain's attribute registry. */
  accounts: Record<Side, AccountSource>;
};

const yearInSeconds = 365 * 24 * 3600;

type AuthorityKeys = {
  publicKey: PublicKey;
  publicKeyBytes: Uint8Array;
  masterKey: MasterKey;
  ca: CertificateAuthority;
};

/** The certification authority. */
export class Authority implements AuthorityDesk {
  readonly name: string;
  private readonly approvals: Approvals;
  private readonly chains: Record<Side, Chain>;
  private readonly accounts: Record<Side, AccountSource>;
  private readonly publicKey: PublicKey;
  private readonly publicKeyBytes: Uint8Array;
  private readonly masterKey: MasterKey;
  private readonly ca: CertificateAuthority;
  private readonly reviews = new Reviews();
  private readonly usedNonces = new UsedNonces(100_000);

  private constructor(options: AuthorityOptions, keys: AuthorityKeys) {
    this.name = options.name;
    this.approvals = new Approvals(options.keyStore);
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
      return new Writer().u8(1).bytes(publicKey.toBytes()).bytes(masterKey.toBytes()).finish();
    });
    const ca = await keep(options.keyStore, "authority/ca", async () => {
      const made = await createCertificateAuthority({ commonName: options.name });
      return new Writer().u8(1).bytes(made.certificate).bytes(made.privateKey).finish();
    });
    const [publicKey, masterKey] = readPair(abe);
    const [certificate, privateKey] = readPair(ca);
    return new Authority(options, {
      publicKey: await PublicKey.fromBytes(publicKey),
      publicKeyBytes: publicKey,
      masterKey: await MasterKey.fromBytes(masterKey),
      ca: { certificate, privateKey },
    });
  }

  credentials() {
    return { name: this.name, abePublicKey: this.publicKeyBytes, certificateAuthority: this.ca.certificate };
  }

  /**
   * Writes the hashes of its public key and certificate to both chains, where everybody compares them (F15), if they don't stand
   * there yet. Where other ones stand only the consortium can change them: see `anchorCalls`.
   */
  async anchor(): Promise<Mined[]> {
    const anchor = this.ownAnchor();
    return this.onBoth(async (registry, signer) => {
      const standing = await registry.anchor();
      return isSameAnchor(standing, anchor) ? undefined : registry.anchorAuthority(signer, anchor);
    });
  }

  /**
   * What the consortium schedules in each chain's timelock, and executes after its delay, to have this authority's keys anchored in
   * place of those that stand.
   */
  anchorCalls(): Record<Side, GovernedCall> {
    const call = (side: Side) => new AttributeRegistry(this.chains[side]).anchorCall(this.ownAnchor());
    return { storage: call("storage"), shared: call("shared") };
  }

  /** Anchors the SHA-256 of a certificate revocation list on both chains, at once: a delay would go on trusting a stolen key. */
  async anchorRevocationList(list: Uint8Array): Promise<Mined[]> {
    const hash = sha256(list);
    return this.onBoth((registry, signer) => registry.anchorRevocationList(signer, hash));
  }

  private ownAnchor(): AuthorityAnchor {
    return { abePublicKeyHash: this.publicKey.hash, caFingerprint: fingerprintOf(this.ca.certificate) };
  }

  // What applicants bring in, over HTTP or by hand.

  async enrol(request: Uint8Array, evidence: string): Promise<string> {
    const { subject } = await readRequest(request);
    return this.reviews.take({
      kind: "enrolment",
      subject: printSubject(subject),
      request,
      certificate: undefined,
      evidence,
    });
  }

  enrolment(id: string) {
    const { state, reason, certificate } = this.reviews.get(id, "enrolment");
    return { state, reason, certificate };
  }

  async apply(application: SignedApplication): Promise<string> {
    const { side, account, signature, ...message } = application;
    this.checkRequest(message, side);
    checkSigner(applicationMessage, this.chains[side], message, signature, account);
    this.usedNonces.take(account, message.nonce, message.expiry);
    const attributes = parseAttributes(message.attributes);
    demandOneValue(attributes);
    // Everybody holds their own `id:`, and nobody else's: it names people in exceptions to a policy.
    if (attributes.some((each) => each.startsWith("id:")))
      throw new DiptychError(
        "attribute-invalid",
        "Attributes that start with id: can't be applied for: every account has its own.",
      );
    return this.reviews.take({ kind: "application", account, attributes, evidence: message.evidence });
  }

  application(id: string) {
    const { state, reason } = this.reviews.get(id, "application");
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
    this.usedNonces.take(account, message.nonce, message.expiry);
    const attributes = [idAttribute(account), ...(await this.attestedTo(account))];
    const secretKey = await keygen(this.publicKey, this.masterKey, attributes);
    return sealTo(unhex(message.hpkeKey), keyInfo(this.chains[side], account, message), secretKey.toBytes());
  }

  // What the authority's people decide.

  /** Everything that waits for a decision, oldest first. */
  pending(): Review[] {
    return this.reviews.pending();
  }

  /** Certifies a doctor whose request has been reviewed, for a year unless said; the certificate's DER. */
  async certify(id: string, validUntil = new Date(Date.now() + yearInSeconds * 1000)): Promise<Uint8Array> {
    const review = this.reviews.undecided(id, "enrolment");
    review.certificate = await issueCertificate(this.ca, review.request, {
      notBefore: new Date(Date.now() - 60_000),
      notAfter: validUntil,
    });
    review.state = "approved";
    return review.certificate;
  }

  /** Attests what an application asks for on both chains, until `expiry` (Unix seconds; a year unless said). */
  async approve(id: string, expiry = Math.floor(Date.now() / 1000) + yearInSeconds): Promise<Mined[]> {
    const review = this.reviews.undecided(id, "application");
    const mined = await this.onBoth((registry, signer) =>
      registry.attest(signer, review.account, review.attributes, expiry),
    );
    await this.approvals.keep(review.account, review.attributes);
    review.state = "approved";
    return mined;
  }

  /** Refuses an enrolment or application; whoever asks for its state reads the reason. */
  refuse(id: string, reason: string): void {
    this.reviews.refuse(id, reason);
  }

  /**
   * Takes attributes back on both chains; what is taken back already is passed over. Keys for them stay with their holder: it's
   * sigma that no longer comes.
   */
  async revokeAttributes(account: Address, attributes: readonly string[]): Promise<Mined[]> {
    return this.onBoth(async (registry, signer) => {
      const held = await registry.holds(account, attributes);
      const left = attributes.filter((_, i) => held[i] === true);
      return left.length === 0 ? undefined : registry.revoke(signer, account, left);
    });
  }

  /** Revokes a doctor's certificate (DER) on both chains: its signatures count no longer, whatever their time. */
  async revokeCertificate(certificate: Uint8Array): Promise<Mined[]> {
    const fingerprint = fingerprintOf(certificate);
    return this.onBoth(async (registry, signer) =>
      (await registry.certificateRevoked(fingerprint))
        ? undefined
        : registry.revokeCertificate(signer, fingerprint),
    );
  }

  /** What was approved for an account and is attested to it on a chain now. */
  private async attestedTo(account: Address): Promise<string[]> {
    const attributes = await this.approvals.of(account);
    const held = await Promise.all(
      Object.values(this.chains).map((chain) => new AttributeRegistry(chain).holds(account, attributes)),
    );
    return attributes.filter((_, i) => held.some((each) => each[i] === true));
  }

  /** Acts on both chains; when one fails the other is done all the same, and calling again does what is left. */
  private async onBoth(
    act: (registry: AttributeRegistry, signer: Signer) => Promise<Mined | undefined>,
  ): Promise<Mined[]> {
    const outcomes = await Promise.allSettled(
      (["storage", "shared"] as const).map(async (side) => {
        const chain = this.chains[side];
        return act(new AttributeRegistry(chain), await signerOn(this.accounts[side], chain));
      }),
    );
    const failed = outcomes.find((each) => each.status === "rejected");
    if (failed !== undefined) throw failed.reason;
    return outcomes.flatMap((each) =>
      each.status === "fulfilled" && each.value !== undefined ? [each.value] : [],
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
}

function isSameAnchor(a: AuthorityAnchor, b: AuthorityAnchor): boolean {
  return equal(a.abePublicKeyHash, b.abePublicKeyHash) && equal(a.caFingerprint, b.caFingerprint);
}

function readPair(bytes: Uint8Array): [Uint8Array, Uint8Array] {
  const reader = new Reader(bytes, "key file of the authority").version(1);
  const pair: [Uint8Array, Uint8Array] = [reader.bytes(), reader.bytes()];
  reader.end();
  return pair;
}
