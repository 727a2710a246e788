/**
 * The patient (P): receives a record, splits it into a private and a shared side, encrypts and publishes it on both chains, decides
 * who may read which side, and changes that (paper, 5.1.2 to 5.3). Everything hangs on one seed in the key store.
 */
import { commit, type Extraction, extract, type Header } from "../ces/index.ts";
import type { Block, CID } from "../cloud/blocks.ts";
import { carBytes } from "../cloud/car.ts";
import { GatewayClient } from "../cloud/gatewayClient.ts";
import { decodeManifest } from "../cloud/manifest.ts";
import { objectToBlocks } from "../cloud/objects.ts";
import { equal, hex, randomBytes, unhex } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import type { Address, Chain, Side } from "../ledger/chain.ts";
import { type AuditEvent, IndexLedger, ledgerRecordIdOf, type PublishCall } from "../ledger/indexLedger.ts";
import { KeyRegistry, keySetIdOf } from "../ledger/registries.ts";
import type { Mined } from "../ledger/transactions.ts";
import { unpinMessage, uploadMessage } from "../ledger/typedData.ts";
import {
  checkRecord,
  decodeInfo1,
  emrPublicKey,
  joinRecord,
  ownCopyInfo,
  partContext,
  pseudonymOf,
} from "../record/index.ts";
import { deal, open, sealShare, sealTo } from "../seal/index.ts";
import { AuthorityClient } from "../services/authorityClient.ts";
import { type AccountSource, signerOn } from "./account.ts";
import { type Credentials, fetchCredentials } from "./credentials.ts";
import { type EmrInvitation, info1Info } from "./info1.ts";
import { type KeyStore, keep } from "./keyStore.ts";
import { openPart } from "./openView.ts";
import { ownerFetchOrder, rootOrder } from "./orders.ts";
import { OwnerKeys } from "./ownerKeys.ts";
import { ledgerOf, type OwnRecord, ownCopyOf, type ViewName, viewNames } from "./ownRecord.ts";
import { type DraftView, draftView, encryptPart, indexView } from "./publishing.ts";
import {
  type Change,
  checkRights,
  checkSharedSide,
  type Plan,
  planChange,
  type Rights,
} from "./redefinition.ts";
import { restoreRecords } from "./restoring.ts";

export type PatientOptions = {
  keyStore: KeyStore;
  chains: Record<Side, Chain>;
  /** URL of the authority, whose keys are held against the anchors on both chains. */
  authority: string;
  /** URL of the gateway. */
  gateway: string;
  /** Wallet accounts, a different one a chain; derived from the seed where left out. */
  accounts?: Partial<Record<Side, AccountSource>>;
};

/** Everything of a publish that is made on the patient's machine, before anything leaves it. */
export type Draft = {
  record: OwnRecord;
  views: DraftView[];
  /** New blocks: C_mi that were encrypted, and P's own copy. Manifests stand in the views. */
  blocks: Block[];
  /** Positions that were encrypted, and how many bytes that made. */
  encrypted: { positions: number[]; bytes: number };
};

/** What a publish put on a ledger. */
export type PublishedView = {
  view: ViewName;
  ledger: Side;
  ledgerRecordId: string;
  version: number;
  epoch: number;
  indexBytes: number;
  mined: Mined;
};

/** What a change did, in the order in which it was done. */
export type ChangeReport = {
  plan: Plan;
  blocked: Mined[];
  closed: Mined[];
  draft: Draft;
  uploadedBytes: number;
  published: PublishedView[];
  unpinned: number;
};

export class Patient {
  private readonly chains: Record<Side, Chain>;
  private readonly accounts: Record<Side, AccountSource>;
  private readonly keys: OwnerKeys;
  private readonly gateway: GatewayClient;
  private readonly authority: AuthorityClient;
  private readonly ledgers: Record<Side, IndexLedger>;
  private readonly records = new Map<string, OwnRecord>();
  private known: Credentials | undefined;

  private constructor(options: PatientOptions, keys: OwnerKeys) {
    this.chains = options.chains;
    this.keys = keys;
    this.accounts = {
      storage: options.accounts?.storage ?? keys.account(options.chains.storage),
      shared: options.accounts?.shared ?? keys.account(options.chains.shared),
    };
    this.gateway = new GatewayClient(options.gateway);
    this.authority = new AuthorityClient(options.authority);
    this.ledgers = {
      storage: new IndexLedger(options.chains.storage),
      shared: new IndexLedger(options.chains.shared),
    };
  }

  /** Opens a patient with the seed in the key store, drawing and keeping one at the first time. */
  static async open(options: PatientOptions): Promise<Patient> {
    const seed = await keep(options.keyStore, "patient/seed", () => randomBytes(32));
    return new Patient(options, await OwnerKeys.derive(seed));
  }

  /** This patient's account on a chain. */
  async address(side: Side): Promise<Address> {
    return (await this.signer(side)).getAddress();
  }

  /** Shares a fresh generation of the chain's index key out to `gates`, any `threshold` of which open an index together. */
  async appointGates(side: Side, gates: readonly Address[], threshold: number): Promise<Mined> {
    const chain = this.chains[side];
    const registry = new KeyRegistry(chain);
    const signer = await this.signer(side);
    const dealer = await signer.getAddress();
    const { secret, publicKey } = this.keys.index(chain);
    const keySet = keySetIdOf(dealer, publicKey);
    const generation = (await registry.generationOf(keySet)) + 1;
    const { commitments, shares } = deal(secret, threshold, gates.length);
    const sealedShares = await Promise.all(
      gates.map(async (gate, i) =>
        sealShare(shares[i]!, {
          chainId: chain.chainId,
          contract: unhex(chain.keyRegistry),
          dealer: unhex(dealer),
          keySet: unhex(keySet),
          generation,
          gateKey: (await registry.gate(gate)).hpkeKey,
          index: i + 1,
          count: gates.length,
          commitments,
        }),
      ),
    );
    return registry.deal(signer, {
      indexKey: publicKey,
      threshold,
      gates: [...gates],
      commitments,
      sealedShares,
    });
  }

  /** What a doctor needs to issue a record to this patient: public values, new for each EMR. */
  invite(): EmrInvitation {
    const emrId = randomBytes(32);
    return {
      emrId,
      recordKey: this.keys.record.publicKey,
      pseudonym: pseudonymOf(emrPublicKey(this.keys.emr(emrId))),
    };
  }

  /**
   * Opens Info1, verifies everything in it (certificate and revocation, commitments, signature, pseudonym) and takes the
   * record in (5.1.2). Returns its EMR id.
   *
   * @throws DiptychError `seal-open-failed`, `info1-invalid`, `certificate-invalid`, `ces-verification-failed`
   */
  async accept(info1: Uint8Array, invitation: EmrInvitation): Promise<Uint8Array> {
    const opened = decodeInfo1(await open(this.keys.record.privateKey, info1Info(invitation), info1));
    const { trust } = await this.credentials();
    const { header } = await checkRecord(opened, trust);
    if (!equal(header.emrId, invitation.emrId) || !equal(header.pseudonym, invitation.pseudonym))
      throw new DiptychError(
        "info1-invalid",
        "The doctor signed this record for someone else: don't take it, and tell the doctor.",
      );
    const { extraction, certificateChain } = opened;
    const parts = await Promise.all(
      extraction.parts.map(async ({ position, label, salt, content }) => ({
        position,
        label,
        commitment: await commit(header.emrId, position, { label, salt, content }),
        plaintext: { label, salt, content },
      })),
    );
    this.records.set(hex(header.emrId), {
      header,
      headerBytes: extraction.header,
      signature: extraction.signature,
      certificateChain,
      parts,
      shared: [],
      rights: { full: "", shared: "" },
      views: {},
    });
    return header.emrId;
  }

  /** EMR ids of the records at hand. */
  list(): Uint8Array[] {
    return [...this.records.keys()].map(unhex);
  }

  /** A record's signed header, sides, rights and ledger record ids. */
  async show(emrId: Uint8Array): Promise<{
    header: Header;
    parts: { position: number; label: string; side: "private" | "shared" }[];
    rights: Rights;
    ledgerRecordIds: Record<Side, string>;
  }> {
    const record = this.record(emrId);
    return {
      header: record.header,
      parts: record.parts.map(({ position, label }) => ({
        position,
        label,
        side: record.shared.includes(position) ? "shared" : "private",
      })),
      rights: record.rights,
      ledgerRecordIds: {
        storage: await this.ledgerRecordId(record, "full"),
        shared: await this.ledgerRecordId(record, "shared"),
      },
    };
  }

  /**
   * The extraction of some parts (5.1.2), which anybody verifies against the doctor's certificate.
   *
   * @throws DiptychError `ces-subset-forbidden` when the doctor's rule forbids showing just these
   */
  async extract(emrId: Uint8Array, positions: Iterable<number>): Promise<Extraction> {
    return extract(await this.wholeRecord(this.record(emrId)), positions);
  }

  /** The file that the record was made from, byte for byte. */
  async readFile(emrId: Uint8Array): Promise<Uint8Array> {
    const { parts } = await this.wholeRecord(this.record(emrId));
    return joinRecord(this.record(emrId).header.schema, parts);
  }

  /**
   * Encrypts every part and makes both views (5.1.3): nothing leaves the machine yet.
   *
   * @param shared positions on the shared side
   */
  async encrypt(emrId: Uint8Array, shared: readonly number[], rights: Rights): Promise<Draft> {
    const record = this.record(emrId);
    checkSharedSide(shared, { n: record.header.n, ceas: record.header.ceas });
    checkRights(rights);
    const next = { ...record, shared: [...shared].sort((a, b) => a - b), rights };
    const all = record.parts.map((part) => part.position);
    return this.draft(next, all, { full: "same", shared: "same" });
  }

  /** Puts a draft's blocks into the cloud: one CAR, each root signed by its owner account. Returns its bytes. */
  async upload(draft: Draft): Promise<number> {
    const roots = draft.views.map((view) => view.root);
    const car = await carBytes(roots, [...draft.views.map((view) => view.manifest), ...draft.blocks]);
    const orders = await Promise.all(
      draft.views.map(async ({ chain, root, tag }) =>
        rootOrder(uploadMessage, await this.signer(chain.side), chain, {
          gateway: this.gateway.origin,
          cid: root.toString(),
          tag: hex(tag),
        }),
      ),
    );
    await this.gateway.upload(car, orders);
    return car.length;
  }

  /** Makes and signs the indexes of a draft's views (5.1.4). */
  async index(draft: Draft): Promise<Map<ViewName, PublishCall>> {
    const calls = new Map<ViewName, PublishCall>();
    for (const view of draft.views) {
      const signer = await this.signer(view.chain.side);
      const address = await signer.getAddress();
      const nonce = await this.ledgers[view.chain.side].nonceOf(address);
      calls.set(view.name, await indexView(view, draft.record, this.keys, { signer, address, nonce }));
    }
    return calls;
  }

  /**
   * Publishes indexes, one transaction a ledger (5.1.5). Called again after a stop it publishes only what is not yet there.
   */
  async publish(draft: Draft, calls: Map<ViewName, PublishCall>): Promise<PublishedView[]> {
    const published: PublishedView[] = [];
    for (const view of draft.views) {
      const { name, chain, ledgerRecordId, version, epoch, root, tag } = view;
      const call = calls.get(name);
      if (call === undefined)
        throw new DiptychError(
          "argument-invalid",
          `The draft's ${name} view has no index: make the indexes first.`,
        );
      const ledger = this.ledgers[chain.side];
      const standing = await ledger.find(ledgerRecordId);
      if (standing === undefined || !equal(standing.index, call.index)) {
        const mined = await ledger.publish(await this.signer(chain.side), call);
        published.push({
          view: name,
          ledger: chain.side,
          ledgerRecordId,
          version,
          epoch,
          indexBytes: call.index.length,
          mined,
        });
      }
      draft.record.views[name] = { version, epoch, root, tag };
    }
    this.records.set(hex(draft.record.header.emrId), draft.record);
    return published;
  }

  /** Stores a record: encrypts, uploads, publishes on both chains (5.1.3 to 5.1.5). */
  async store(emrId: Uint8Array, shared: readonly number[], rights: Rights): Promise<PublishedView[]> {
    const draft = await this.encrypt(emrId, shared, rights);
    await this.upload(draft);
    return this.publish(draft, await this.index(draft));
  }

  /**
   * Changes sides and rights (5.3). Narrowing blocks and closes first, so that nothing is granted or released from then on,
   * and rotates what someone loses; widening only wraps keys anew.
   */
  async change(emrId: Uint8Array, change: Change, confirmations = 1): Promise<ChangeReport> {
    const record = this.record(emrId);
    const plan = planChange(record, change, { n: record.header.n, ceas: record.header.ceas });
    if (plan.rotate.length > 0) await this.fetchPlaintexts(record);
    const blocked: Mined[] = [];
    for (const account of plan.block)
      for (const view of viewNames) {
        const ledger = this.ledgers[ledgerOf[view]];
        const id = await this.ledgerRecordId(record, view);
        if (await ledger.isBlocked(id, account)) continue;
        blocked.push(await ledger.setBlocked(await this.signer(ledgerOf[view]), id, account, true));
      }
    const closed: Mined[] = [];
    for (const view of viewNames) {
      if (plan.views[view] !== "next") continue;
      const ledger = this.ledgers[ledgerOf[view]];
      const id = await this.ledgerRecordId(record, view);
      if (!(await ledger.record(id)).closed)
        closed.push(await ledger.close(await this.signer(ledgerOf[view]), id));
    }
    const next = {
      ...record,
      parts: record.parts.map((part) => ({ ...part })),
      shared: plan.shared,
      rights: plan.rights,
      views: { ...record.views },
    };
    const draft = await this.draft(next, plan.rotate, plan.views);
    const uploadedBytes = await this.upload(draft);
    const published = await this.publish(draft, await this.index(draft));
    const unpinned = await this.unpinOld(record, draft, published, confirmations);
    return { plan, blocked, closed, draft, uploadedBytes, published, unpinned };
  }

  /** Stops one account on both ledgers with one cheap transaction each; keys are rotated by a change with the same `block`. */
  async block(emrId: Uint8Array, account: Address): Promise<Mined[]> {
    const record = this.record(emrId);
    const mined: Mined[] = [];
    for (const view of viewNames) {
      const signer = await this.signer(ledgerOf[view]);
      mined.push(
        await this.ledgers[ledgerOf[view]].setBlocked(
          signer,
          await this.ledgerRecordId(record, view),
          account,
          true,
        ),
      );
    }
    return mined;
  }

  /** What happened to a record on each ledger, oldest first (5.3): publishes, closes, blocks, every decision. */
  async audit(emrId: Uint8Array): Promise<Record<Side, AuditEvent[]>> {
    const record = this.record(emrId);
    const [storage, shared] = await Promise.all(
      viewNames.map(async (view) =>
        this.ledgers[ledgerOf[view]].history(await this.ledgerRecordId(record, view)),
      ),
    );
    return { storage: storage!, shared: shared! };
  }

  /** Finds all records of this seed on the ledgers and in the cloud again; returns their EMR ids. */
  async restore(): Promise<Uint8Array[]> {
    const { trust } = await this.credentials();
    const restored = await restoreRecords({
      chains: this.chains,
      ledgers: this.ledgers,
      keys: this.keys,
      gateway: this.gateway,
      signer: (side) => this.signer(side),
      trust,
    });
    for (const record of restored) this.records.set(hex(record.header.emrId), record);
    return restored.map((record) => record.header.emrId);
  }

  /** Encrypts the parts at `positions` and makes the views that `views` names, on top of what stands on the ledgers. */
  private async draft(record: OwnRecord, positions: readonly number[], views: Plan["views"]): Promise<Draft> {
    const { abePublicKey } = await this.credentials();
    const { emrId } = record.header;
    const blocks: Block[] = [];
    let bytes = 0;
    const next: OwnRecord = {
      ...record,
      parts: record.parts.map((part) => ({ ...part })),
      views: { ...record.views },
    };
    for (const position of positions) {
      const part = next.parts[position - 1]!;
      const encrypted = await encryptPart(part, emrId);
      part.stored = encrypted.stored;
      blocks.push(...encrypted.blocks);
      bytes += encrypted.blocks.reduce((sum, block) => sum + block.bytes.length, 0);
    }
    let own: CID | undefined;
    if (views.full !== undefined) {
      const sealed = await objectToBlocks(
        await sealTo(this.keys.record.publicKey, ownCopyInfo, ownCopyOf(next)),
      );
      blocks.push(...sealed.blocks);
      own = sealed.cid;
    }
    const drafted: DraftView[] = [];
    for (const name of viewNames) {
      const epochRule = views[name];
      if (epochRule === undefined) continue;
      const chain = this.chains[ledgerOf[name]];
      const ledgerRecordId = await this.ledgerRecordId(next, name);
      const standing = await this.ledgers[ledgerOf[name]].find(ledgerRecordId);
      const epoch =
        standing === undefined ? 1 : standing.epoch + (epochRule === "next" || standing.closed ? 1 : 0);
      const place = { chain, ledgerRecordId, version: (standing?.version ?? 0) + 1, epoch };
      drafted.push(
        await draftView(name, next, place, this.keys, abePublicKey, name === "full" ? own : undefined),
      );
    }
    return { record: next, views: drafted, blocks, encrypted: { positions: [...positions], bytes } };
  }

  /** Waits until the new versions are final, then has the old roots forgotten. */
  private async unpinOld(
    before: OwnRecord,
    draft: Draft,
    published: PublishedView[],
    confirmations: number,
  ): Promise<number> {
    let unpinned = 0;
    for (const { view, ledger, mined } of published) {
      const old = before.views[view];
      if (old === undefined) continue;
      const chain = this.chains[ledger];
      while ((await chain.provider.getBlockNumber()) < mined.block + confirmations)
        await new Promise((resolve) => setTimeout(resolve, 200));
      if (draft.record.views[view]?.root.equals(old.root)) continue;
      const order = { gateway: this.gateway.origin, cid: old.root.toString(), tag: hex(old.tag) };
      await this.gateway.unpin(await rootOrder(unpinMessage, await this.signer(ledger), chain, order));
      unpinned += 1;
    }
    return unpinned;
  }

  /** The whole record as an extraction of all its parts, from memory or the cloud. */
  private async wholeRecord(record: OwnRecord): Promise<Extraction> {
    await this.fetchPlaintexts(record);
    const parts = record.parts.map(({ position, plaintext }) => ({ position, ...plaintext! }));
    return { header: record.headerBytes, signature: record.signature, parts, proof: [] };
  }

  /** Fetches and decrypts the parts that aren't in memory, each checked against its commitment. */
  private async fetchPlaintexts(record: OwnRecord): Promise<void> {
    if (record.parts.every((part) => part.plaintext !== undefined)) return;
    const root = record.views.full?.root;
    if (root === undefined)
      throw new DiptychError(
        "record-unknown",
        "This record lies neither here nor in the cloud: ask the doctor to send it again.",
      );
    const chain = this.chains.storage;
    const order = await ownerFetchOrder(
      await this.signer("storage"),
      chain,
      this.gateway.origin,
      root.toString(),
    );
    const blocks = await this.gateway.fetchOwn(order);
    const { parts: links } = decodeManifest(blocks.get(root.toString())!);
    for (const part of record.parts) {
      const { emrId } = record.header;
      const { key, generation, cid } = part.stored!;
      if (part.plaintext !== undefined || !links.some((link) => link.equals(cid))) continue;
      const plaintext = await openPart(cid, blocks, key, partContext(emrId, part.position, generation));
      if (!equal(await commit(emrId, part.position, plaintext), part.commitment))
        throw new DiptychError(
          "ces-verification-failed",
          `Part ${part.position} in the cloud is not what the doctor signed: restore it from a back-up.`,
        );
      part.plaintext = plaintext;
    }
  }

  private record(emrId: Uint8Array): OwnRecord {
    const record = this.records.get(hex(emrId));
    if (record === undefined)
      throw new DiptychError(
        "record-unknown",
        "This patient has no such record here: accept it, or restore from the seed first.",
      );
    return record;
  }

  private async ledgerRecordId(record: Pick<OwnRecord, "header">, view: ViewName): Promise<string> {
    const chain = this.chains[ledgerOf[view]];
    return ledgerRecordIdOf(
      await this.address(ledgerOf[view]),
      this.keys.ledgerRecordSalt(chain, record.header.emrId, view),
    );
  }

  private signer(side: Side) {
    return signerOn(this.accounts[side], this.chains[side]);
  }

  private async credentials(): Promise<Credentials> {
    this.known ??= await fetchCredentials(this.authority, Object.values(this.chains));
    return this.known;
  }
}
