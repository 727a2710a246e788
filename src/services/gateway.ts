/**
 * The cloud's front: keeps blocks for owners and serves them only against signatures and a grant that is live on chain now
 * (paper, 5.2.2; F12). It sees ciphertext only; confidentiality never rests on it.
 */
import type { BlockStore, Pin } from "../cloud/blockStore.ts";
import { type CID, multihashKey, parseCid } from "../cloud/blocks.ts";
import { carBytes, readCar } from "../cloud/car.ts";
import type {
  FetchOrder,
  KeepOrder,
  OwnerFetchOrder,
  RootOrder,
  UploadOrder,
} from "../cloud/gatewayClient.ts";
import { readableFrom, walkCids, walkDag } from "../cloud/walk.ts";
import { unhex } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import { checkAccountSigner, checkIndexWord } from "../ledger/accountSignature.ts";
import type { Address, Chain, Side } from "../ledger/chain.ts";
import { IndexLedger } from "../ledger/indexLedger.ts";
import { KeyRegistry } from "../ledger/keyRegistry.ts";
import {
  checkSigner,
  fetchMessage,
  keepOnlyMessage,
  type MessageKind,
  ownerFetchMessage,
  type Pinning,
  type Upload,
  uploadMessage,
} from "../ledger/typedData.ts";
import { blockToRead, type Confirmations, readFinal } from "./finality.ts";
import { demandLive } from "./liveGrant.ts";
import { UsedNonces } from "./usedNonces.ts";

/** `confirmations`: how many blocks must stand upon what the gateway believes. */
export type GatewayOptions = { store: BlockStore; chains: Record<Side, Chain>; confirmations: Confirmations };

/** How far a signed message's time may be from this machine's, in seconds. */
const window = 60;

/** The cloud's gateway: takes uploads and unpins from owners, serves ciphertext to owners and live grants only. */
export class Gateway {
  /** What clients sign to be answered here: the gateway's public origin. */
  origin = "";
  private readonly store: BlockStore;
  private readonly chains: Record<Side, Chain>;
  private readonly ledgers: Record<Side, IndexLedger>;
  private readonly confirmations: Confirmations;
  private readonly usedNonces = new UsedNonces(100_000);
  /** Of uploads and the like, which any key can sign: filling them up stops no requester. */
  private readonly ownerNonces = new UsedNonces(100_000);
  private lastUpload = 0;

  constructor(options: GatewayOptions) {
    this.store = options.store;
    this.chains = options.chains;
    this.confirmations = options.confirmations;
    this.ledgers = {
      storage: new IndexLedger(options.chains.storage),
      shared: new IndexLedger(options.chains.shared),
    };
  }

  /**
   * Checks the signed roots of an upload before its bytes are taken; returns the accounts that own them, in order.
   *
   * @throws DiptychError `signature-invalid`
   */
  async checkUpload(orders: readonly UploadOrder[]): Promise<Address[]> {
    // Each owner says who the others are: nobody joins an upload, and with it the owners' blocks, uninvited.
    const named = orders[0]?.owners ?? [];
    const list = named.join().toLowerCase();
    if (named.length !== orders.length || orders.some(({ owners }) => owners.join().toLowerCase() !== list))
      throw new DiptychError(
        "signature-invalid",
        "The upload's roots are not signed by just the owners that each order names: sign them together.",
      );
    for (const [i, order] of orders.entries())
      await this.checkRoot<Upload>(uploadMessage, order, named[i]!, { owners: order.owners });
    return named;
  }

  /**
   * Keeps the blocks of a CAR under roots whose `owners` `checkUpload` returned. Links must lie in the CAR or in what the same
   * accounts, or those that signed an upload with them, uploaded before.
   */
  async upload(car: Uint8Array, orders: readonly RootOrder[], owners: readonly Address[]): Promise<void> {
    const { accounts, blocks: earlier } = await this.uploadedBy(owners);
    const pins = await Promise.all(
      orders.map(async ({ side, cid, tag }, i) => {
        const [root, owner] = [parseCid(cid), pinOwner(side, owners[i]!)];
        const before = (await this.store.pins(root)).find((pin) => pin.owner === owner);
        const at = before?.meta.at ?? String(this.nextUpload());
        return { root, owner, meta: { tag, accounts: accounts.join(" "), at } };
      }),
    );
    const { blocks } = await readCar(car, {
      roots: pins.map((pin) => pin.root),
      known: (cid) => earlier.has(multihashKey(cid)),
    });
    await this.store.add(blocks, pins);
  }

  /** The CAR of all blocks under a manifest, for a requester with a live grant for its ledger record. */
  async fetch(order: FetchOrder): Promise<Uint8Array> {
    const chain = this.chain(order.side);
    const ledger = this.ledgers[order.side];
    const { gateway, requestId, cid, time, nonce } = order;
    this.checkFresh(gateway, time);
    const { grant, record, block } = await readFinal(chain.provider, this.confirmations, async (at) => {
      await demandLive(ledger, requestId, at);
      const found = (await ledger.grantOf(requestId, at))!;
      return { grant: found, record: await ledger.record(found.ledgerRecordId, at), block: at };
    });
    checkSigner(
      fetchMessage,
      chain,
      { gateway, requestId, cid, time, nonce },
      order.signature,
      grant.requester,
    );
    this.usedNonces.take(grant.requester, nonce, Date.now() / 1000 + 2 * window);
    const { tag, version, signature } = order.index;
    if (version !== record.version)
      throw new DiptychError(
        "version-moved",
        `Version ${version} is no longer current: have the index released again.`,
      );
    const index = { ledgerRecordId: grant.ledgerRecordId, version: BigInt(version), cid, tag };
    await checkIndexWord(chain, index, unhex(signature), record.owner, block);
    return this.carOf(order.side, cid, record.owner);
  }

  /**
   * The CAR of all blocks under one of the signer's own roots, or under the current root of a ledger record that the signer got
   * from the one who uploaded it.
   */
  async fetchOwn(order: OwnerFetchOrder): Promise<Uint8Array> {
    const { side, gateway, cid, time, nonce, owner } = order;
    this.checkFresh(gateway, time);
    await this.checkOwner(ownerFetchMessage, order, { gateway, cid, time, nonce }, owner);
    const uploader = order.index === undefined ? owner : await this.ownerBefore(order, order.index);
    const car = await this.carOf(side, cid, uploader);
    this.ownerNonces.take(owner, nonce, Date.now() / 1000 + 2 * window);
    return car;
  }

  /** Who published the version that stands, and told the gateway its root by d_Index; the record must be `owner`'s now. */
  private async ownerBefore(
    { side, cid, owner }: OwnerFetchOrder,
    index: NonNullable<OwnerFetchOrder["index"]>,
  ): Promise<Address> {
    const { ledgerRecordId, version, tag, signature } = index;
    const chain = this.chain(side);
    const { record, publisher, block } = await readFinal(chain.provider, this.confirmations, async (at) => {
      const found = await this.ledgers[side].record(ledgerRecordId, at);
      // Only an owner can publish under a key set, and only one of their own dealing.
      const { dealer } = await new KeyRegistry(chain).keySet(found.keySet, at);
      return { record: found, publisher: dealer, block: at };
    });
    if (record.owner.toLowerCase() !== owner.toLowerCase())
      throw new DiptychError("not-owner", "The ledger record is not this account's: take it over first.");
    if (record.version !== version)
      throw new DiptychError(
        "version-moved",
        `Version ${version} is no longer current: read the ledger record again.`,
      );
    const word = { ledgerRecordId, version: BigInt(version), cid, tag };
    await checkIndexWord(chain, word, unhex(signature), publisher, block);
    return publisher;
  }

  /**
   * Of all that the signer uploaded under the order's tag before the order's root, forgets everything, and deletes the blocks that
   * no root links any more. What was uploaded after it stays: it may be on its way to a ledger. Doing it again changes nothing.
   */
  async keepOnly(order: KeepOrder): Promise<void> {
    await this.checkRoot<Pinning>(keepOnlyMessage, order, order.owner, {});
    const owner = pinOwner(order.side, order.owner);
    const pins = (await this.store.pins()).filter((pin) => pin.owner === owner && pin.meta.tag === order.tag);
    const kept = pins.find((pin) => pin.root.toString() === order.cid);
    if (kept === undefined) throw unknownRoot();
    await this.demandComplete(kept.root);
    const old = pins.filter((pin) => Number(pin.meta.at) < Number(kept.meta.at)).map((pin) => pin.root);
    if (old.length > 0) await this.store.forget(old, owner);
  }

  /** Throws `block-missing` when a block under the root isn't there: then its elders may be the only good ones. */
  private async demandComplete(root: CID): Promise<void> {
    for await (const cid of walkCids(root, (each) => this.store.get(each)))
      if (!(await this.store.has(cid)))
        throw new DiptychError(
          "block-missing",
          `Block ${cid} of this root is missing here: upload it again first.`,
        );
  }

  /** A number for each upload, in their order, across restarts too. */
  private nextUpload(): number {
    this.lastUpload = Math.max(Date.now(), this.lastUpload + 1);
    return this.lastUpload;
  }

  private async carOf(side: Side, cid: string, owner: Address): Promise<Uint8Array> {
    const root = parseCid(cid);
    const pins = await this.store.pins(root);
    if (!pins.some((pin) => pin.owner === pinOwner(side, owner))) throw unknownRoot();
    return carBytes(
      [root],
      walkDag(root, (each) => this.store.get(each)),
    );
  }

  /**
   * The accounts that count as one owner with these, since they signed an upload together, and the multihash keys of every block
   * that any of them uploaded.
   */
  private async uploadedBy(owners: readonly Address[]): Promise<{ accounts: string[]; blocks: Set<string> }> {
    const accounts = new Set(owners.map((each) => each.toLowerCase()));
    const pins = await this.store.pins();
    const signersOf = (pin: Pin) => pin.meta.accounts?.split(" ") ?? [];
    const theirs = pins.filter((pin) => signersOf(pin).some((each) => accounts.has(each)));
    for (const pin of theirs) for (const each of signersOf(pin)) accounts.add(each);
    const roots = theirs.map((pin) => pin.root);
    return { accounts: [...accounts], blocks: await readableFrom(roots, (cid) => this.store.get(cid)) };
  }

  private async checkRoot<Value extends Pinning>(
    kind: MessageKind<Value>,
    order: RootOrder,
    owner: Address,
    more: Omit<Value, keyof Pinning>,
  ): Promise<void> {
    const { gateway, cid, tag, time, nonce } = order;
    this.checkFresh(gateway, time);
    await this.checkOwner(kind, order, { gateway, cid, tag, time, nonce, ...more } as Value, owner);
    this.ownerNonces.take(owner, nonce, Date.now() / 1000 + 2 * window);
  }

  /** Demands that an owner account signed this: a key, or a contract as it stands in a final block. */
  private async checkOwner<Value extends object>(
    kind: MessageKind<Value>,
    { side, signature }: Pick<RootOrder, "side" | "signature">,
    value: Value,
    owner: Address,
  ): Promise<void> {
    const chain = this.chain(side);
    // The chain is asked for nothing where the account is a key.
    const final = () => blockToRead(chain.provider, this.confirmations);
    await checkAccountSigner(kind, chain, value, signature, owner, final);
  }

  private checkFresh(gateway: string, time: number): void {
    if (gateway !== this.origin)
      throw new DiptychError(
        "signature-invalid",
        `The message is signed for ${gateway}, this is ${this.origin}: sign one for it.`,
      );
    if (Math.abs(Date.now() / 1000 - time) > window)
      throw new DiptychError(
        "signature-invalid",
        `The message's time is more than ${window} s off: set the clock, sign again.`,
      );
  }

  private chain(side: Side): Chain {
    return this.chains[side];
  }
}

function unknownRoot(): DiptychError {
  return new DiptychError(
    "block-missing",
    "This gateway keeps no such root of that owner: ask its owner to upload it again.",
  );
}

/** Whose pin it is: an account on one of the chains. */
function pinOwner(side: Side, account: Address): string {
  return `${side}:${account.toLowerCase()}`;
}
