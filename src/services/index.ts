/**
 * Clients of the services, and what gates, gateway and authority are made of. The HTTP servers are Node's, in *Server.ts.
 *
 * @module
 */
export { AuthorityClient } from "./authorityClient.ts";
export { blockToRead, type Confirmations } from "./finality.ts";
export { deriveGateKeys, Gate, type GateKeys } from "./gate.ts";
export { type GateFailure, type OpenedIndex, releaseIndex } from "./gateClient.ts";
export { Gateway, type GatewayOptions } from "./gateway.ts";
export type {
  AuthorityDesk,
  Release,
  ReleaseOrder,
  ReviewState,
  SignedApplication,
  SignedKeyRequest,
} from "./wire.ts";
