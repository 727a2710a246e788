/** The requester (U): asks a ledger, has the index released, fetches, decrypts, verifies (paper, 5.2). */
import type { Signer } from "ethers";
import { checkSecretKey, decapsulate, SecretKey } from "../abe/index.ts";
import { type Blocks, type FetchOrder, GatewayClient } from "../cloud/gatewayClient.ts";
import { decodeManifest, parseManifestUrl } from "../cloud/manifest.ts";
import { hex, randomBytes, unhex } from "../core/bytes.ts";
import { Reader, Writer } from "../core/encoding.ts";
import { DiptychError } from "../core/errors.ts";
import { checkIndexWord } from "../ledger/accountSignature.ts";
import type { Address, Chain, Side } from "../ledger/chain.ts";
import type { Explanation } from "../ledger/explanation.ts";
import { IndexLedger } from "../ledger/indexLedger.ts";
import type { Decided } from "../ledger/request.ts";
import type { Mined } from "../ledger/transactions.ts";
import { applicationMessage, fetchMessage, keyRequestMessage, signMessage } from "../ledger/typedData.ts";
import { purposeNumber } from "../policy/index.ts";
import { capsuleContext, joinRecord } from "../record/index.ts";
import { generateKeyPair, type IndexPlaintext, open as openSealed } from "../seal/index.ts";
import { AuthorityClient } from "../services/authorityClient.ts";
import { type OpenedIndex, releaseIndex } from "../services/gateClient.ts";
import { keyInfo } from "../services/keyInfo.ts";
import { type AccountSource, demandAccount, signerOn } from "./account.ts";
import { type Credentials, fetchCredentials } from "./credentials.ts";
import type { KeyStore } from "./keyStore.ts";
import type { Opened } from "./opened.ts";
import { openView } from "./openView.ts";
import { fresh } from "./orders.ts";
import { type ActOptions, Course } from "./progress.ts";

/** Where the requester's secrets lie, the account that asks, and the chains and services to deal with. */
export type RequesterOptions = {
  keyStore: KeyStore;
  /** The chains this requester asks: one or both. */
  chains: Partial<Record<Side, Chain>>;
  account: AccountSource;
  /** The same account as each chain's own signer has it, where one signer can't serve both. */
  accounts?: Partial<Record<Side, AccountSource>>;
  /** URL of the authority. */
  authority: string;
  /** URL of the gateway. */
  gateway: string;
};

/** Seconds that a request asks for unless said otherwise: a day. */
const lifetime = 24 * 3600;

/** A requester: asks a chain for a view, and opens what it grants. */
export class Requester {
  readonly address: Address;
  private readonly options: RequesterOptions;
  private readonly authority: AuthorityClient;
  private readonly gateway: GatewayClient;
  private readonly chains: Chain[];
  private known: Credentials | undefined;

  private constructor(options: RequesterOptions, chains: Chain[], address: Address) {
    this.options = options;
    this.chains = chains;
    this.address = address;
    this.authority = new AuthorityClient(options.authority);
    this.gateway = new GatewayClient(options.gateway);
  }

  /** Opens a requester with the keys in the store, if any. Throws `argument-invalid` without a chain, or for signers of two accounts. */
  static async open(options: RequesterOptions): Promise<Requester> {
    const chains = Object.values(options.chains);
    const [first] = chains;
    if (first === undefined)
      throw new DiptychError("argument-invalid", "A requester needs at least one chain.");
    const address = await (await signerOfOn(options, first)).getAddress();
    await demandAccount(address, chains, options.accounts);
    return new Requester(options, chains, address);
  }

  /** Applies for attributes on evidence (5.2.3); the id of the application under review. */
  async apply(attributes: string[], evidence: string): Promise<string> {
    const { name } = await this.credentials();
    const chain = this.chains[0]!;
    const message = { authority: name, attributes, evidence, nonce: hex(randomBytes(32)), expiry: soon() };
    const signature = await signMessage(await this.signer(chain), applicationMessage, chain, message);
    return this.authority.apply({ ...message, side: chain.side, account: this.address, signature });
  }

  /**
   * Fetches SK_AU for the attributes that this account has now, checks it by pairing against the anchored public key, and keeps it.
   * To be called again after attributes changed.
   */
  async collectKey(): Promise<readonly string[]> {
    const { name, abePublicKey } = await this.credentials();
    const chain = this.chains[0]!;
    const pair = await generateKeyPair();
    const message = {
      authority: name,
      nonce: hex(randomBytes(32)),
      hpkeKey: hex(pair.publicKey),
      expiry: soon(),
    };
    const signature = await signMessage(await this.signer(chain), keyRequestMessage, chain, message);
    const sealed = await this.authority.issueKey({
      ...message,
      side: chain.side,
      account: this.address,
      signature,
    });
    const encoded = await openSealed(pair.privateKey, keyInfo(chain, this.address, message), sealed);
    const secretKey = await SecretKey.fromBytes(encoded);
    await checkSecretKey(abePublicKey, secretKey);
    await this.options.keyStore.set("requester/attribute-key", encoded);
    return secretKey.attributes;
  }

  /**
   * Asks a ledger for a record's view (5.2.1), for a purpose (a code of HL7's PurposeOfUse, TREAT unless said), for a day unless
   * said. A denial is returned, not thrown: `explain` tells what it rests on.
   *
   * @throws DiptychError `purpose-unknown` with the codes that come near
   */
  async request(
    side: Side,
    ledgerRecordId: string,
    options: { purpose?: string; seconds?: number } = {},
  ): Promise<{ decided: Decided; mined: Mined }> {
    const chain = this.chain(side);
    const purpose = purposeNumber(options.purpose ?? "TREAT");
    const pair = await generateKeyPair();
    const request = {
      ledgerRecordId,
      nonce: hex(randomBytes(32)),
      purpose,
      responseKey: hex(pair.publicKey),
      expiry: Math.floor(Date.now() / 1000) + (options.seconds ?? lifetime),
    };
    const secret = new Writer().u8(1).fixed(pair.privateKey).finish();
    await this.options.keyStore.set(`requester/response-key/${hex(pair.publicKey)}`, secret);
    return new IndexLedger(chain).request(await this.signer(chain), request);
  }

  /** What the ledger decided on this account's requests for a record, granted and denied, the oldest first. */
  async decisions(side: Side, ledgerRecordId: string): Promise<Decided[]> {
    const own = this.address.toLowerCase();
    return (await new IndexLedger(this.chain(side)).history(ledgerRecordId)).flatMap((event) => {
      if (event.kind !== "decided" || event.requester.toLowerCase() !== own) return [];
      const { kind: _, ...decided } = event;
      return [decided];
    });
  }

  /** What a request of this account would rest on now: which leaves of the policy hold and which don't, in people's words. */
  explain(side: Side, ledgerRecordId: string, purpose = "TREAT"): Promise<Explanation> {
    return new IndexLedger(this.chain(side)).explain(ledgerRecordId, this.address, purpose);
  }

  /**
   * Opens what a request was granted: has the index released by t of n gates, fetches the ciphertext, decrypts, verifies.
   *
   * @throws DiptychError `not-releasable`, `threshold-not-met`, `abe-not-satisfied`, `ces-verification-failed`, ...
   */
  async openGranted(side: Side, request: Decided, options?: ActOptions): Promise<Opened> {
    const released = await this.release(side, request, options);
    const { plaintext, record } = released;
    const blocks = await this.fetch(side, request.requestId, plaintext, record.version, options);
    return this.decrypt(side, request.ledgerRecordId, released, blocks, options);
  }

  /** Has the current index released by the gates (5.2.2) and checks that the ledger record's owner signed it. */
  async release(side: Side, request: Decided, options?: ActOptions): Promise<OpenedIndex> {
    const chain = this.chain(side);
    const course = new Course(options);
    const key = await this.responseKey(request.responseKey);
    const released = await releaseIndex(chain, request, key, {
      progress: (answered, needed) => course.tell("release", answered, needed, side),
      ...(options?.signal === undefined ? {} : { signal: options.signal }),
    });
    const { record, plaintext } = released;
    const index = {
      ledgerRecordId: request.ledgerRecordId,
      version: BigInt(record.version),
      cid: parseManifestUrl(plaintext.url).toString(),
      tag: hex(plaintext.tag),
    };
    await checkIndexWord(chain, index, plaintext.dIndex, record.owner);
    return released;
  }

  /** Decrypts fetched blocks with SK_AU and sigma and verifies what comes out against the doctor's certificate (5.2.3). */
  async decrypt(
    side: Side,
    ledgerRecordId: string,
    released: OpenedIndex,
    blocks: Blocks,
    options?: ActOptions,
  ): Promise<Opened> {
    const course = new Course(options);
    const chain = this.chain(side);
    const { abePublicKey, trust } = await this.credentials();
    const { record, plaintext } = released;
    const manifest = decodeManifest(blocks.get(parseManifestUrl(plaintext.url).toString())!);
    const placement = {
      chainId: chain.chainId,
      contract: unhex(chain.ledger),
      ledgerRecordId: unhex(ledgerRecordId),
      version: record.version,
    };
    const k = await decapsulate(
      abePublicKey,
      await this.attributeKey(),
      manifest.capsule,
      capsuleContext(placement),
    );
    const view = await openView(manifest, blocks, { k, sigma: plaintext.sigma }, placement, trust, course);
    const { header, certificate, extraction, keyring } = view;
    return {
      ledger: side,
      ledgerRecordId,
      version: record.version,
      header,
      signedBy: certificate.subject,
      extraction,
      ...(extraction.parts.length === header.n ? { file: joinRecord(header.schema, extraction.parts) } : {}),
      gates: released.gates,
      gateFailures: [...released.failures, ...(await released.receipts).failures],
      learned: { index: plaintext, k, keyring, manifest, blocks },
    };
  }

  /** Fetches the ciphertext that an index points at, for a request with a live grant. */
  async fetch(
    side: Side,
    requestId: string,
    index: IndexPlaintext,
    version: number,
    options?: ActOptions,
  ): Promise<Blocks> {
    const course = new Course(options);
    const chain = this.chain(side);
    const cid = parseManifestUrl(index.url).toString();
    const message = { gateway: this.gateway.origin, requestId, cid, ...fresh() };
    const signature = await signMessage(await this.signer(chain), fetchMessage, chain, message);
    const order: FetchOrder = {
      side,
      ...message,
      signature,
      index: { version, tag: hex(index.tag), signature: hex(index.dIndex) },
    };
    return this.gateway.fetch(order, course.transferring("fetch"));
  }

  /** The attribute key in the store; throws `key-missing`. */
  async attributeKey(): Promise<SecretKey> {
    const stored = await this.options.keyStore.get("requester/attribute-key");
    if (stored === undefined)
      throw new DiptychError(
        "key-missing",
        "This requester has no attribute key yet: apply to the authority and collect it.",
      );
    return SecretKey.fromBytes(stored);
  }

  /** The private half of a request's response key; throws `key-missing`. */
  async responseKey(publicKey: string): Promise<Uint8Array> {
    const stored = await this.options.keyStore.get(`requester/response-key/${publicKey}`);
    if (stored === undefined)
      throw new DiptychError(
        "key-missing",
        "The answer key of this request is not in this key store: ask the ledger again.",
      );
    const reader = new Reader(stored, "response key").version(1);
    const secret = reader.fixed(32);
    reader.end();
    return secret;
  }

  private signer(chain: Chain): Promise<Signer> {
    return signerOfOn(this.options, chain);
  }

  private chain(side: Side): Chain {
    const chain = this.options.chains[side];
    if (chain === undefined)
      throw new DiptychError("argument-invalid", `This requester was opened without the ${side} chain.`);
    return chain;
  }

  private async credentials(): Promise<Credentials> {
    this.known ??= await fetchCredentials(this.authority, this.chains);
    return this.known;
  }
}

function signerOfOn({ account, accounts }: RequesterOptions, chain: Chain): Promise<Signer> {
  return signerOn(accounts?.[chain.side] ?? account, chain);
}

/** When a message to the authority expires: ten minutes from now, Unix seconds. */
function soon(): number {
  return Math.floor(Date.now() / 1000) + 600;
}
