/**
 * What an owner signs for others to carry to a ledger: each act of an owner can be sent by the owner or, under a mandate, by
 * anybody. A mandate holds once (nonce), for an hour (deadline), on one chain and contract (EIP-712 domain).
 */
import type { Signer } from "ethers";
import type { Address, Chain } from "./chain.ts";
import { contractOf, nonceOf } from "./ledgerContract.ts";
import { fields, type MessageKind, ofLedger, signMessage } from "./typedData.ts";

/** In whose name something is sent, with their signature over it. */
export type Mandate = { owner: Address; nonce: bigint; deadline: bigint; signature: string };

/** What every signed act ends with. */
export type MandateTerms = { owner: Address; nonce: bigint; deadline: bigint };

/** The longest that a relayer may take, in seconds. */
const patience = 3600;

function actOf<Act>(name: string, body: string): MessageKind<Act & MandateTerms> {
  return {
    domain: ofLedger,
    types: { [name]: fields(`${body}, address owner, uint256 nonce, uint256 deadline`) },
  };
}

/** What an owner signs so that anyone may carry a publish (5.1.5). */
export type Publication = {
  ledgerRecordId: string;
  version: number;
  epoch: number;
  /** keccak-256 of the index, and of the policy program. */
  indexHash: string;
  programHash: string;
  keySet: string;
};

/** Req of the paper (5.1.5): the owner's word for one version of one ledger record, whether its rules are new or stay. */
export const publishMessage = actOf<Publication>(
  "Publish",
  "bytes32 ledgerRecordId, uint64 version, uint64 epoch, bytes32 indexHash, bytes32 programHash, bytes32 keySet",
);

/** The owner's word that the running epoch ends now. */
export const closeMessage = actOf<{ ledgerRecordId: string; epoch: number }>(
  "Close",
  "bytes32 ledgerRecordId, uint64 epoch",
);

/** The owner's word that an account is blocked, or let in again. */
export const blockMessage = actOf<{ ledgerRecordId: string; account: Address; blocked: boolean }>(
  "Block",
  "bytes32 ledgerRecordId, address account, bool blocked",
);

/** The owner's word that one grant ends. */
export const revokeGrantMessage = actOf<{ requestId: string }>("RevokeGrant", "bytes32 requestId");

/** The owner's word that somebody may take the ledger record over; the zero address for nobody. */
export const offerTransferMessage = actOf<{ ledgerRecordId: string; newOwner: Address }>(
  "OfferTransfer",
  "bytes32 ledgerRecordId, address newOwner",
);

/** A new owner's word that they take a ledger record over: here `owner` is the new one. */
export const acceptTransferMessage = actOf<{ ledgerRecordId: string }>(
  "AcceptTransfer",
  "bytes32 ledgerRecordId",
);

/** Signs one act with the account's next nonce; throws `signature-refused`. */
export async function signMandate<Act extends object>(
  owner: Signer,
  kind: MessageKind<Act & MandateTerms>,
  chain: Chain,
  act: Act,
  deadline = BigInt(Math.floor(Date.now() / 1000) + patience),
): Promise<Mandate> {
  const address = await owner.getAddress();
  const signed = { owner: address, nonce: await nonceOf(contractOf(chain), address), deadline };
  return { ...signed, signature: await signMessage(owner, kind, chain, { ...act, ...signed }) };
}
