/** Brings the page up: its world's facts, the engine, the wallet's connection. */
import type { Progress, Side } from "diptych";
import { type PageConfig, parseConfig } from "../engine/config.ts";
import { Failure } from "../engine/failures.ts";
import type { VaultState } from "../engine/vault.ts";
import { Connection } from "../wallet/connection.ts";
import { type EngineClient, startEngine } from "./engineClient.ts";
import { noteWork } from "./idleLock.ts";
import type { ProgressHub } from "./Session.tsx";

export type Started = {
  config: PageConfig;
  engine: EngineClient;
  connection: Connection;
  progress: ProgressHub;
  firstKeys: VaultState;
};

/** @throws Failure `config-invalid`, `service-unreachable`, `worker-failed` */
export async function startPage(nameOf: (side: Side) => string, trialIcon: string): Promise<Started> {
  const config = await readConfig();
  const connection = new Connection(config, nameOf);
  if (config.local === true) {
    const { announceTrialWallets } = await import("../wallet/trialWallet.ts");
    announceTrialWallets(config, trialIcon);
  }
  const listeners = new Map<string, (progress: Progress) => void>();
  const engine = await startEngine(config, {
    askWallet: (side, method, params, subject) => connection.ask(side, method, params, subject),
    report: (actId, progress) => {
      noteWork();
      listeners.get(actId)?.(progress);
    },
  });
  const tellAccounts = () => void engine.useAccounts(connection.state().accounts);
  connection.subscribe(tellAccounts);
  const progress: ProgressHub = {
    follow: (actId, listener) => {
      listeners.set(actId, listener);
      return () => listeners.delete(actId);
    },
  };
  return { config, engine, connection, progress, firstKeys: await engine.keys() };
}

async function readConfig(): Promise<PageConfig> {
  let answer: Response;
  try {
    answer = await fetch("./diptych.json", { cache: "no-store", credentials: "omit" });
  } catch (cause) {
    throw new Failure("service-unreachable", `diptych.json can't be fetched: ${String(cause)}`);
  }
  if (!answer.ok)
    throw new Failure(
      "config-invalid",
      "There is no diptych.json beside this page: it names the chains and services.",
    );
  return parseConfig(await answer.text());
}
