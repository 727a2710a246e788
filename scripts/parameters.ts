// What a deployment is to be: who decides, who does what, and how long changes wait. One file a network, in ignition/parameters.
import { existsSync, readFileSync } from "node:fs";
import { isAddress } from "ethers";
import { DiptychError } from "../src/core/errors.ts";
import type { Side } from "./deployment.ts";

/** Accounts and delays of one chain. */
export interface ChainParameters {
  /** Who decides as administrator: each may propose to the timelock and carry out what has waited. */
  consortium: string[];
  /** Who attests attributes and revokes certificates. */
  authority: string;
  /** Who registers gates. */
  gateAdmin: string;
  /** Who pauses new grants. */
  pauser: string;
  /** Seconds that the consortium's decisions wait. */
  minDelay: number;
  /** Seconds before a new administrator can accept. */
  adminDelay: number;
}

const moduleOf: Readonly<Record<Side, string>> = { storage: "StorageChain", shared: "SharedChain" };

/**
 * Reads the parameters of a chain from a file of Ignition's form. Accounts that are left empty become `otherwise`.
 *
 * @throws DiptychError `usage` for a file that can't be read or an account that isn't one
 */
export function readParameters(file: string, side: Side, otherwise: string): ChainParameters {
  const given = readModule(file, side);
  const account = (name: "authority" | "gateAdmin" | "pauser") => {
    const value = given[name] ?? "";
    if (value === "") return otherwise;
    if (isAddress(value)) return value;
    throw unusable(file, `${name} is no address`);
  };
  const seconds = (name: "minDelay" | "adminDelay") => {
    const value = given[name] ?? 86_400;
    if (Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) < 2 ** 32) return Number(value);
    throw unusable(file, `${name} is no number of seconds`);
  };
  const consortium = given.consortium ?? [];
  if (!Array.isArray(consortium) || !consortium.every(isAddress))
    throw unusable(file, "consortium is no list of addresses");
  return {
    consortium: consortium.length === 0 ? [otherwise] : consortium,
    authority: account("authority"),
    gateAdmin: account("gateAdmin"),
    pauser: account("pauser"),
    minDelay: seconds("minDelay"),
    adminDelay: seconds("adminDelay"),
  };
}

function readModule(file: string, side: Side): Record<string, unknown> {
  if (!existsSync(file)) throw unusable(file, "it isn't there");
  let content: Record<string, unknown> | undefined;
  try {
    content = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  } catch {
    throw unusable(file, "it isn't JSON");
  }
  const found = content?.[moduleOf[side]];
  if (typeof found !== "object" || found === null) throw unusable(file, `it has no ${moduleOf[side]}`);
  return found as Record<string, unknown>;
}

function unusable(file: string, why: string): DiptychError {
  return new DiptychError("usage", `The parameters in ${file} can't be used: ${why}.`);
}
