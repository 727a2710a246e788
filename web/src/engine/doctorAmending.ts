/** A record that its patient wants amended, as the page shows it before anything is changed. */
import type { RecordToAmend } from "diptych";
import { hex } from "diptych/core";
import { type FormValues, formOf } from "./doctorForm.ts";

export type ToAmend = {
  /** The EMR id, hex. */
  id: string;
  /** The revision that stands now; the next one is written. */
  revision: number;
  /** Who signed it, as RFC 4514 writes it, and when (milliseconds). */
  signer: string;
  signed: number;
  parts: number;
  /** Left out where a form can't say what stands in the record: its file is changed then. */
  form?: FormValues;
};

export function amendmentOf({ header, certificate, extraction: { parts } }: RecordToAmend): ToAmend {
  const form = header.schema === "emr9" ? formOf(parts) : undefined;
  return {
    id: hex(header.emrId),
    revision: header.revision,
    signer: certificate.subject,
    signed: header.time * 1000,
    parts: parts.length,
    ...(form === undefined ? {} : { form }),
  };
}
