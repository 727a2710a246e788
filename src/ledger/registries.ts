/** Typed clients of the two registries that stand beside a ledger: attested attributes and anchors; gates and key sets. */
import type { Contract, Signer } from "ethers";
import { concat, hex, unhex } from "../core/bytes.ts";
import { isDiptychError } from "../core/errors.ts";
import { attributeRegistryAbi } from "./abi/attributeRegistry.ts";
import { keyRegistryAbi } from "./abi/keyRegistry.ts";
import type { Address, Chain } from "./chain.ts";
import { contractAt, type Mined, read, transact } from "./transactions.ts";

/** What the chain says of the authority, against a swapped key (F15). */
export type AuthorityAnchor = { abePublicKeyHash: Uint8Array; caFingerprint: Uint8Array };

export class AttributeRegistry {
  private readonly contract: Contract;

  constructor(chain: Chain) {
    this.contract = contractAt(chain, chain.attributeRegistry, attributeRegistryAbi);
  }

  /** Attests attributes (their keccak hashes) to an account until `expiry` (Unix seconds). */
  attest(
    signer: Signer,
    account: Address,
    attributes: readonly Uint8Array[],
    expiry: number,
  ): Promise<Mined> {
    return transact(
      this.contract,
      signer,
      "attest",
      [account, attributes.map(hex), expiry],
      "attest the attributes",
    );
  }

  revoke(signer: Signer, account: Address, attributes: readonly Uint8Array[]): Promise<Mined> {
    return transact(this.contract, signer, "revoke", [account, attributes.map(hex)], "revoke the attributes");
  }

  /** Which of the leaves (keccak hashes) the account holds now. */
  async holds(account: Address, leaves: readonly Uint8Array[]): Promise<boolean[]> {
    const bitmap = await read<bigint>(
      this.contract,
      "holds",
      [account, leaves.map(hex)],
      "tell the attributes",
    );
    return leaves.map((_, i) => ((bitmap >> BigInt(i)) & 1n) === 1n);
  }

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

  anchorAuthority(signer: Signer, anchor: AuthorityAnchor): Promise<Mined> {
    return transact(
      this.contract,
      signer,
      "anchorAuthority",
      [hex(anchor.abePublicKeyHash), hex(anchor.caFingerprint)],
      "anchor the authority",
    );
  }

  certificateRevoked(fingerprint: Uint8Array): Promise<boolean> {
    return read<boolean>(
      this.contract,
      "certificateRevoked",
      [hex(fingerprint)],
      "tell whether the certificate is revoked",
    );
  }

  revokeCertificate(signer: Signer, fingerprint: Uint8Array): Promise<Mined> {
    return transact(this.contract, signer, "revokeCertificate", [hex(fingerprint)], "revoke the certificate");
  }
}

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

export class KeyRegistry {
  private readonly contract: Contract;

  constructor(chain: Chain) {
    this.contract = contractAt(chain, chain.keyRegistry, keyRegistryAbi);
  }

  setGate(signer: Signer, gate: GateEntry): Promise<Mined> {
    return transact(
      this.contract,
      signer,
      "setGate",
      [gate.address, hex(gate.hpkeKey), gate.url],
      "register the gate",
    );
  }

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
