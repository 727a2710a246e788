import type { Ceas } from "../ces/index.ts";
import type { Side } from "./side.ts";

/** How a file is cut: the paper's nine parts, or a FHIR R4 Bundle by resource types. */
export type Schema = "emr9" | "fhir-r4";

/** A part as it was cut from a file. */
export interface SplitPart {
  /** From 1. */
  position: number;
  label: string;
  /** m_i. */
  content: Uint8Array;
  /** Where it stands unless the patient says otherwise. */
  side: Side;
}

/** A file cut into the parts of a record. */
export interface SplitRecord {
  schema: Schema;
  parts: SplitPart[];
  /** The schema's default rule on extraction. */
  ceas: Ceas;
  /** Sentences for the doctor and the patient, which name labels and no values. */
  warnings: string[];
}

/** A part as it goes back into a file. */
export interface LabelledContent {
  label: string;
  content: Uint8Array;
}
