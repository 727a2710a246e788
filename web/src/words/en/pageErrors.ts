/** What wallets answer and what only the page knows, for people. */
import type { Explained } from "../explained.ts";

/** What wallets answer (EIP-1193, EIP-1474), as text; and what only the page knows. */
export type PageCode =
  | "4001" // the person refused
  | "4100" // the account isn't open to this page
  | "4200" // the wallet can't do this
  | "4900" // the wallet is cut off from all chains
  | "4901" // the wallet is cut off from this chain
  | "4902" // the wallet doesn't know this chain
  | "-32002" // the wallet is still asking for something
  | "-32603" // the wallet failed inside
  | "cancelled"
  | "offline"
  | "internal";

/** By code. */
export const pageErrors: Record<PageCode, Explained> = {
  // wallets (EIP-1193, EIP-1474)
  "4001": {
    title: "You said no in your wallet.",
    nextStep: "Nothing was sent. Try again when you are ready.",
  },
  "4100": {
    title: "Your wallet hasn't opened this account to the page.",
    nextStep: "Unlock your wallet and allow this page to see the account.",
  },
  "4200": { title: "Your wallet can't do this.", nextStep: "Use another wallet." },
  "4900": {
    title: "Your wallet isn't connected to anything.",
    nextStep: "Check your connection and unlock your wallet.",
  },
  "4901": {
    title: "Your wallet isn't connected to this network.",
    nextStep: "Let the page add the network, then switch to it.",
  },
  "4902": { title: "Your wallet doesn't know this network yet.", nextStep: "Let the page add it." },
  "-32002": {
    title: "Your wallet is still waiting for an answer.",
    nextStep: "Open your wallet and answer what it asks.",
  },
  "-32603": { title: "Your wallet had a problem.", nextStep: "Unlock it and try again." },
  // the page
  cancelled: { title: "Stopped, as you asked.", nextStep: "You can go on later where you stopped." },
  offline: { title: "You are offline.", nextStep: "Check your connection. What you were doing waits." },
  internal: {
    title: "Something went wrong.",
    nextStep: "Try again. If it stays so, ask whoever runs this service.",
  },
};
