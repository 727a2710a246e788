/** A typed client of the key registry of a chain: its gates, and the key sets dealt to them. */
import { type Contract, id, type Signer, ZeroAddress } from "ethers";
import { concat, hex, unhex } from "../core/bytes.ts";
import { isDiptychError } from "../core/errors.ts";
import { keyRegistryAbi } from "./abi/keyRegistry.ts";
import type { Address, Chain, ChainAddresses } from "./chain.ts";
import { type BlockRange, eventsOver } from "./pages.ts";
import { contractAt, type Mined, read, transact } from "./transactions.ts";
import { gateMessage, signMessage } from "./typedData.ts";
import { callView } from "./view.ts";

const selectors = {
  gate: id("gate(address)").slice(0, 10),
  keySet: id("keySet(bytes32)").slice(0, 10),
};
/** Bytes of a point of P-256, uncompressed. */
const pointSize = 65;

/** A gate as it is registered: account, HPKE public key (65 bytes), URL. */
export type RegisteredGate = { address: Address; hpkeKey: Uint8Array; url: string };

/** What registers a gate; `signature`: its account's over its key, from `signGate`. */
export type GateEntry = RegisteredGate & { signature: string };

/** One deal of an index key, as its event tells it. */
export type Dealing = {
  keySet: string;
  dealer: Address;
  generation: number;
  threshold: number;
  gateCount: number;
  block: number;
  transaction: string;
};

/** A gate's complaint about its share; whether it is right follows from the evidence (`judgeShareComplaint` of the seal package). */
export type Complaint = {
  keySet: string;
  gate: Address;
  generation: number;
  evidence: Uint8Array;
  block: number;
  transaction: string;
};

/** Has a gate's account sign for its HPKE key (65 bytes), for `setGate`. Throws `signature-refused`. */
export async function signGate(gate: Signer, chain: ChainAddresses, hpkeKey: Uint8Array): Promise<string> {
  const value = { account: await gate.getAddress(), hpkeKey: hex(hpkeKey) };
  return signMessage(gate, gateMessage, chain, value);
}

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
  private readonly chain: Chain;
  private readonly contract: Contract;

  constructor(chain: Chain) {
    this.chain = chain;
    this.contract = contractAt(chain, chain.keyRegistry, keyRegistryAbi);
  }

  /** Registers a gate, or changes its URL (its key is the same for ever), as a gate administrator. */
  setGate(administrator: Signer, gate: GateEntry): Promise<Mined> {
    return transact(
      this.contract,
      administrator,
      "setGate",
      [gate.address, hex(gate.hpkeKey), gate.url, gate.signature],
      "register the gate",
    );
  }

  /** Takes a gate off the list, as a gate administrator: new key sets can't name it, those that do stay. */
  removeGate(administrator: Signer, address: Address): Promise<Mined> {
    return transact(this.contract, administrator, "removeGate", [address], "remove the gate");
  }

  /** A gate's entry, at `block` or now; key and URL are empty when there is no such gate. */
  async gate(address: Address, block?: number): Promise<RegisteredGate> {
    const act = "show the gate";
    const call = { to: this.chain.keyRegistry, selector: selectors.gate, word: address, act, block };
    return callView(this.chain, call, (found) => ({
      address,
      hpkeKey: found.bytesAt(0),
      url: found.text(1),
    }));
  }

  /** The key of an account that is or was a gate; empty when it never was. */
  async gateKeyOf(address: Address, block?: number): Promise<Uint8Array> {
    return unhex(await read<string>(this.contract, "gateKey", [address], "show the gate's key", block));
  }

  /** The accounts of all registered gates, in no order. */
  async gateAccounts(block?: number): Promise<Address[]> {
    return [...(await read<string[]>(this.contract, "gateAccounts", [], "list the gates", block))];
  }

  /**
   * Registers shares of an index key as `generation` of the sender's key set, which must be the one after the last: shares are sealed
   * for one. Throws `transaction-reverted` (KeyRegistryGenerationMismatch) when another deal came first.
   */
  deal(
    signer: Signer,
    set: Pick<KeySet, "indexKey" | "generation" | "threshold" | "gates" | "commitments" | "sealedShares">,
  ): Promise<Mined> {
    return transact(
      this.contract,
      signer,
      "deal",
      [
        hex(set.indexKey),
        set.generation,
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

  /** Who dealt a key set; undefined when nobody has. */
  async dealerOf(id: string, block?: number): Promise<Address | undefined> {
    const dealer = await read<string>(this.contract, "dealerOf", [id], "show the dealer", block);
    return dealer === ZeroAddress ? undefined : dealer;
  }

  /** The newest generation of a key set, at `block` or now; throws `record-unknown`. */
  async keySet(keySet: string, block?: number): Promise<KeySet> {
    const act = "show the key set";
    const call = { to: this.chain.keyRegistry, selector: selectors.keySet, word: keySet, act, block };
    return callView(this.chain, call, (answer) => {
      const found = answer.tuple(0);
      const commitments = found.bytesAt(5);
      return {
        dealer: found.address(0),
        generation: found.number(1),
        threshold: found.number(2),
        indexKey: found.bytesAt(3),
        gates: found.list(4, (head, at) => head.address(at)),
        commitments: Array.from({ length: commitments.length / pointSize }, (_, i) =>
          commitments.slice(pointSize * i, pointSize * (i + 1)),
        ),
        sealedShares: found.list(6, (head, at) => head.bytesAt(at)),
      };
    });
  }

  /** All deals of all index keys, oldest first: `keySet` tells which gates one names. */
  async *dealings(range: BlockRange = {}): AsyncGenerator<Dealing> {
    const filter = this.contract.filters.KeySetDealt!();
    for await (const { args, log } of eventsOver(this.chain, this.contract, filter, range, "list the deals"))
      yield {
        keySet: String(args.keySet),
        dealer: String(args.dealer),
        generation: Number(args.generation),
        threshold: Number(args.threshold),
        gateCount: Number(args.n),
        block: log.blockNumber,
        transaction: log.transactionHash,
      };
  }

  /**
   * Complains about this gate's share in the current generation of a key set, which it can once; `evidence` (1 to 512 bytes)
   * is for everybody to read.
   */
  complain(gate: Signer, keySet: string, generation: number, evidence: Uint8Array): Promise<Mined> {
    return transact(
      this.contract,
      gate,
      "complain",
      [keySet, generation, hex(evidence)],
      "publish the complaint",
    );
  }

  /** All complaints about a key set, of all its generations, oldest first. */
  async complaints(keySet: string, range: BlockRange = {}): Promise<Complaint[]> {
    const filter = this.contract.filters.ShareComplained!(keySet);
    const found: Complaint[] = [];
    for await (const { args, log } of eventsOver(this.chain, this.contract, filter, range, "list complaints"))
      found.push({
        keySet: String(args.keySet),
        gate: String(args.gate),
        generation: Number(args.generation),
        evidence: unhex(String(args.evidence)),
        block: log.blockNumber,
        transaction: log.transactionHash,
      });
    return found;
  }
}
