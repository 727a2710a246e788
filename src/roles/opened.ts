/** What a requester has in hand after a view was opened (paper, 5.2.3). */
import type { Extraction, Header } from "../ces/index.ts";
import type { Blocks } from "../cloud/gatewayClient.ts";
import type { Manifest } from "../cloud/manifest.ts";
import type { Side } from "../ledger/chain.ts";
import type { Keyring } from "../record/index.ts";
import type { IndexPlaintext } from "../seal/index.ts";
import type { GateFailure } from "../services/gateClient.ts";

/** A view that this requester was granted, opened and verified. */
export type Opened = {
  ledger: Side;
  ledgerRecordId: string;
  version: number;
  header: Header;
  /** Name of the doctor who signed, as certified. */
  signedBy: string;
  /** The parts, and what anybody needs to verify them again. */
  extraction: Extraction;
  /** The file that the record was made from; only where the view holds the whole record. */
  file?: Uint8Array;
  /** Gates that released the index, and what went wrong at others. */
  gates: string[];
  gateFailures: GateFailure[];
  /** What was learned on the way. Whoever keeps it keeps access to this version, and to no later epoch's. */
  learned: { index: IndexPlaintext; k: Uint8Array; keyring: Keyring; manifest: Manifest; blocks: Blocks };
};
