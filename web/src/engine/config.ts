/** diptych.json: the public facts about the chains and services that a page works with. */
import { type ChainAddresses, DiptychError, type Side } from "diptych";

/** One chain: where its node answers and where Diptych stands on it. */
export type ChainFacts = Omit<ChainAddresses, "side"> & { rpc: string; genesisHash?: string };

/** What a page is told of the world it works in; nothing of it is secret. */
export type PageConfig = {
  version: 1;
  chains: Record<Side, ChainFacts>;
  gateway: string;
  authority: string;
  /** The gates that patients appoint unless they choose others. */
  gates?: { threshold: number } & Record<Side, string[]>;
  /** Blocks upon a block before it counts as final, or the chains' own tag. */
  confirmations: number | "finalized";
  /** A relayer of this world; the page only names it. */
  relayer?: string;
  /** A world for trying out: the chains' nodes have accounts that pay for everybody. */
  local?: boolean;
  authorityName?: string;
  /** Accounts that decide at the authority's desk. */
  officers?: string[];
};

export const sides = ["storage", "shared"] as const satisfies readonly Side[];

const address = /^0x[0-9a-fA-F]{40}$/;
const url = /^https?:\/\/\S+$/;

/** Reads diptych.json. @throws DiptychError `config-invalid` that names the place */
export function parseConfig(text: string): PageConfig {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new DiptychError("config-invalid", "diptych.json is no JSON.", { cause });
  }
  const config = demandObject(value, "diptych.json");
  demand(config.version === 1, "version", "1");
  for (const name of ["gateway", "authority"])
    demand(url.test(String(config[name])), name, "a URL that starts with http:// or https://");
  demand(
    config.relayer === undefined || url.test(String(config.relayer)),
    "relayer",
    "a URL that starts with http:// or https://",
  );
  demand(
    config.confirmations === "finalized" || Number.isSafeInteger(config.confirmations),
    "confirmations",
    'a number of blocks, or "finalized"',
  );
  const chains = demandObject(config.chains, "chains");
  for (const side of sides) {
    const chain = demandObject(chains[side], `chains.${side}`);
    demand(Number.isSafeInteger(chain.chainId), `chains.${side}.chainId`, "a number");
    demand(url.test(String(chain.rpc)), `chains.${side}.rpc`, "a URL that starts with http:// or https://");
    for (const name of ["ledger", "attributeRegistry", "keyRegistry"])
      demand(address.test(String(chain[name])), `chains.${side}.${name}`, "an address");
  }
  return config as PageConfig;
}

function demandObject(value: unknown, place: string): Record<string, unknown> {
  demand(typeof value === "object" && value !== null && !Array.isArray(value), place, "an object");
  return value as Record<string, unknown>;
}

function demand(holds: boolean, place: string, wanted: string): void {
  if (!holds) throw new DiptychError("config-invalid", `diptych.json: ${place} must be ${wanted}.`);
}
