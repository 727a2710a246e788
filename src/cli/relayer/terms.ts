/** What a relayer pays for, as its operator types it. */
import { isAddress, parseUnits } from "ethers";
import { utf8Decode } from "../../core/bytes.ts";
import { DiptychError } from "../../core/errors.ts";
import type { Address } from "../../ledger/chain.ts";
import type { RelayerOptions } from "../../services/relayerServer.ts";
import { readInput } from "../frame/input.ts";

/** The options of `relayer run` that say so. */
export type TermOptions = {
  actsPerOwner?: string;
  gasPerOwner?: string;
  gasPerDay?: string;
  gasPerAct?: string;
  maxFee?: string;
  floor?: string;
  owners?: string;
};

export type Terms = Pick<RelayerOptions, "limits" | "prices" | "gasPerAct" | "owners">;

const longestList = 1 << 24;

/** Reads the options. @throws DiptychError `usage` */
export async function readTerms(options: TermOptions): Promise<Terms> {
  const { actsPerOwner, gasPerOwner, gasPerDay, gasPerAct, maxFee, floor, owners } = options;
  return {
    limits: {
      ...given("actsPerOwner", count("--acts-per-owner", actsPerOwner)),
      ...given("gasPerOwner", count("--gas-per-owner", gasPerOwner)),
      ...given("gasPerDay", count("--gas-per-day", gasPerDay)),
    },
    prices: {
      ...given("maxFeePerGas", amount("--max-fee", maxFee, "gwei")),
      ...given("floor", amount("--floor", floor, "ether")),
    },
    ...given("gasPerAct", count("--gas-per-act", gasPerAct)),
    ...given("owners", owners === undefined ? undefined : await readOwners(owners)),
  };
}

/** Options that weren't given are left out, so that the usual ones count. */
function given<K extends string, T>(name: K, value: T | undefined): { [P in K]?: T } {
  return (value === undefined ? {} : { [name]: value }) as { [P in K]?: T };
}

function count(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new DiptychError("usage", `${option} takes a whole number, not ${JSON.stringify(text)}.`);
}

function amount(option: string, text: string | undefined, unit: "gwei" | "ether"): bigint | undefined {
  if (text === undefined) return undefined;
  try {
    const value = parseUnits(text, unit);
    if (value >= 0n) return value;
  } catch {
    // Said below.
  }
  throw new DiptychError("usage", `${option} takes an amount in ${unit}, not ${JSON.stringify(text)}.`);
}

async function readOwners(path: string): Promise<Address[]> {
  const lines = utf8Decode(await readInput(path, longestList)).split("\n");
  const accounts = lines.map((line) => line.replace(/#.*/, "").trim()).filter((line) => line !== "");
  const wrong = accounts.findIndex((account) => !isAddress(account));
  if (wrong < 0) return accounts;
  throw new DiptychError(
    "usage",
    `${path}: ${JSON.stringify(accounts[wrong]!.slice(0, 64))} is no account: one address a line belongs there.`,
  );
}
