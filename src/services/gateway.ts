/**
 * The cloud's front: keeps blocks for owners and serves them only against signatures and a grant that is live on chain now
 * (paper, 5.2.2; F12). It sees ciphertext only; confidentiality never rests on it.
 */
import type { BlockStore } from "../cloud/blockStore.ts";
import { multihashKey, parseCid } from "../cloud/blocks.ts";
import { carBytes, readCar } from "../cloud/car.ts";
import type { FetchOrder, OwnerFetchOrder, RootOrder } from "../cloud/gatewayClient.ts";
import { reachableFrom, walkDag } from "../cloud/walk.ts";
import { DiptychError } from "../core/errors.ts";
import type { Address, Chain, Side } from "../ledger/chain.ts";
import { IndexLedger } from "../ledger/indexLedger.ts";
import {
  checkSigner,
  fetchMessage,
  indexMessage,
  type MessageKind,
  ownerFetchMessage,
  type Pinning,
  recoverSigner,
  unpinMessage,
  uploadMessage,
} from "../ledger/typedData.ts";
import { blockToRead, type Confirmations } from "./finality.ts";

export type GatewayOptions = { store: BlockStore; chains: Record<Side, Chain>; confirmations: Confirmations };

/** How far a signed message's time may be from this machine's, in seconds. */
const window = 60;

export class Gateway {
  /** What clients sign to be answered here: the gateway's public origin. */
  origin = "";
  private readonly store: BlockStore;
  private readonly chains: Record<Side, Chain>;
  private readonly ledgers: Record<Side, IndexLedger>;
  private readonly confirmations: Confirmations;
  private readonly usedNonces = new Map<string, number>();

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
   * Keeps the blocks of a CAR under its roots, each signed by an owner account. Links must lie in the CAR or in what the same
   * accounts uploaded before.
   */
  async upload(car: Uint8Array, orders: readonly RootOrder[]): Promise<void> {
    const owners = orders.map((order) => this.checkRoot(uploadMessage, order));
    const accounts = [...new Set(owners.map((each) => each.toLowerCase()))];
    const earlier = await this.uploadedBy(accounts);
    const pins = orders.map(({ side, cid, tag }, i) => ({
      root: parseCid(cid),
      owner: pinOwner(side, owners[i]!),
      meta: { tag, accounts: accounts.join(" ") },
    }));
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
    this.checkFresh(gateway, time, nonce);
    const block = await blockToRead(chain.provider, this.confirmations);
    const grant = await ledger.grantOf(requestId, block);
    const status = await ledger.status(requestId, block);
    if (grant === undefined || status !== "live") {
      if (grant === undefined && (await ledger.status(requestId)) === "live")
        throw new DiptychError("node-behind", "The grant is not final yet: try again in a moment.");
      throw new DiptychError(
        "not-releasable",
        `There is no live grant for this request (${status}): ask the ledger first.`,
      );
    }
    checkSigner(
      fetchMessage,
      chain,
      { gateway, requestId, cid, time, nonce },
      order.signature,
      grant.requester,
    );
    const record = await ledger.record(grant.ledgerRecordId, block);
    if (order.index.version !== record.version)
      throw new DiptychError(
        "version-moved",
        `Version ${order.index.version} is no longer current: have the index released again.`,
      );
    const { tag, version } = order.index;
    const index = { ledgerRecordId: grant.ledgerRecordId, version: BigInt(version), cid, tag };
    checkSigner(indexMessage, chain, index, order.index.signature, record.owner);
    return this.carOf(order.side, cid, record.owner);
  }

  /** The CAR of all blocks under one of the signer's own roots. */
  async fetchOwn(order: OwnerFetchOrder): Promise<Uint8Array> {
    const { side, gateway, cid, time, nonce, signature } = order;
    this.checkFresh(gateway, time, nonce);
    const owner = recoverSigner(
      ownerFetchMessage,
      this.chain(side),
      { gateway, cid, time, nonce },
      signature,
    );
    return this.carOf(side, cid, owner);
  }

  /** Forgets one of the signer's own roots, and every block that no other root links. */
  async unpin(order: RootOrder): Promise<void> {
    const owner = this.checkRoot(unpinMessage, order);
    await this.store.unpin(parseCid(order.cid), pinOwner(order.side, owner));
    await this.store.collectGarbage();
  }

  private async carOf(side: Side, cid: string, owner: Address): Promise<Uint8Array> {
    const root = parseCid(cid);
    const pins = await this.store.pins(root);
    if (!pins.some((pin) => pin.owner === pinOwner(side, owner)))
      throw new DiptychError(
        "block-missing",
        "This gateway keeps no such root of that owner: ask its owner to upload it again.",
      );
    return carBytes(
      [root],
      walkDag(root, (each) => this.store.get(each)),
    );
  }

  /** The multihash keys of every block under a root that one of these accounts (lower case) uploaded. */
  private async uploadedBy(accounts: readonly Address[]): Promise<Set<string>> {
    const pins = await this.store.pins();
    const theirs = pins.filter((pin) =>
      pin.meta.accounts?.split(" ").some((each) => accounts.includes(each)),
    );
    return reachableFrom(
      theirs.map((pin) => pin.root),
      (cid) => this.store.get(cid),
    );
  }

  private checkRoot(kind: MessageKind<Pinning>, order: RootOrder): Address {
    const { side, gateway, cid, tag, time, nonce, signature } = order;
    this.checkFresh(gateway, time, nonce);
    return recoverSigner(kind, this.chain(side), { gateway, cid, tag, time, nonce }, signature);
  }

  private checkFresh(gateway: string, time: number, nonce: string): void {
    const now = Date.now() / 1000;
    for (const [each, until] of this.usedNonces) {
      if (until >= now) break;
      this.usedNonces.delete(each);
    }
    if (gateway !== this.origin)
      throw new DiptychError(
        "signature-invalid",
        `The message is signed for ${gateway}, this is ${this.origin}: sign one for it.`,
      );
    if (Math.abs(now - time) > window)
      throw new DiptychError(
        "signature-invalid",
        `The message's time is more than ${window} s off: set the clock, sign again.`,
      );
    if (this.usedNonces.has(nonce))
      throw new DiptychError(
        "signature-invalid",
        "This signed message has been used before: sign a new one.",
      );
    this.usedNonces.set(nonce, now + 2 * window);
  }

  private chain(side: Side): Chain {
    return this.chains[side];
  }
}

/** Whose pin it is: an account on one of the chains. */
function pinOwner(side: Side, account: Address): string {
  return `${side}:${account.toLowerCase()}`;
}
