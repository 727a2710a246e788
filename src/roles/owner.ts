/** What all acts of a patient stand on: keys, accounts, ledgers, gateway, and what the chains say of the authority. */

import type { Signer } from "ethers";
import { GatewayClient } from "../cloud/gatewayClient.ts";
import { hex } from "../core/bytes.ts";
import type { Address, Chain, Side } from "../ledger/chain.ts";
import { ledgerRecordIdOf } from "../ledger/ids.ts";
import { IndexLedger } from "../ledger/indexLedger.ts";
import { OwnerActs } from "../ledger/ownerActs.ts";
import type { Mined } from "../ledger/transactions.ts";
import { AuthorityClient } from "../services/authorityClient.ts";
import type { Confirmations } from "../services/finality.ts";
import { RelayerSigner } from "../services/relayerClient.ts";
import { type AccountSource, signerOn } from "./account.ts";
import type { BlockCache } from "./blockCache.ts";
import { type Credentials, fetchCredentials } from "./credentials.ts";
import { DivertedSigner } from "./divertedSigner.ts";
import { type Journal, journalIn } from "./journal.ts";
import type { KeyStore } from "./keyStore.ts";
import { type Notice, Outbox } from "./outbox.ts";
import { OwnerKeys } from "./ownerKeys.ts";
import { ledgerOf, type TakenRecord, type ViewName } from "./ownRecord.ts";
import { keepPatientSeed } from "./patientSeed.ts";

/** Where the patient's secrets lie, and the chains and services to deal with. */
export type PatientOptions = {
  keyStore: KeyStore;
  /** Where acts note what they need to go on after a stop; in the key store where left out. */
  journal?: Journal;
  /** Told a sentence when another program's transaction came in between. */
  notice?: Notice;
  chains: Record<Side, Chain>;
  /** Keeps this patient's ciphertext near; without it, it is fetched whenever it is needed. */
  cache?: BlockCache;
  /** URL of the authority, whose keys are held against the anchors on both chains. */
  authority: string;
  /** URL of the gateway. */
  gateway: string;
  /** Wallet accounts, a different one a chain; derived from the seed where left out. */
  accounts?: Partial<Record<Side, AccountSource>>;
  /** Who carries signed acts to the ledgers and pays for them: a relayer's service (`RelayerSigner`) or accounts; the patient's own where left out. */
  relayers?: Partial<Record<Side, AccountSource>>;
  /** When a publish counts as final, and old ciphertext may go: 3 blocks unless said. */
  confirmations?: Confirmations;
};

export class Owner {
  readonly journal: Journal;
  readonly notice: Notice;
  readonly chains: Record<Side, Chain>;
  readonly keys: OwnerKeys;
  readonly gateway: GatewayClient;
  readonly ledgers: Record<Side, IndexLedger>;
  readonly confirmations: Confirmations;
  readonly cache: BlockCache | undefined;
  private readonly accounts: Record<Side, AccountSource>;
  private readonly relayers: Partial<Record<Side, AccountSource>>;
  private readonly authority: AuthorityClient;
  private readonly outboxes: Record<Side, Outbox>;
  private readonly taken = new Map<string, TakenRecord>();
  private readonly arrivals: Record<Side, { ledgerRecordId: string; firstOwner: Address }[]> = {
    storage: [],
    shared: [],
  };

  private constructor(options: PatientOptions, keys: OwnerKeys) {
    const { chains } = options;
    this.journal = options.journal ?? journalIn(options.keyStore);
    this.notice = options.notice ?? (() => undefined);
    this.chains = chains;
    this.keys = keys;
    this.accounts = {
      storage: options.accounts?.storage ?? keys.account(chains.storage),
      shared: options.accounts?.shared ?? keys.account(chains.shared),
    };
    this.relayers = options.relayers ?? {};
    this.confirmations = options.confirmations ?? 3;
    this.cache = options.cache;
    this.gateway = new GatewayClient(options.gateway);
    this.authority = new AuthorityClient(options.authority);
    const outbox = (side: Side) => new Outbox(this.journal, chains[side], this.confirmations, this.notice);
    this.outboxes = { storage: outbox("storage"), shared: outbox("shared") };
    this.ledgers = { storage: new IndexLedger(chains.storage), shared: new IndexLedger(chains.shared) };
  }

  /** Opens the owner with the seed in the key store, drawing and keeping one at the first time. */
  static async open(options: PatientOptions): Promise<Owner> {
    const seed = await keepPatientSeed(options.keyStore);
    return new Owner(options, await OwnerKeys.derive(seed));
  }

  /** The account on a chain; what it sends survives a stop. */
  signer(side: Side): Promise<Signer> {
    return this.journaled(this.accounts[side], side);
  }

  private async journaled(source: AccountSource, side: Side): Promise<Signer> {
    return new DivertedSigner(await signerOn(source, this.chains[side]), this.outboxes[side]);
  }

  /**
   * Waits until nothing that was sent for this owner is under way on a chain: to be called before looking at its ledger for what
   * is left to do. What an earlier run had signed and not brought through is sent here.
   */
  async settle(side: Side): Promise<void> {
    const relayer = this.relayers[side];
    if (relayer instanceof RelayerSigner) await relayer.settle(await this.address(side));
    for (const account of await this.senders(side)) await this.outboxes[side].settle(account);
  }

  /** `settle` on both chains. */
  async settleAll(): Promise<void> {
    await this.settle("storage");
    await this.settle("shared");
  }

  /** The transaction of an earlier run that brought these bytes to a chain, told once. */
  async minedWith(side: Side, bytes: Uint8Array): Promise<Mined | undefined> {
    for (const account of await this.senders(side)) {
      const mined = await this.outboxes[side].minedWith(account, bytes);
      if (mined !== undefined) return mined;
    }
    return undefined;
  }

  private async senders(side: Side): Promise<Address[]> {
    const relayer = await (await this.relayer(side))?.getAddress();
    return [await this.address(side), ...(relayer === undefined ? [] : [relayer])];
  }

  async address(side: Side): Promise<Address> {
    return (await this.signer(side)).getAddress();
  }

  /** What this owner does on a ledger, through the relayer where there is one. */
  async acts(side: Side): Promise<OwnerActs> {
    return new OwnerActs(this.chains[side], await this.signer(side), await this.relayer(side));
  }

  /** Who carries this owner's acts to this ledger, if not the owner. */
  private async relayer(side: Side): Promise<Signer | undefined> {
    const source = this.relayers[side];
    return source === undefined ? undefined : this.journaled(source, side);
  }

  /** Knows from now on what came with a record from another person's seed, and can't be derived from this one. */
  adopt(emrId: Uint8Array, taken: TakenRecord): void {
    this.taken.set(hex(emrId), taken);
  }

  /** What came with a record from another person's seed; undefined for this seed's own. */
  takenOver(emrId: Uint8Array): TakenRecord | undefined {
    return this.taken.get(hex(emrId));
  }

  /** The key whose hash is the pseudonym in the header of this EMR (Ed25519). */
  emrKey(emrId: Uint8Array): Uint8Array {
    return this.takenOver(emrId)?.emrKey ?? this.keys.emr(emrId);
  }

  /** Where a view stands, or will: under the id of the account that published it first, if this one took it over. */
  async ledgerRecordId(emrId: Uint8Array, view: ViewName): Promise<string> {
    const taken = this.takenOver(emrId);
    if (taken !== undefined) return taken.ledgerRecordIds[view];
    const side = ledgerOf[view];
    const salt = this.keys.ledgerRecordSalt(this.chains[side], emrId, view);
    const arrived = this.arrivals[side].find(
      ({ ledgerRecordId, firstOwner }) => ledgerRecordIdOf(firstOwner, salt) === ledgerRecordId,
    );
    return arrived?.ledgerRecordId ?? ledgerRecordIdOf(await this.address(side), salt);
  }

  /** Asks the ledgers which records these accounts have taken over: to be called before records are looked for. */
  async learnArrivals(): Promise<void> {
    for (const side of ["storage", "shared"] as const)
      this.arrivals[side] = await this.ledgers[side].arrivalsOf(await this.address(side));
  }

  /** What the authority says of itself, held against both chains' anchors now. */
  credentials(): Promise<Credentials> {
    return fetchCredentials(this.authority, Object.values(this.chains));
  }
}
