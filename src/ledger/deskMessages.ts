/**
 * What an officer signs at the authority's desk, as EIP-712 typed data: opening it, and each decision in full, so that the wallet
 * shows what is decided (paper, 5.1.1 and 5.2.3). `nonce` counts once, `expiry` (Unix seconds) is at most 15 minutes ahead.
 */
import type { Address } from "./chain.ts";
import { fields, type MessageKind, ofRegistry } from "./typedData.ts";

/** Which authority an officer's message is for, and how long it is good; once at most. */
export type DeskOrder = {
  /** The authority's name. */
  authority: string;
  nonce: string;
  expiry: number;
};

/** An officer opens the desk for reading; the session ends when the message expires. */
export const openDeskMessage: MessageKind<DeskOrder> = {
  domain: ofRegistry,
  types: { OpenDesk: fields("string authority, bytes32 nonce, uint64 expiry") },
};

/** What officers decide. `request` is the id of what is decided on; `until` in Unix seconds. */
export type DeskDecisions = {
  /** Attests what an application asks for, on both chains. */
  approve: { request: string; account: Address; attributes: string[]; until: number };
  /** Certifies a doctor's key; `requestHash` is the SHA-256 of the PKCS#10 request. */
  certify: { request: string; subject: string; requestHash: string; until: number };
  /** Refuses an application, an enrolment or a wish to end a key; whoever handed it in reads the reason. */
  refuse: { request: string; reason: string };
  /** Takes attributes of an account back, on both chains. */
  "revoke-attributes": { account: Address; attributes: string[] };
  /** Revokes a certificate by its fingerprint, on both chains, for good. */
  "revoke-certificate": { fingerprint: string };
};

/** The name of a kind of decision, as it travels. */
export type DecisionKind = keyof DeskDecisions;

const about = (text: string) => fields(`string authority, ${text}, bytes32 nonce, uint64 expiry`);

/** The message of each kind of decision. */
export const decisionMessages: { [K in DecisionKind]: MessageKind<DeskOrder & DeskDecisions[K]> } = {
  approve: {
    domain: ofRegistry,
    types: { Approve: about("string request, address account, string[] attributes, uint64 until") },
  },
  certify: {
    domain: ofRegistry,
    types: { Certify: about("string request, string subject, bytes32 requestHash, uint64 until") },
  },
  refuse: { domain: ofRegistry, types: { Refuse: about("string request, string reason") } },
  "revoke-attributes": {
    domain: ofRegistry,
    types: { RevokeAttributes: about("address account, string[] attributes") },
  },
  "revoke-certificate": {
    domain: ofRegistry,
    types: { RevokeCertificate: about("bytes32 fingerprint") },
  },
};
