// What owners publish and what they sign.
import { AbiCoder, keccak256 } from "ethers";

/** A version as its owner means it; `keySet` and the hashes are what a relayed one has signed. */
export interface Publishing {
  ledgerRecordId: string;
  version: bigint;
  epoch: bigint;
  indexKeyHash: string;
  owner: string;
  salt: string;
  program: string;
  index: string;
  policy: string;
}

/** In whose name a relayer acts; the signature comes from {@link World.mandate}. */
export interface Mandate {
  owner: string;
  nonce: bigint;
  deadline: bigint;
  signature: string;
}

/** A field of typed data, as Solidity writes it. */
export const field = (text: string) => {
  const [type = "", name = ""] = text.split(" ");
  return { name, type };
};
const message = (...fields: string[]) =>
  [...fields, "address owner", "uint256 nonce", "uint256 deadline"].map(field);

/** What a gate signs about its key. */
export const gateTypes = { Gate: ["address account", "bytes hpkeKey"].map(field) };

/** What owners sign, by name. */
export const signed = {
  Publish: message(
    "bytes32 ledgerRecordId",
    "uint64 version",
    "uint64 epoch",
    "bytes32 indexHash",
    "bytes32 programHash",
    "bytes32 keySet",
  ),
  Close: message("bytes32 ledgerRecordId", "uint64 epoch"),
  Block: message("bytes32 ledgerRecordId", "address account", "bool blocked"),
  RevokeGrant: message("bytes32 requestId"),
  OfferTransfer: message("bytes32 ledgerRecordId", "address newOwner"),
  AcceptTransfer: message("bytes32 ledgerRecordId"),
} as const;
export type Kind = keyof typeof signed;

const coder = AbiCoder.defaultAbiCoder();

/** The id of a key set with this dealer. */
export const keySetOf = (dealer: string, indexKeyHash: string): string =>
  keccak256(coder.encode(["address", "bytes32"], [dealer, indexKeyHash]));

/** The id of a ledger record with this first owner. */
export const recordIdOf = keySetOf;

/** What is signed for a version. */
export const publishMessage = (p: Publishing) => ({
  ledgerRecordId: p.ledgerRecordId,
  version: p.version,
  epoch: p.epoch,
  indexHash: keccak256(p.index),
  programHash: keccak256(p.program),
  keySet: keySetOf(p.owner, p.indexKeyHash),
});

/** An edition as the ledger takes it. */
export const editionOf = ({ ledgerRecordId, version, epoch, indexKeyHash }: Publishing) => ({
  ledgerRecordId,
  version,
  epoch,
  indexKeyHash,
});
