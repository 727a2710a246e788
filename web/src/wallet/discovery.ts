/** Finds the browser's wallets (EIP-6963). */
import type { Eip1193Provider } from "ethers";

/** A provider's events as EIP-1193 has them. */
export type WalletProvider = Eip1193Provider & {
  on?(event: string, listener: (value: unknown) => void): unknown;
  removeListener?(event: string, listener: (value: unknown) => void): unknown;
};

/** A wallet that announced itself. */
export type Wallet = {
  info: { uuid: string; name: string; icon: string; rdns: string };
  provider: WalletProvider;
};

/** Tells `found` of every wallet, those that come later included, until the answer is called. */
export function discoverWallets(found: (wallet: Wallet) => void): () => void {
  const listener = (event: Event) => {
    const { detail } = event as CustomEvent<Wallet | undefined>;
    if (isWallet(detail)) found(detail);
  };
  window.addEventListener("eip6963:announceProvider", listener);
  window.dispatchEvent(new Event("eip6963:requestProvider"));
  return () => window.removeEventListener("eip6963:announceProvider", listener);
}

/** Any script of any extension can announce anything. */
function isWallet(detail: Wallet | undefined): detail is Wallet {
  const { info, provider } = detail ?? {};
  return (
    [info?.uuid, info?.name, info?.icon, info?.rdns].every((each) => typeof each === "string") &&
    typeof provider?.request === "function"
  );
}
