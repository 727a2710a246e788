/** What `diptych up` and its processes say to each other over their channel. Secrets travel there and nowhere else. */
import type { ErrorCode } from "../../core/errors.ts";
import type { Address, ChainAddresses, Side } from "../../ledger/chain.ts";
import type { Confirmations } from "../../services/finality.ts";
import type { RelayerOptions } from "../../services/relayerServer.ts";
import type { ChainIdentity } from "../home/binding.ts";
import type { RoleIdentity } from "../home/roleKeys.ts";
import type { PageConfig } from "./pageConfig.ts";

/** How a service reaches one chain. */
export type ChainAccess = ChainAddresses & { rpc: string };

/** What a process of each kind needs to know. A port of 0 is a free one. */
export type Orders = {
  chains: { ports: Record<Side, number>; authority: Record<Side, Address> };
  gateway: { port: number; chains: Record<Side, ChainAccess>; confirmations: Confirmations; folder: string };
  authority: {
    port: number;
    chains: Record<Side, ChainAccess>;
    home: string;
    keys: RoleIdentity;
    name: string;
    /** Who may decide with a wallet. */
    officers: Address[];
  };
  gate: {
    port: number;
    chain: ChainAccess;
    confirmations: Confirmations;
    seed: Uint8Array;
    nextSeed?: Uint8Array;
    host?: string;
  };
  relayer: {
    port: number;
    host?: string;
    chains: Record<Side, ChainAccess>;
    confirmations: Confirmations;
    seed: Uint8Array;
    /** File of its journal. */
    journal: string;
    /** What it pays for, and for whom, where that isn't as usual. */
    terms?: Pick<RelayerOptions, "limits" | "prices" | "gasPerAct" | "owners">;
  };
  /** `connect`: URLs that the page may call. */
  page: { port: number; folder: string; config: PageConfig; connect: string[] };
};

export type Kind = keyof Orders;

/** What a process says when it is ready. */
export type Facts = {
  chains: { chains: Record<Side, ChainIdentity & { rpc: string }> };
  gateway: { url: string };
  authority: { url: string; name: string };
  gate: { url: string; address: Address; hpkeKey: Uint8Array };
  relayer: { url: string; accounts: Record<Side, Address> };
  page: { url: string };
};

/** From `diptych up` to a process. */
export type ToProcess = { start: Orders[Kind] } | { stop: true };

/** From a process to `diptych up`. */
export type FromProcess<K extends Kind = Kind> =
  | { ready: Facts[K] }
  | { failed: { code: ErrorCode | "internal"; message: string } };

/** What runs in a process of its own: says its facts once it is ready, and ends when it is closed. */
export type Running<K extends Kind> = { facts: Facts[K]; close: () => Promise<void> };
