/** A patient's keys, each used for one thing, all from one seed; and what is derived from them for a ledger. */
import { BaseWallet, SigningKey } from "ethers";
import { hex, unhex } from "../core/bytes.ts";
import { Writer } from "../core/encoding.ts";
import { mac } from "../core/hash.ts";
import type { Address, Chain } from "../ledger/chain.ts";
import {
  deriveAccountKey,
  deriveEmrKey,
  deriveIdSecret,
  deriveOwnerIndexKey,
  deriveRecordKey,
  type HpkeKeyPair,
  type IndexKey,
} from "../seal/index.ts";

export class OwnerKeys {
  readonly record: HpkeKeyPair;
  private readonly seed: Uint8Array;

  private constructor(seed: Uint8Array, record: HpkeKeyPair) {
    this.seed = seed;
    this.record = record;
  }

  /** All keys of a 32-byte seed. */
  static async derive(seed: Uint8Array): Promise<OwnerKeys> {
    return new OwnerKeys(seed, await deriveRecordKey(seed));
  }

  /** The key whose hash is the pseudonym in the header of this EMR (Ed25519). */
  emr(emrId: Uint8Array): Uint8Array {
    return deriveEmrKey(this.seed, emrId);
  }

  /** The key that an account's indexes on this chain are sealed to; the numbered next one after a loss. */
  index(chain: Chain, dealer: Address, number = 0): IndexKey {
    return deriveOwnerIndexKey(this.seed, chain.chainId, unhex(chain.ledger), unhex(dealer), number);
  }

  /** The account on this chain, for patients without a wallet. */
  account(chain: Chain): BaseWallet {
    const key = new SigningKey(hex(deriveAccountKey(this.seed, chain.chainId)));
    return new BaseWallet(key, chain.provider);
  }

  /** The salt of a ledger record id: whoever lacks the seed can't tell that two ids belong to one record (F13). */
  ledgerRecordSalt(chain: Chain, emrId: Uint8Array, view: string): string {
    return this.handle("diptych/ledger-record/salt/v1", chain, emrId, view);
  }

  /** Tag: the handle of a view's pin set in the cloud, the same for all its versions; random to all but the patient (F8). */
  tag(chain: Chain, emrId: Uint8Array, view: string): string {
    return this.handle("diptych/cloud/tag/v1", chain, emrId, view);
  }

  private handle(domain: string, chain: Chain, emrId: Uint8Array, view: string): string {
    const place = new Writer()
      .u256(chain.chainId)
      .fixed(unhex(chain.ledger))
      .fixed(emrId)
      .text(view)
      .finish();
    return hex(mac(deriveIdSecret(this.seed), domain, place));
  }
}
