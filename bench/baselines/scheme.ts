/** What every scheme of the comparison is to the benches: how it seals a record, opens a view, and changes parts and rights. */
import type { PublicKey } from "../../src/abe/index.ts";
import type { Extraction, RevealedPart, SigningKeyPair } from "../../src/ces/index.ts";
import type { Block } from "../../src/cloud/blocks.ts";
import type { Blocks } from "../../src/cloud/gatewayClient.ts";
import type { Manifest } from "../../src/cloud/manifest.ts";
import type { Chain, Side } from "../../src/ledger/chain.ts";
import type { Placement, Trust } from "../../src/record/index.ts";
import type { OwnerKeys } from "../../src/roles/ownerKeys.ts";

/** Who may open the whole record and who its shared side, as policies. */
export type Rights = { full: string; shared: string };

/** A record that a doctor signed, as its patient holds it. */
export type SignedRecord = {
  emrId: Uint8Array;
  /** The extraction of everything. */
  whole: Extraction;
  /** Positions on the shared side. */
  shared: number[];
};

/** What sealing needs, the same for all schemes. */
export type Maker = {
  keys: OwnerKeys;
  abePublicKey: PublicKey;
  /** Signs documents; Diptych asks the doctor once a record. */
  doctor: SigningKeyPair & { certificate: Uint8Array; subject: string };
  rights: Rights;
  /** Accounts that may read, for a scheme that invites people by name. */
  invited: string[];
  /** Where a view stands or will stand. */
  place: (side: Side, emrId: Uint8Array, view: string) => Promise<{ chain: Chain; ledgerRecordId: string }>;
};

/** Bytes in the cloud by what they are. */
export type Kinds = { content: number; keys: number; signatures: number; manifests: number; ownCopy: number };

/** One index on a chain, and the blocks that it leads to. */
export type View = {
  name: string;
  emrId: Uint8Array;
  chain: Chain;
  ledgerRecordId: string;
  version: number;
  epoch: number;
  /** The policy that the contract decides by. */
  policy: string;
  tag: string;
  sigma: Uint8Array;
  manifest: Block;
  /** Further blocks that this view brings; none if they lie in the cloud already. */
  blocks: Block[];
  /** Of these blocks and the manifest. */
  kinds: Kinds;
  /** Capsules made for it: each is one ABE operation. */
  capsules: number;
};

/** A record as a scheme keeps it, and the changes that the scheme can make (paper, 5.3). */
export type Sealed = {
  views: View[];
  /** Views that a reader of the shared side needs. */
  shared: string[];
  /** Views that a reader of the whole record needs; none where the scheme has no such reader. */
  full: string[];
  /** Another shared side; absent where the scheme can't. */
  move?: (shared: number[]) => Promise<Step>;
  /** Other rights. */
  regrant?: (rights: Rights, invited: string[]) => Promise<Step>;
};

/** A change: views that are closed first, and those that are made anew. */
export type Step = { closes: View[]; views: View[]; next: Sealed };

/** What a reader has when a view's ciphertext lies before them. */
export type Reading = {
  manifest: Manifest;
  blocks: Blocks;
  sigma: Uint8Array;
  placement: Placement;
  emrId: Uint8Array;
  /** The positions to read, where the scheme doesn't say so itself. */
  positions: number[];
  trust: Trust;
  /** The doctor's, DER. */
  certificate: Uint8Array;
  /** The key of a capsule, by the reader's attribute key. */
  decapsulate: (capsule: Uint8Array, context: Uint8Array) => Promise<Uint8Array>;
};

/** One scheme of the comparison. */
export interface Scheme {
  readonly name: SchemeName;
  /** The chains that it uses. */
  readonly sides: readonly Side[];
  /** Whether a reader's requests travel in one transaction. */
  readonly batched: boolean;
  /** Whether views of a record go up together, as many as an upload takes; else each by itself. */
  readonly oneUpload: boolean;
  seal(record: SignedRecord, maker: Maker): Promise<Sealed>;
  /** The parts of a view, verified against the doctor's certificate. */
  open(reading: Reading): Promise<RevealedPart[]>;
}

export type SchemeName =
  | "traditional"
  | "bpds"
  | "bpds-batched"
  | "bbds-like"
  | "literal"
  | "diptych-one-chain"
  | "diptych"
  | "diptych-without-rotation";

export const noBytes: Kinds = { content: 0, keys: 0, signatures: 0, manifests: 0, ownCopy: 0 };

/** The sum, kind by kind. */
export function addKinds(all: readonly Kinds[]): Kinds {
  const sum = { ...noBytes };
  for (const each of all) for (const kind of Object.keys(sum) as (keyof Kinds)[]) sum[kind] += each[kind];
  return sum;
}
