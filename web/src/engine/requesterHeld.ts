/** A record that a requester has open. */
import type { Opened } from "diptych";
import type { Person } from "./subject.ts";

/** What stays at hand of an opened view: no keys, no ciphertext. */
export type Held = Pick<Opened, "header" | "extraction" | "file"> & {
  record: OpenRecord;
  certificateChain: readonly Uint8Array[];
};

/** A record that is open and verified, without what its parts say. Times in Unix seconds. */
export type OpenRecord = {
  requestId: string;
  by: Person;
  signed: number;
  revision: number;
  version: number;
  /** "fhir-r4" or "emr9". */
  schema: string;
  /** How many parts the doctor signed; `parts` are those that were granted. */
  of: number;
  parts: { position: number; label: string; bytes: number }[];
  /** Gates that opened it, and gates that were asked and failed. */
  gates: { answered: number; failed: number };
};
