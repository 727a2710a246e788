/** What a configuration file says, as types and as a JSON schema (`diptych config schema` prints it). */
import type { Address, ChainAddresses, Side } from "../../ledger/chain.ts";
import type { Confirmations } from "../../services/finality.ts";

/** One chain: the URL of its node, and where Diptych stands on it. */
export type ChainConfig = Omit<ChainAddresses, "side"> & {
  rpc: string;
  /** Hash of the first block: tells a chain from another with the same id. */
  genesisHash?: string;
};

/** Chains and services, as one file. */
export type Config = {
  version: 1;
  chains: Record<Side, ChainConfig>;
  gateway?: string;
  authority?: string;
  /** Pays for patients' signed acts. */
  relayer?: string;
  /** The gates that patients here appoint unless they choose others. */
  gates?: { threshold: number } & Record<Side, Address[]>;
  /** Blocks upon a block before it counts as final, or the chains' own tag. */
  confirmations: Confirmations;
  /** The chains' nodes have rich accounts that pay for everybody: chains of `diptych up` only. */
  local?: boolean;
};

const address = {
  type: "string",
  pattern: "^0x[0-9a-fA-F]{40}$",
  description: "an address: 0x and 40 hex digits",
};
const url = {
  type: "string",
  pattern: "^https?://[^\\s]+$",
  description: "a URL that starts with http:// or https://",
};
const addresses = { type: "array", items: address, maxItems: 255, uniqueItems: true };
const chain = {
  type: "object",
  required: ["chainId", "rpc", "ledger", "attributeRegistry", "keyRegistry"],
  additionalProperties: false,
  properties: {
    chainId: { type: "integer", minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
    rpc: { ...url, description: "the JSON-RPC of a node of this chain: http:// or https://" },
    ledger: { ...address, description: "the address of StorageLedger or SharedLedger" },
    attributeRegistry: address,
    keyRegistry: address,
    genesisHash: {
      type: "string",
      pattern: "^0x[0-9a-f]{64}$",
      description: "the hash of the chain's first block: 0x and 64 small hex digits",
    },
  },
};

export const configSchema = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "Diptych configuration",
  type: "object",
  required: ["version", "chains", "confirmations"],
  additionalProperties: false,
  properties: {
    version: { const: 1 },
    chains: {
      type: "object",
      required: ["storage", "shared"],
      additionalProperties: false,
      properties: { storage: chain, shared: chain },
    },
    gateway: { ...url, description: "the gateway: http:// or https://" },
    authority: { ...url, description: "the authority's service: http:// or https://" },
    relayer: { ...url, description: "the relayer that pays for patients' acts: http:// or https://" },
    gates: {
      type: "object",
      required: ["threshold", "storage", "shared"],
      additionalProperties: false,
      description: "the gates' accounts on each chain, and how many of them open an index together",
      properties: {
        threshold: { type: "integer", minimum: 1, maximum: 255 },
        storage: addresses,
        shared: addresses,
      },
    },
    confirmations: {
      anyOf: [{ type: "integer", minimum: 0, maximum: 10_000 }, { const: "finalized" }],
      description: 'a number of blocks, or "finalized"',
    },
    local: { type: "boolean" },
  },
};
