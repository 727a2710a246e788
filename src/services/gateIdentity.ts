/** One identity of a gate: all that comes from one seed, and the shares that were dealt to it. */
import type { BaseWallet } from "ethers";
import { hex, unhex, utf8 } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import { hash } from "../core/hash.ts";
import type { Address, Chain } from "../ledger/chain.ts";
import type { KeySet } from "../ledger/keyRegistry.ts";
import {
  makeShareComplaint,
  openShare,
  type PreparedShare,
  prepareShare,
  type ShareBinding,
} from "../seal/index.ts";
import { BoundedCache, cached } from "./boundedCache.ts";
import type { ComplaintBook } from "./complaintBook.ts";
import { deriveGateKeys, type GateKeys } from "./gateKeys.ts";
import type { GateComplaint } from "./wire.ts";

/** Shares kept ready, by all that the chain says of their dealing. Some kilobytes each. */
const sharesReady = 2048;

/** What a bad share leaves behind in the error's cause. */
type BadShare = { complaint: GateComplaint };

/** The complaint that a `share-invalid` error of this gate carries, if the share is bad. */
export function complaintIn(error: unknown): GateComplaint | undefined {
  return error instanceof DiptychError
    ? (error.cause as Partial<BadShare> | undefined)?.complaint
    : undefined;
}

/** The keys of one seed at work. */
export class GateIdentity {
  readonly address: Address;
  /** The account, connected to the gate's own node. */
  readonly wallet: BaseWallet;
  readonly hpkeKey: Uint8Array;
  private readonly chain: Chain;
  private readonly privateKey: Uint8Array;
  private readonly complaints: ComplaintBook;
  private readonly shares = new BoundedCache<Promise<PreparedShare>>(sharesReady);

  private constructor(chain: Chain, keys: GateKeys, complaints: ComplaintBook) {
    this.chain = chain;
    this.address = keys.address;
    this.wallet = keys.wallet.connect(chain.provider);
    this.hpkeKey = keys.hpke.publicKey;
    this.privateKey = keys.hpke.privateKey;
    this.complaints = complaints;
  }

  /** The identity of this seed (32 secret bytes); what it finds wrong goes to `complaints`. */
  static async open(chain: Chain, seed: Uint8Array, complaints: ComplaintBook): Promise<GateIdentity> {
    return new GateIdentity(chain, await deriveGateKeys(seed), complaints);
  }

  /** How many shares are ready. */
  get sharesReady(): number {
    return this.shares.size;
  }

  /** Its place among the gates of a key set, from 1; 0 when it isn't there. */
  placeIn(set: Pick<KeySet, "gates">): number {
    return set.gates.findIndex((gate) => gate.toLowerCase() === this.address.toLowerCase()) + 1;
  }

  /**
   * Its share of a key set that names it, ready for use.
   *
   * @throws DiptychError `share-invalid` with the complaint in its cause when the share is bad
   */
  shareOf(keySet: string, set: KeySet): Promise<PreparedShare> {
    const dealing = this.dealingName(keySet, set);
    return cached(this.shares, dealing, () => this.open(keySet, set, dealing));
  }

  /** Looks at its share of a key set that names it, and complains when it is bad; keeps nothing of it ready. */
  async checkShareOf(keySet: string, set: KeySet): Promise<"good" | "bad"> {
    try {
      await this.open(keySet, set, this.dealingName(keySet, set));
      return "good";
    } catch (error) {
      if (complaintIn(error) === undefined) throw error;
      return "bad";
    }
  }

  /** Forgets its shares and its key. */
  wipe(): void {
    for (const share of this.shares.list()) share.then((ready) => ready.wipe()).catch(() => undefined);
    this.shares.clear();
    this.privateKey.fill(0);
  }

  /**
   * All that the chain says of the share, and whose it is: a reorganisation can put another dealing in the place of one, and
   * two identities of a gate may be dealt the same bytes.
   */
  private dealingName(keySet: string, set: KeySet): string {
    const place = this.placeIn(set);
    return hex(
      hash(
        "diptych/gate/dealing/v1",
        unhex(keySet),
        ...set.commitments,
        set.sealedShares[place - 1] ?? new Uint8Array(),
        utf8([this.address, place, set.generation, set.dealer, ...set.gates].join()),
      ),
    );
  }

  private async open(keySet: string, set: KeySet, dealing: string): Promise<PreparedShare> {
    const place = this.placeIn(set);
    const sealed = set.sealedShares[place - 1]!;
    const known = this.complaints.find(dealing);
    if (known !== undefined) throw badShare(known);
    const binding: ShareBinding = {
      chainId: this.chain.chainId,
      contract: unhex(this.chain.keyRegistry),
      dealer: unhex(set.dealer),
      keySet: unhex(keySet),
      generation: set.generation,
      gateKey: this.hpkeKey,
      index: place,
      count: set.gates.length,
      commitments: set.commitments,
    };
    try {
      return await prepareShare(await openShare(this.privateKey, sealed, binding));
    } catch (cause) {
      const evidence = hex(await makeShareComplaint(this.privateKey, sealed, binding));
      const complaint = { keySet, generation: set.generation, gate: this.address, evidence };
      this.complaints.add(dealing, complaint);
      throw badShare(complaint, cause);
    }
  }
}

function badShare(complaint: GateComplaint, error?: unknown): DiptychError {
  const cause: BadShare & { error: unknown } = { complaint, error };
  return new DiptychError(
    "share-invalid",
    "The share that the patient dealt to this gate is bad: the patient must deal again.",
    { cause },
  );
}
