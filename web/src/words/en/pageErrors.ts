/** What goes wrong in the page itself, in the wallet or at a device, for people. */
import type { Explained } from "../explained.ts";

export type PageCode =
  | "wallet-missing" // no wallet is connected
  | "wallet-locked" // the wallet is locked, or still asks for something
  | "wallet-failed" // the wallet failed inside
  | "authenticator-failed" // fingerprint, face or security key gave no secret
  | "cancelled"
  | "offline"
  | "internal";

/** By code. */
export const pageErrors: Record<PageCode, Explained> = {
  "wallet-missing": { title: "No wallet is connected.", nextStep: "Connect yours, then do this again." },
  "wallet-locked": {
    title: "Your wallet is locked, or still waits for an answer.",
    nextStep: "Open your wallet, answer what it asks, then go on.",
  },
  "wallet-failed": { title: "Your wallet had a problem.", nextStep: "Unlock it and try again." },
  "authenticator-failed": {
    title: "This device didn't open your keys.",
    nextStep: "Try again, or use your passphrase.",
  },
  cancelled: { title: "Stopped, as you asked.", nextStep: "You can go on later where you stopped." },
  offline: { title: "You are offline.", nextStep: "Check your connection. What you were doing waits." },
  internal: {
    title: "Something went wrong.",
    nextStep: "Try again. If it stays so, ask whoever runs this service.",
  },
};
