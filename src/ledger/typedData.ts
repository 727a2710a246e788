/**
 * Everything that is signed with an account, as EIP-712 typed data. Each domain names the chain and the contract, so that
 * no signature means anything anywhere else (F11).
 */
import { type Signer, type TypedDataDomain, type TypedDataField, verifyTypedData } from "ethers";
import { DiptychError } from "../core/errors.ts";
import type { Address, ChainAddresses, Side } from "./chain.ts";

type Types = Record<string, TypedDataField[]>;

/** One kind of signed message: its EIP-712 types and whose domain it lives in. */
export type MessageKind<_Value> = {
  types: Types;
  /** The EIP-712 domain on a chain. */
  domain: (chain: ChainAddresses) => TypedDataDomain;
};

/** The fields of a type, from Solidity's way of writing them. */
export function fields(text: string): TypedDataField[] {
  return text.split(", ").map((field) => {
    const [type, name] = field.split(" ");
    return { type: type!, name: name! };
  });
}

/** What each side's ledger is called in its EIP-712 domain. */
export const ledgerDomains = {
  storage: "Diptych StorageLedger",
  shared: "Diptych SharedLedger",
} as const satisfies Record<Side, string>;

/** The domain of a chain's ledger. */
export function ofLedger(chain: ChainAddresses): TypedDataDomain {
  return {
    name: ledgerDomains[chain.side],
    version: "1",
    chainId: chain.chainId,
    verifyingContract: chain.ledger,
  };
}

/** The domain of what is signed for the authority on a chain. */
export function ofRegistry(chain: ChainAddresses): TypedDataDomain {
  return {
    name: "Diptych Authority",
    version: "1",
    chainId: chain.chainId,
    verifyingContract: chain.attributeRegistry,
  };
}

function ofKeyRegistry(chain: ChainAddresses): TypedDataDomain {
  return {
    name: "Diptych KeyRegistry",
    version: "1",
    chainId: chain.chainId,
    verifyingContract: chain.keyRegistry,
  };
}

/** d_Index: the owner's word to the gateway, inside the sealed index. */
export type IndexGrant = { ledgerRecordId: string; version: bigint; cid: string; tag: string };

/** d_Index of the paper (5.1.4): the owner tells the gateway which root belongs to which version. Lies inside the index. */
export const indexMessage: MessageKind<IndexGrant> = {
  domain: ofLedger,
  types: { Index: fields("bytes32 ledgerRecordId, uint64 version, string cid, bytes32 tag") },
};

/** What a requester signs to fetch. */
export type Fetch = { gateway: string; requestId: string; cid: string; time: number; nonce: string };

/** A requester asks a gateway for the blocks under a manifest (5.2.2); good for a minute and once. */
export const fetchMessage: MessageKind<Fetch> = {
  domain: ofLedger,
  types: { Fetch: fields("string gateway, bytes32 requestId, string cid, uint64 time, bytes32 nonce") },
};

/** What an owner signs to fetch. */
export type OwnerFetch = { gateway: string; cid: string; time: number; nonce: string };

/** An owner asks a gateway for blocks that the owner uploaded. */
export const ownerFetchMessage: MessageKind<OwnerFetch> = {
  domain: ofLedger,
  types: { OwnerFetch: fields("string gateway, string cid, uint64 time, bytes32 nonce") },
};

/** What an owner signs about a root in the cloud. */
export type Pinning = { gateway: string; cid: string; tag: string; time: number; nonce: string };

/** `owners`: the accounts of all roots of one upload, in their order: they may link each other's blocks from then on. */
export type Upload = Pinning & { owners: Address[] };

/** The owner of a root has it stored, together with these owners' roots and no others'. */
export const uploadMessage: MessageKind<Upload> = {
  domain: ofLedger,
  types: {
    Upload: fields("string gateway, string cid, bytes32 tag, address[] owners, uint64 time, bytes32 nonce"),
  },
};

/** The owner of a root has everything else forgotten that lies under the same tag. */
export const keepOnlyMessage: MessageKind<Pinning> = {
  domain: ofLedger,
  types: { KeepOnly: fields("string gateway, string cid, bytes32 tag, uint64 time, bytes32 nonce") },
};

/** What an account signs to get its SK_AU. */
export type KeyRequest = { authority: string; nonce: string; hpkeKey: string; expiry: number };

/** A requester asks the authority for SK_AU, sealed to `hpkeKey` (5.2.3). */
export const keyRequestMessage: MessageKind<KeyRequest> = {
  domain: ofRegistry,
  types: { KeyRequest: fields("string authority, bytes32 nonce, bytes hpkeKey, uint64 expiry") },
};

/** What an account signs to apply for attributes. */
export type Application = {
  authority: string;
  attributes: string[];
  evidence: string;
  nonce: string;
  expiry: number;
};

/** A requester applies for attributes and says on what evidence (5.2.3). */
export const applicationMessage: MessageKind<Application> = {
  domain: ofRegistry,
  types: {
    Application: fields(
      "string authority, string[] attributes, string evidence, bytes32 nonce, uint64 expiry",
    ),
  },
};

/** A gate's account says which HPKE key (65 bytes) is its own, so that those who appoint gates can't put another there. */
export const gateMessage: MessageKind<{ account: Address; hpkeKey: string }> = {
  domain: ofKeyRegistry,
  types: { Gate: fields("address account, bytes hpkeKey") },
};

/** What a gate says of a release: `time` in Unix seconds by its own clock. */
export type ReceiptFields = { requestId: string; ledgerRecordId: string; version: number; time: number };

/** A gate's receipt for one release. */
export const receiptMessage: MessageKind<ReceiptFields> = {
  domain: ofKeyRegistry,
  types: { Receipt: fields("bytes32 requestId, bytes32 ledgerRecordId, uint64 version, uint64 time") },
};

/** Signs `value`; hex, 65 bytes unless a contract is the account. Throws `signature-refused` when the wallet or the person behind it doesn't sign. */
export async function signMessage<Value extends object>(
  signer: Signer,
  kind: MessageKind<Value>,
  chain: ChainAddresses,
  value: Value,
): Promise<string> {
  try {
    return await signer.signTypedData(kind.domain(chain), kind.types, value);
  } catch (cause) {
    throw new DiptychError(
      "signature-refused",
      "The wallet did not sign the message: unlock it, agree to sign, and try again.",
      { cause },
    );
  }
}

/** The account that signed `value`; throws `signature-invalid` when the signature is malformed. */
export function recoverSigner<Value extends object>(
  kind: MessageKind<Value>,
  chain: ChainAddresses,
  value: Value,
  signature: string,
): Address {
  try {
    return verifyTypedData(kind.domain(chain), kind.types, value, signature);
  } catch (cause) {
    throw new DiptychError("signature-invalid", "The signature is malformed: sign the message again.", {
      cause,
    });
  }
}

/** Demands that the key of `signer` signed `value`; throws `signature-invalid`. For contract accounts see `checkAccountSigner`. */
export function checkSigner<Value extends object>(
  kind: MessageKind<Value>,
  chain: ChainAddresses,
  value: Value,
  signature: string,
  signer: Address,
): void {
  if (recoverSigner(kind, chain, value, signature).toLowerCase() !== signer.toLowerCase())
    throw invalidSignature(signer);
}

/** What is thrown for a message that an account didn't sign. */
export function invalidSignature(account: Address): DiptychError {
  return new DiptychError(
    "signature-invalid",
    `The message is not signed by ${account}: sign it with that account.`,
  );
}
