/** A typed client of the key registry of a chain: its gates, and the key sets dealt to them. */
import type { Contract, Signer } from "ethers";
import { concat, hex, unhex } from "../core/bytes.ts";
import { isDiptychError } from "../core/errors.ts";
import { keyRegistryAbi } from "./abi/keyRegistry.ts";
import type { Address, Chain } from "./chain.ts";
import { contractAt, type Mined, read, transact } from "./transactions.ts";

/** A gate as it is registered: account, HPKE public key (65 bytes), URL. */
export type GateEntry = { address: Address; hpkeKey: Uint8Array; url: string };

/** One generation of shares of an index key. */
export type KeySet = {
  dealer: Address;
  generation: number;
  threshold: number;
  /** 65 bytes. */
  indexKey: Uint8Array;
  gates: Address[];
  /** Feldman commitments, 65 bytes each; the first is the index key. */
  commitments: Uint8Array[];
  sealedShares: Uint8Array[];
};

/** The key registry of one chain: its gates, and the sealed shares of index keys. */
export class KeyRegistry {
  private readonly contract: Contract;

  constructor(chain: Chain) {
    this.contract = contractAt(chain, chain.keyRegistry, keyRegistryAbi);
  }

  /** Registers a gate or changes its entry, as the administrator. */
  setGate(signer: Signer, gate: GateEntry): Promise<Mined> {
    return transact(
      this.contract,
      signer,
      "setGate",
      [gate.address, hex(gate.hpkeKey), gate.url],
      "register the gate",
    );
  }

  /** A gate's entry, at `block` or now; key and URL are empty when there is no such gate. */
  async gate(address: Address, block?: number): Promise<GateEntry> {
    const found = await read<Record<string, unknown>>(
      this.contract,
      "gate",
      [address],
      "show the gate",
      block,
    );
    return { address, hpkeKey: unhex(String(found.hpkeKey)), url: String(found.url) };
  }

  /** Registers shares of an index key as the next generation of the sender's key set. */
  deal(
    signer: Signer,
    set: Pick<KeySet, "indexKey" | "threshold" | "gates" | "commitments" | "sealedShares">,
  ): Promise<Mined> {
    return transact(
      this.contract,
      signer,
      "deal",
      [
        hex(set.indexKey),
        set.threshold,
        set.gates,
        hex(concat(...set.commitments)),
        set.sealedShares.map(hex),
      ],
      "register the key set",
    );
  }

  /** The newest generation of a key set; 0 when nobody has dealt it. */
  async generationOf(id: string): Promise<number> {
    try {
      return (await this.keySet(id)).generation;
    } catch (error) {
      if (isDiptychError(error, "record-unknown")) return 0;
      throw error;
    }
  }

  /** The newest generation of a key set, at `block` or now; throws `record-unknown`. */
  async keySet(id: string, block?: number): Promise<KeySet> {
    const found = await read<Record<string, unknown>>(
      this.contract,
      "keySet",
      [id],
      "show the key set",
      block,
    );
    const commitments = unhex(String(found.commitments));
    return {
      dealer: String(found.dealer),
      generation: Number(found.generation),
      threshold: Number(found.threshold),
      indexKey: unhex(String(found.indexKey)),
      gates: [...(found.gates as string[])],
      commitments: Array.from({ length: commitments.length / 65 }, (_, i) =>
        commitments.slice(65 * i, 65 * i + 65),
      ),
      sealedShares: [...(found.sealedShares as string[])].map(unhex),
    };
  }
}
