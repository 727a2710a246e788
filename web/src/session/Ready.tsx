/** Stands before screens that need keys or a wallet: asks for what is missing, then shows them. */
import type { ReactNode } from "react";
import { ConnectWallet } from "../wallet/ConnectWallet.tsx";
import { KeysScreen } from "../welcome/KeysScreen.tsx";
import { useConnection, useSession } from "./Session.tsx";

export type ReadyProps = { keys?: boolean; wallet?: boolean; children: ReactNode };

export function Ready({ keys: needsKeys = false, wallet: needsWallet = false, children }: ReadyProps) {
  const { keys } = useSession();
  const { accounts } = useConnection();
  if (needsKeys && keys.state !== "open") return <KeysScreen />;
  if (needsWallet && accounts === undefined) return <ConnectWallet />;
  return children;
}
