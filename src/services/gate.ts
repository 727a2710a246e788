/**
 * A release gate (F6): one of n that hold a share of each patient's index key, and gives its partial opening only for a
 * request that its own chain node calls releasable. It implements no rule of its own and keeps no state but its seed.
 */

import { computeAddress } from "ethers";
import { equal, hex, unhex, utf8 } from "../core/bytes.ts";
import { DiptychError, isDiptychError } from "../core/errors.ts";
import { deriveKey, hash } from "../core/hash.ts";
import type { Address, Chain } from "../ledger/chain.ts";
import { keySetIdOf, requestIdOf } from "../ledger/ids.ts";
import { IndexLedger, type LedgerRecord } from "../ledger/indexLedger.ts";
import { KeyRegistry, type KeySet } from "../ledger/keyRegistry.ts";
import {
  checkIndexProof,
  decodeIndex,
  deriveKeyPair,
  type HpkeKeyPair,
  hashEnc,
  makePartial,
  openShare,
  sealRelease,
} from "../seal/index.ts";
import { type Confirmations, readFinal } from "./finality.ts";
import { demandLive } from "./liveGrant.ts";
import type { Release, ReleaseOrder } from "./wire.ts";

/** A gate's keys, all from one 32-byte seed. */
export type GateKeys = { address: Address; hpke: HpkeKeyPair };

/** The keys of the gate with this seed: its account (which stands in the key registry) and its HPKE pair. */
export async function deriveGateKeys(seed: Uint8Array): Promise<GateKeys> {
  if (seed.length !== 32) throw new DiptychError("argument-invalid", "A gate's seed has 32 bytes.");
  const account = deriveKey(seed, {}, "diptych/gate/account/v1");
  const hpke = await deriveKeyPair(deriveKey(seed, {}, "diptych/gate/hpke/v1"));
  return { address: computeAddress(hex(account)), hpke };
}

/** Shares that this gate has opened, by all that the chain says of their dealing; the oldest go first. Each is 32 bytes and a little. */
const shareCacheSize = 1024;

/** One of the n release nodes of a chain. */
export class Gate {
  readonly address: Address;
  private readonly chain: Chain;
  private readonly hpke: HpkeKeyPair;
  private readonly confirmations: Confirmations;
  private readonly ledger: IndexLedger;
  private readonly registry: KeyRegistry;
  private readonly shares = new Map<string, bigint>();

  private constructor(chain: Chain, keys: GateKeys, confirmations: Confirmations) {
    this.chain = chain;
    this.address = keys.address;
    this.hpke = keys.hpke;
    this.confirmations = confirmations;
    this.ledger = new IndexLedger(chain);
    this.registry = new KeyRegistry(chain);
  }

  /** The gate whose keys come from `seed` (32 secret bytes), its only state. */
  static async open(chain: Chain, seed: Uint8Array, confirmations: Confirmations): Promise<Gate> {
    return new Gate(chain, await deriveGateKeys(seed), confirmations);
  }

  /**
   * This gate's partial for the request, on the index that stands on chain now, sealed to the request's response key.
   *
   * @throws DiptychError `not-releasable`, `grant-ended` with the reason, `node-behind` when the chain is too fresh or this node too old,
   * `proof-invalid` when the index isn't its owner's own, `share-invalid` when this gate has no good share for it
   */
  async release(order: ReleaseOrder): Promise<Release> {
    const requestId = requestIdOf(this.chain, order);
    const { record, set } = await readFinal(this.chain.provider, this.confirmations, async (block) => {
      await demandLive(this.ledger, requestId, block);
      const found = await this.ledger.record(order.ledgerRecordId, block);
      return { record: found, set: await this.keySetOf(found, block) };
    });
    const index = decodeIndex(record.index);
    checkIndexProof(index, {
      chainId: this.chain.chainId,
      contract: unhex(this.chain.ledger),
      ledgerRecordId: unhex(order.ledgerRecordId),
      version: record.version,
      keySet: unhex(record.keySet),
    });
    const { share, place } = await this.shareOf(record, set);
    const keySet = unhex(record.keySet);
    const partial = makePartial(place, share, index.enc, {
      requestId: unhex(requestId),
      keySet,
      generation: set.generation,
    });
    const binding = { requestId: unhex(requestId), gate: unhex(this.address), enc: index.enc };
    const sealed = await sealRelease(unhex(order.responseKey), partial, binding);
    return {
      gate: this.address,
      place,
      generation: set.generation,
      version: record.version,
      encHash: hex(hashEnc(index.enc)),
      sealed: hex(sealed),
    };
  }

  /** The record's key set; the ledger doesn't look whether it was ever dealt. */
  private async keySetOf(record: LedgerRecord, block: number): Promise<KeySet> {
    try {
      return await this.registry.keySet(record.keySet, block);
    } catch (error) {
      if (!isDiptychError(error, "record-unknown")) throw error;
      throw new DiptychError(
        "share-invalid",
        "The record's key set was never dealt: its owner must deal it.",
      );
    }
  }

  /** This gate's share of the record's key set, which must be dealt by the record's owner (F14). */
  private async shareOf(record: LedgerRecord, set: KeySet): Promise<{ share: bigint; place: number }> {
    const place = set.gates.findIndex((gate) => gate.toLowerCase() === this.address.toLowerCase()) + 1;
    const sealed = set.sealedShares[place - 1];
    const sameDealer = set.dealer.toLowerCase() === record.owner.toLowerCase();
    const sameKey = equal(set.indexKey, set.commitments[0] ?? new Uint8Array());
    if (place === 0 || sealed === undefined)
      throw new DiptychError(
        "share-invalid",
        "This gate is not among the record's gates: ask those of its key set.",
      );
    if (!sameDealer || !sameKey || keySetIdOf(set.dealer, set.indexKey) !== record.keySet)
      throw new DiptychError("share-invalid", "The record's key set was not dealt by the record's owner.");
    const known = hex(
      hash(
        "diptych/gate/share-cache/v1",
        unhex(record.keySet),
        sealed,
        ...set.commitments,
        utf8([set.generation, ...set.gates].join()),
      ),
    );
    let share = this.shares.get(known);
    if (share === undefined) {
      share = await this.openSealed(sealed, place, record.keySet, set);
      this.shares.set(known, share);
      if (this.shares.size > shareCacheSize) this.shares.delete(this.shares.keys().next().value!);
    }
    return { share, place };
  }

  private async openSealed(sealed: Uint8Array, place: number, keySet: string, set: KeySet): Promise<bigint> {
    try {
      return await openShare(this.hpke.privateKey, sealed, {
        chainId: this.chain.chainId,
        contract: unhex(this.chain.keyRegistry),
        dealer: unhex(set.dealer),
        keySet: unhex(keySet),
        generation: set.generation,
        gateKey: this.hpke.publicKey,
        index: place,
        count: set.gates.length,
        commitments: set.commitments,
      });
    } catch (cause) {
      throw new DiptychError(
        "share-invalid",
        "The share that the patient dealt to this gate is bad: the patient must deal again.",
        { cause },
      );
    }
  }
}
