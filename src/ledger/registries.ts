/** Typed clients of the two registries that stand beside a ledger: attested attributes and anchors; gates and key sets. */
import { type Contract, type Signer, zeroPadValue } from "ethers";
import { concat, hex, unhex } from "../core/bytes.ts";
import { isDiptychError } from "../core/errors.ts";
import { attributeRegistryAbi } from "./abi/attributeRegistry.ts";
import { keyRegistryAbi } from "./abi/keyRegistry.ts";
import {
  type Attestation,
  type AttestationEvent,
  askForAny,
  askForEach,
  placeAttributes,
  readAttestationEvents,
  readStanding,
} from "./attestations.ts";
import type { Address, Chain } from "./chain.ts";
import { chainError } from "./reverts.ts";
import { contractAt, type Mined, read, transact } from "./transactions.ts";

/** What the chain says of the authority, against a swapped key (F15). */
export type AuthorityAnchor = { abePublicKeyHash: Uint8Array; caFingerprint: Uint8Array };

type Call = [method: string, ...args: unknown[]];

function isSet(bitmap: bigint, bit: number): boolean {
  return ((bitmap >> BigInt(bit)) & 1n) === 1n;
}

/** The attribute registry of one chain: attested attributes, the authority's anchor, revoked certificates. */
export class AttributeRegistry {
  private readonly chain: Chain;
  private readonly contract: Contract;

  constructor(chain: Chain) {
    this.chain = chain;
    this.contract = contractAt(chain, chain.attributeRegistry, attributeRegistryAbi);
  }

  /**
   * Attests attributes to an account until `expiry` (Unix seconds), numeric ones in place of what their labels had: all in
   * one transaction, or none. Throws `attribute-invalid` for two values of one label, before anything is sent.
   */
  async attest(
    signer: Signer,
    account: Address,
    attributes: readonly string[],
    expiry: number,
  ): Promise<Mined> {
    const { plain, numbers } = placeAttributes(attributes);
    const calls: Call[] = [];
    const others = await this.numbersIn(
      account,
      numbers.map(({ otherSlot }) => otherSlot),
    );
    // What was a date becomes a number: the contract can't tell that both slots have one label.
    if (others.length > 0) calls.push(["revoke", account, others]);
    if (plain.length > 0 || numbers.length === 0) calls.push(["attest", account, plain, expiry]);
    if (numbers.length > 0)
      calls.push([
        "attestNumbers",
        account,
        numbers.map(({ slot }) => slot),
        numbers.map(({ value }) => value),
        expiry,
      ]);
    return this.send(signer, calls, "attest the attributes");
  }

  /** Takes attributes back, whatever the value that numeric ones have there. All must be attested. */
  async revoke(signer: Signer, account: Address, attributes: readonly string[]): Promise<Mined> {
    const { plain, numbers } = placeAttributes(attributes);
    const keys = [...plain, ...numbers.map(({ slot }) => slot)];
    return this.send(signer, [["revoke", account, keys]], "revoke the attributes");
  }

  /** Which of the attributes the account has now; numeric ones with just that value. */
  async holds(account: Address, attributes: readonly string[]): Promise<boolean[]> {
    const { leaves, comparisons, bits } = askForEach(attributes);
    const bitmap = await this.ask(account, leaves, comparisons);
    return bits.map((bit) => isSet(bitmap, bit));
  }

  /** What stands attested to an account by hash and slot, expired or not, oldest first. */
  async attestations(account: Address): Promise<Attestation[]> {
    return readStanding(await this.history(account));
  }

  /** All that was attested to an account and taken back, oldest first. */
  async history(account: Address, fromBlock = 0): Promise<AttestationEvent[]> {
    const topics = [null, zeroPadValue(account, 32)];
    const range = { address: this.chain.attributeRegistry, topics, fromBlock, toBlock: "latest" };
    try {
      return readAttestationEvents(this.contract, await this.chain.provider.getLogs(range));
    } catch (error) {
      throw chainError(error, "read the history");
    }
  }

  /** Those of the slots in which the account has a number now. */
  private async numbersIn(account: Address, slots: readonly string[]): Promise<string[]> {
    if (slots.length === 0) return [];
    const { leaves, comparisons } = askForAny(slots);
    const bitmap = await this.ask(account, leaves, comparisons);
    return slots.filter((_, i) => isSet(bitmap, i));
  }

  private ask(account: Address, leaves: readonly string[], comparisons: Uint8Array): Promise<bigint> {
    return read<bigint>(this.contract, "holds", [account, leaves, hex(comparisons)], "tell the attributes");
  }

  /** Sends calls as one transaction: all of them happen, or none. */
  private send(signer: Signer, calls: readonly Call[], act: string): Promise<Mined> {
    const [first, ...more] = calls;
    if (first !== undefined && more.length === 0) {
      const [method, ...args] = first;
      return transact(this.contract, signer, method, args, act);
    }
    const encoded = calls.map(([method, ...args]) =>
      this.contract.interface.encodeFunctionData(method, args),
    );
    return transact(this.contract, signer, "multicall", [encoded], act);
  }

  /** What the authority anchored last; zero bytes before the first time. */
  async anchor(): Promise<AuthorityAnchor> {
    const found = await read<Record<string, unknown>>(
      this.contract,
      "authorityAnchor",
      [],
      "show the authority's anchor",
    );
    return {
      abePublicKeyHash: unhex(String(found.abePublicKeyHash)),
      caFingerprint: unhex(String(found.caFingerprint)),
    };
  }

  /** Writes the hashes that everybody compares the authority's keys with. */
  anchorAuthority(signer: Signer, anchor: AuthorityAnchor): Promise<Mined> {
    return transact(
      this.contract,
      signer,
      "anchorAuthority",
      [hex(anchor.abePublicKeyHash), hex(anchor.caFingerprint)],
      "anchor the authority",
    );
  }

  /** Whether the certificate with this fingerprint (32 bytes) is revoked. */
  certificateRevoked(fingerprint: Uint8Array): Promise<boolean> {
    return read<boolean>(
      this.contract,
      "certificateRevoked",
      [hex(fingerprint)],
      "tell whether the certificate is revoked",
    );
  }

  /** Revokes a doctor's certificate by its fingerprint (32 bytes); for good. */
  revokeCertificate(signer: Signer, fingerprint: Uint8Array): Promise<Mined> {
    return transact(this.contract, signer, "revokeCertificate", [hex(fingerprint)], "revoke the certificate");
  }
}

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
