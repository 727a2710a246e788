/** What every screen has at hand: the world's facts, the engine, the wallet, and whether the keys are open. */

import { useQueryClient } from "@tanstack/react-query";
import type { Progress } from "diptych";
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from "react";
import type { PageConfig } from "../engine/config.ts";
import { failureOf } from "../engine/failures.ts";
import type { VaultState } from "../engine/vault.ts";
import type { Connection, ConnectionState } from "../wallet/connection.ts";
import type { EngineClient } from "./engineClient.ts";
import { watchIdle } from "./idleLock.ts";

/** Told what each act under way reports. */
export type ProgressHub = {
  follow(actId: string, listener: (progress: Progress) => void): () => void;
};

export type Session = {
  config: PageConfig;
  engine: EngineClient;
  connection: Connection;
  progress: ProgressHub;
  keys: VaultState;
  /** Looks again whether keys are there and open: after making, unlocking, forgetting them. */
  refreshKeys(): Promise<void>;
  /** Locks the keys now. */
  lock(): Promise<void>;
};

const SessionContext = createContext<Session | undefined>(undefined);

export type SessionProps = Pick<Session, "config" | "engine" | "connection" | "progress"> & {
  firstKeys: VaultState;
  children: ReactNode;
};

export function SessionProvider({ config, engine, connection, progress, firstKeys, children }: SessionProps) {
  const [keys, setKeys] = useState(firstKeys);
  const refreshKeys = useCallback(async () => setKeys(await engine.keys()), [engine]);
  const lock = useCallback(async () => {
    await engine.lock();
    await refreshKeys();
  }, [engine, refreshKeys]);
  useEffect(() => (keys.state === "open" ? watchIdle(lock) : undefined), [keys.state, lock]);
  // Keys that another window forgot are locked here, too: whatever meets that first says so.
  const queries = useQueryClient();
  useEffect(
    () =>
      queries.getQueryCache().subscribe((event) => {
        if (event.type !== "updated" || event.action.type !== "error") return;
        if (failureOf(event.action.error).code === "key-missing") void refreshKeys();
      }),
    [queries, refreshKeys],
  );
  // What another account sees is another person's.
  useEffect(() => {
    let known = JSON.stringify(connection.state().accounts);
    return connection.subscribe(() => {
      const now = JSON.stringify(connection.state().accounts);
      if (now === known) return;
      known = now;
      void queries.resetQueries();
    });
  }, [connection, queries]);
  const session = useMemo(
    () => ({ config, engine, connection, progress, keys, refreshKeys, lock }),
    [config, engine, connection, progress, keys, refreshKeys, lock],
  );
  return <SessionContext value={session}>{children}</SessionContext>;
}

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error("useSession outside SessionProvider");
  return session;
}

/** The wallet's state, rendered anew when it changes. */
export function useConnection(): ConnectionState {
  const { connection } = useSession();
  return useSyncExternalStore(connection.subscribe, connection.state);
}
