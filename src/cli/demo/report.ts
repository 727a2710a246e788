/** The JSON object that `npm start -- --json` prints: documented in docs/demo-report.md, stable. */

import type { Side as Ledger } from "../../ledger/chain.ts";
import type { Decision } from "../../ledger/request.ts";
import type { SplitRecord } from "../../record/index.ts";
import type { World } from "../world.ts";
import type { Step } from "./narrator.ts";

export type PartyName = "patient" | "privileged" | "general" | "general-on-storage" | "stranger" | "expired";

/** What one party got. `decision` is the contract's; the patient needs none and is called owner. */
export type Party = {
  name: PartyName;
  ledger: Ledger;
  attributes: string[];
  decision: "owner" | "granted" | "denied";
  /** Why denied, in the contract's words. */
  reason?: Decision;
  /** Hash of the transaction that decided, or that published for the patient. */
  transaction: string;
  /** Positions received. */
  parts: number[];
  /** Whether the doctor's signature verified on just these parts. */
  verified: boolean;
};

/** A request of the general requester on the shared chain, for one purpose, and what it rests on. */
export type PurposeRequest = {
  /** HL7's code. */
  purpose: string;
  decision: "granted" | "denied";
  /** Why denied, in the contract's words. */
  reason?: Decision;
  transaction: string;
  /** What the ledger's explanation says, in sentences. */
  explanation: string;
};

export type Report = {
  ok: boolean;
  record: {
    schema: string;
    parts: { index: number; label: string; side: "private" | "shared"; bytes: number }[];
  };
  chains: Record<Ledger, { chainId: number; contract: string }>;
  steps: Step[];
  parties: Party[];
  after: Party[];
  /** The same requester with the same attributes, for a purpose that the view may not be asked for, and for one that it may. */
  purposes: PurposeRequest[];
};

export function reportOf(
  split: SplitRecord,
  world: World,
  steps: Step[],
  parties: Party[],
  after: Party[],
  purposes: PurposeRequest[],
): Report {
  const chain = (side: Ledger) => ({
    chainId: world.chains[side].chainId,
    contract: world.chains[side].ledger,
  });
  return {
    ok: true,
    record: {
      schema: split.schema,
      parts: split.parts.map(({ position, label, side, content }) => ({
        index: position,
        label,
        side,
        bytes: content.length,
      })),
    },
    chains: { storage: chain("storage"), shared: chain("shared") },
    steps,
    parties,
    after,
    purposes,
  };
}
