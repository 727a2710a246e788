/**
 * Clients of the services, and what gates, gateway and authority are made of. The HTTP servers are Node's, in *Server.ts.
 *
 * @module
 */
export { AuthorityClient } from "./authorityClient.ts";
export { AuthorityDeskClient, type DeskAccess } from "./authorityDeskClient.ts";
export type { ComplaintBook, KeptComplaint, WaitingComplaint } from "./complaintBook.ts";
export type {
  AttestedAccount,
  DeskDecision,
  DeskOutcome,
  DeskRequest,
  IssuedCertificate,
  OfficerEnvelope,
  OfficersDesk,
  SignedDecision,
  SignedSession,
} from "./deskWire.ts";
export type { FinalBlock, FinalBlocks } from "./finalBlocks.ts";
export { blockToRead, type Confirmations } from "./finality.ts";
export { deriveGateKeys, Gate, type GateKeys, type GateOptions } from "./gate.ts";
export {
  type GateFailure,
  type JudgedReceipts,
  type OpenedIndex,
  type ReleaseOptions,
  releaseIndex,
} from "./gateClient.ts";
export type { GateIdentity } from "./gateIdentity.ts";
export { askGateStatus, type CheckedReceipt, fetchReceipts, type GateStatus } from "./gateStatus.ts";
export { Gateway, type GatewayOptions } from "./gateway.ts";
export { Officers, type OfficersOptions } from "./officers.ts";
export type { ReceiptBatch, ReceiptBook } from "./receiptBook.ts";
export { RelayerSigner } from "./relayerClient.ts";
export type {
  AuthorityDesk,
  GateComplaint,
  KeptReceipt,
  Release,
  ReleaseOrder,
  ReleaseReceipt,
  ReviewState,
  SignedApplication,
  SignedKeyRequest,
} from "./wire.ts";
