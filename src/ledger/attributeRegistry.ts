/** A typed client of the attribute registry of a chain: attested attributes, who attests which labels, and the anchors. */
import { type Contract, type Signer, zeroPadValue } from "ethers";
import { hex, unhex, utf8 } from "../core/bytes.ts";
import { keccak256 } from "../core/hash.ts";
import { attributeRegistryAbi } from "./abi/attributeRegistry.ts";
import {
  type Attestation,
  type AttestationEvent,
  askForAny,
  askForEach,
  inOtherUnit,
  type NumberSlot,
  placeAttributes,
  readAttestationEvents,
  readStanding,
} from "./attestations.ts";
import type { Address, Chain } from "./chain.ts";
import { chainError } from "./reverts.ts";
import type { GovernedCall } from "./timelock.ts";
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
    const others = await this.withNumber(account, numbers.map(inOtherUnit));
    // What was a date becomes a number: the contract can't tell that both slots have one label.
    if (others.length > 0) calls.push(["revokeNumbers", account, others]);
    if (plain.length > 0 || numbers.length === 0) calls.push(["attest", account, plain, expiry]);
    if (numbers.length > 0) calls.push(["attestNumbers", account, numbers, expiry]);
    return this.send(signer, calls, "attest the attributes");
  }

  /** Takes attributes back, whatever the value that numeric ones have there. All must be attested. */
  async revoke(signer: Signer, account: Address, attributes: readonly string[]): Promise<Mined> {
    const { plain, numbers } = placeAttributes(attributes);
    const calls: Call[] = [];
    if (plain.length > 0 || numbers.length === 0) calls.push(["revoke", account, plain]);
    if (numbers.length > 0)
      calls.push(["revokeNumbers", account, numbers.map(({ label, unit }) => ({ label, unit }))]);
    return this.send(signer, calls, "revoke the attributes");
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
  private async withNumber(account: Address, slots: readonly NumberSlot[]): Promise<NumberSlot[]> {
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

  /** The anchor that holds now; both all zero before the first. */
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

  /** Anchors the authority's keys for the first time. A change is the administrator's: see `anchorCall`. */
  anchorAuthority(signer: Signer, anchor: AuthorityAnchor): Promise<Mined> {
    return transact(
      this.contract,
      signer,
      "anchorAuthority",
      anchorArguments(anchor),
      "anchor the authority",
    );
  }

  /** The change of the anchor, for the administrator's timelock to schedule and execute. */
  anchorCall(anchor: AuthorityAnchor): GovernedCall {
    return this.governed("anchorAuthority", anchorArguments(anchor));
  }

  /** The hash of the certificate revocation list that is anchored; all zero before the first. */
  async revocationList(): Promise<Uint8Array> {
    return unhex(await read<string>(this.contract, "revocationList", [], "show the revocation list"));
  }

  /** Anchors the hash of the newest certificate revocation list, at once. */
  anchorRevocationList(signer: Signer, hash: Uint8Array): Promise<Mined> {
    return transact(this.contract, signer, "anchorRevocationList", [hex(hash)], "anchor the revocation list");
  }

  /** Who alone attests under a label; undefined while every authority may. */
  async labelAuthority(label: string): Promise<Address | undefined> {
    const found = await read<string>(
      this.contract,
      "labelAuthority",
      [hex(keccak256(utf8(label)))],
      "tell the label's authority",
    );
    return BigInt(found) === 0n ? undefined : found;
  }

  /** Giving a label to one authority alone, for the administrator's timelock to schedule and execute. */
  assignLabelCall(label: string, authority: Address): GovernedCall {
    return this.governed("assignLabel", [label, authority]);
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

  private governed(method: string, args: readonly unknown[]): GovernedCall {
    return {
      target: this.chain.attributeRegistry,
      data: this.contract.interface.encodeFunctionData(method, args),
    };
  }
}

function anchorArguments({ abePublicKeyHash, caFingerprint }: AuthorityAnchor): string[] {
  return [hex(abePublicKeyHash), hex(caFingerprint)];
}
