/**
 * What may happen next, before one knows what there is: who, on which chain, to which record, with what wrong with it. Few
 * accounts, records and attributes, so that acts meet one another.
 */
import type { Policy } from "../../../src/policy/index.ts";
import type { NumberName, Side } from "./calls.ts";

/** An owner, a requester or a stranger by number; or whoever may do it, if anybody. */
export type Who = "entitled" | number;

/** When the next block comes: so many seconds later, or at an end of something, a second before or after. */
export type Wait = { readonly seconds: number } | { readonly end: number; readonly by: number };

/** A ledger record that there is, or one that an account could have by this salt. */
export type Pick = { readonly known: number } | { readonly owner: number; readonly salt: number };

/** What's wrong with a mandate, if anything; `atLast`: with the last second of its time, nothing. */
export type Flaw =
  | "none"
  | "atLast"
  | "late"
  | "nonceBefore"
  | "nonceAfter"
  | "otherSigner"
  | "otherSide"
  | "otherChainId"
  | "otherContract"
  | "otherName"
  | "otherMessage"
  | "noSignature";
/** Directly, or by a mandate that somebody relays. */
export type Way = "direct" | { readonly relayer: number; readonly flaw: Flaw; readonly field: number };

export type Length = "usual" | "none" | "longest" | "tooLong";
export interface RulesPlan {
  readonly policy: Policy;
  readonly purposes: readonly number[];
  /** One of the programs that aren't, in the place of the policy's. */
  readonly malformed?: number;
}

type When = { readonly side: Side; readonly wait: Wait };
type ByOwner = When & { readonly who: Who; readonly way: Way };
type OnRecord = ByOwner & { readonly record: Pick };
type Advance = OnRecord & {
  readonly version: "next" | "same" | "skipping";
  readonly epoch: "same" | "next" | "skipping";
  readonly index: Length;
};

export type RecordAct =
  | (Advance & {
      readonly kind: "publish";
      readonly rules: RulesPlan;
      readonly indexKey: number;
      readonly text: "usual" | "tooLong";
    })
  | (Advance & { readonly kind: "republish" })
  | (OnRecord & { readonly kind: "close"; readonly epoch: "current" | "next" })
  | (OnRecord & { readonly kind: "setBlocked"; readonly account: number; readonly blocked: boolean })
  | (OnRecord & { readonly kind: "offerTransfer"; readonly newOwner: number | "nobody" })
  | (OnRecord & { readonly kind: "acceptTransfer" })
  | (ByOwner & { readonly kind: "revokeGrant"; readonly request: number });

export type Life = "past" | "second" | "short" | "long";
export type OtherAct =
  | (When & {
      readonly kind: "request";
      readonly record: Pick;
      readonly by: Who;
      /** Which of those entitled. */
      readonly who: number;
      readonly nonce: number;
      readonly purpose: number;
      readonly key: "good" | "short" | "compressed";
      readonly expiry: "past" | "second" | "round" | "later" | "last" | "beyond";
    })
  | (When & { readonly kind: "setPause"; readonly by: Official; readonly pause: boolean })
  | (When & {
      readonly kind: "attest";
      readonly by: Official;
      readonly account: number | "nobody";
      readonly attributes: readonly string[];
      readonly life: Life;
    })
  | (When & {
      readonly kind: "attestNumbers";
      readonly by: Official;
      readonly account: number | "nobody";
      readonly numbers: readonly (NumberName & { readonly value: number })[];
      readonly life: Life;
    })
  | (When & {
      readonly kind: "revoke";
      readonly by: Official;
      readonly account: number;
      /** Some that the account has, or these. */
      readonly attributes: number | readonly string[];
    })
  | (When & {
      readonly kind: "revokeNumbers";
      readonly by: Official;
      readonly account: number;
      /** One that the account has, or these. */
      readonly numbers: number | readonly NumberName[];
    })
  | (When & {
      readonly kind: "assignLabel";
      readonly by: Official;
      readonly label: string;
      readonly to: Official | "nobody";
    })
  | (When & {
      readonly kind: "changeRole";
      readonly by: Official;
      readonly contract: "ledger" | "attributes";
      readonly gives: boolean;
      readonly account: Official;
    })
  | (When & {
      readonly kind: "anchor";
      readonly by: Official;
      readonly what: "keys" | "list" | "certificate";
      readonly value: number;
    })
  | (When & {
      readonly kind: "deal";
      readonly by: number;
      readonly key: number;
      /** How far beside the generation that is due. */
      readonly generationOff: number;
      readonly threshold: number;
      readonly gates: readonly number[];
      readonly flaw: "none" | "shares" | "commitments" | "point";
    })
  /** A relayed call or a request from before, once more, on either chain. */
  | (When & { readonly kind: "replay"; readonly call: number; readonly by: number })
  | (When & { readonly kind: "wait" });

export type Act = RecordAct | OtherAct;
export type Official = "admin" | "authority" | "secondAuthority" | "person";

export const PEOPLE = 5;
export const attributeNames = ["role:doctor", "role:nurse", "org:north", "staff", "level = 3"] as const;
export const numberNames: readonly NumberName[] = [
  { label: "level", unit: "number" },
  { label: "level", unit: "date" },
  { label: "since", unit: "date" },
];
export const labelNames = ["role", "", "level"] as const;
