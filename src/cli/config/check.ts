/** Asks everything that a configuration names whether it is there and is what it should be. */
import type { JsonRpcProvider } from "ethers";
import { exchangeJson } from "../../cloud/http.ts";
import { DiptychError, type ErrorCode } from "../../core/errors.ts";
import { type Chain, openChain, type Side } from "../../ledger/chain.ts";
import { KeyRegistry } from "../../ledger/keyRegistry.ts";
import { fetchCredentials } from "../../roles/credentials.ts";
import { AuthorityClient } from "../../services/authorityClient.ts";
import { RelayerSigner } from "../../services/relayerClient.ts";
import { type Binding, differences, identify } from "../home/binding.ts";
import type { ChainConfig, Config } from "./schema.ts";

/** One thing that was asked. `target` is a URL without password, or an address. */
export type Finding = {
  what: string;
  target: string;
  ok: boolean;
  ms: number;
  code?: ErrorCode | "internal";
  message?: string;
};

type Check = { what: string; target: string; ask: () => Promise<void> };

/** A URL as it may be shown: without user and password. */
export function printableUrl(url: string): string {
  try {
    const parsed = new URL(url);
    parsed.username = "";
    parsed.password = "";
    return parsed.href.replace(/\/$/, "");
  } catch {
    return url;
  }
}

/** Asks everything at once, each on its own; the order is that of the configuration. Never throws for what it finds. */
export async function checkConfig(config: Config, bound: Binding | undefined): Promise<Finding[]> {
  const chains: Partial<Record<Side, Chain>> = {};
  try {
    const onChains = await Promise.all(
      (["storage", "shared"] as const).map((side) => checkChain(side, config.chains[side], chains, bound)),
    );
    const services = await Promise.all(
      [...serviceChecks(config, chains), ...gateChecks(config, chains)].map(find),
    );
    return [...onChains.flat(), ...services];
  } finally {
    for (const chain of Object.values(chains)) (chain.provider as JsonRpcProvider).destroy();
  }
}

async function checkChain(
  side: Side,
  { rpc, genesisHash, ...addresses }: ChainConfig,
  chains: Partial<Record<Side, Chain>>,
  bound: Binding | undefined,
): Promise<Finding[]> {
  const target = printableUrl(rpc);
  const first = await find({
    what: `${side} chain ${addresses.chainId} and its contracts`,
    target,
    ask: async () => {
      chains[side] = await openChain({ side, ...addresses }, rpc);
    },
  });
  const chain = chains[side];
  if (chain === undefined || (genesisHash === undefined && bound === undefined)) return [first];
  const second = await find({
    what: `${side} chain is the one that is meant`,
    target,
    ask: async () => {
      const found = await identify(chain);
      if (genesisHash !== undefined && found.genesisHash !== genesisHash)
        throw new DiptychError(
          "chain-mismatch",
          `The first block is ${found.genesisHash}, not ${genesisHash}: the chain has started anew, or is another.`,
        );
      if (bound !== undefined && differences(bound, { ...bound, [side]: found }).length > 0)
        throw new DiptychError(
          "home-mismatch",
          "The home is bound to another chain: run `diptych replay`, or start anew with --fresh.",
        );
    },
  });
  return [first, second];
}

function serviceChecks(config: Config, chains: Partial<Record<Side, Chain>>): Check[] {
  const { gateway, authority, relayer } = config;
  const checks: Check[] = [];
  if (gateway !== undefined)
    checks.push({
      what: "gateway",
      target: printableUrl(gateway),
      ask: async () => {
        const { origin } = await exchangeJson({
          service: "the gateway",
          url: `${gateway.replace(/\/$/, "")}/v1/gateway`,
        });
        if (typeof origin !== "string")
          throw new DiptychError(
            "service-answer-invalid",
            "It doesn't tell its origin: is this a Diptych gateway?",
          );
      },
    });
  if (authority !== undefined)
    checks.push({
      what: "authority, and its anchors on the chains",
      target: printableUrl(authority),
      ask: async () => {
        await fetchCredentials(new AuthorityClient(authority), Object.values(chains));
      },
    });
  if (relayer !== undefined)
    checks.push({
      what: "relayer, on these ledgers",
      target: printableUrl(relayer),
      ask: async () => {
        for (const chain of Object.values(chains)) await new RelayerSigner(relayer, chain).getAddress();
      },
    });
  return checks;
}

function gateChecks({ gates }: Config, chains: Partial<Record<Side, Chain>>): Check[] {
  return (["storage", "shared"] as const).flatMap((side) => {
    const chain = chains[side];
    if (chain === undefined) return [];
    return (gates?.[side] ?? []).map((address, i) => ({
      what: `gate ${i + 1} of the ${side} chain`,
      target: address,
      ask: () => askGate(chain, address),
    }));
  });
}

/** Whether the gate that is registered under this address answers at its registered URL. */
export async function askGate(chain: Chain, address: string): Promise<void> {
  const { url } = await new KeyRegistry(chain).gate(address);
  if (url === "")
    throw new DiptychError(
      "record-unknown",
      `The ${chain.side} chain's key registry knows no gate ${address}.`,
    );
  const answer = await exchangeJson({
    service: `the gate at ${printableUrl(url)}`,
    url: `${url.replace(/\/$/, "")}/v1/gate`,
  });
  const accounts = Array.isArray(answer.accounts) ? (answer.accounts as { address?: unknown }[]) : [];
  const named = [answer, ...accounts].map((each) => String(each?.address).toLowerCase());
  if (!named.includes(address.toLowerCase()))
    throw new DiptychError(
      "service-answer-invalid",
      `Another gate answers at ${printableUrl(url)}: the registered URL is wrong.`,
    );
}

async function find({ what, target, ask }: Check): Promise<Finding> {
  const start = performance.now();
  const since = () => Math.round(performance.now() - start);
  try {
    await ask();
    return { what, target, ok: true, ms: since() };
  } catch (error) {
    const known = error instanceof DiptychError;
    const message = error instanceof Error ? error.message : String(error);
    return { what, target, ok: false, ms: since(), code: known ? error.code : "internal", message };
  }
}
