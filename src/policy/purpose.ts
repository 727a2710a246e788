/**
 * What a request is for, as the contracts have it: a byte for each code of HL7's value set PurposeOfUse (code system
 * v3-ActReason). A number is never given to another code and none is ever taken away: grants on chain live by them.
 */
import { DiptychError } from "../core/errors.ts";

/** One purpose: its number on chain, HL7's code, and HL7's name of it. */
export type Purpose = { readonly number: number; readonly code: string; readonly name: string };

/** In the order of their numbers, which start at 1. Only ever appended to. */
const table = `TREAT treatment
ETREAT emergency treatment
BTG break the glass
ERTREAT emergency room treatment
COC coordination of care
POPHLTH population health
CLINTRL clinical trial
HPAYMT healthcare payment
CLMATTCH claim attachment
COVAUTH coverage authorization
COVERAGE coverage under policy or program
ELIGDTRM eligibility determination
ELIGVER eligibility verification
ENROLLM enrollment
MILDCRG military discharge
REMITADV remittance advice
HOPERAT healthcare operations
CAREMGT care management
DONAT donation
FRAUD fraud
GOV government
HACCRED health accreditation
HCOMPL health compliance
HDECD decedent
HDIRECT directory
HDM healthcare delivery management
HLEGAL legal
HOUTCOMS health outcome measure
HPRGRP health program reporting
HQUALIMP health quality improvement
HSYSADMIN health system administration
LABELING labeling
METAMGT metadata management
MEMADMIN member administration
MILCDM military command
PATADMIN patient administration
PATSFTY patient safety
PERFMSR performance measure
RECORDMGT records management
SYSDEV system development
HTEST test health data
TRAIN training
HRESCH healthcare research
BIORCH biomedical research
CLINTRCH clinical trial research
CLINTRCHNPC clinical trial research without patient care
CLINTRCHPC clinical trial research with patient care
PRECLINTRCH preclinical trial research
DSRCH disease specific healthcare research
POARCH population origins or ancestry healthcare research
TRANSRCH translational healthcare research
PATRQT patient requested
FAMRQT family requested
PWATRNY power of attorney
SUPNWK support network
PUBHLTH public health
DISASTER disaster
THREAT threat
HMARKT healthcare marketing`;

/** All purposes by number, from 1. */
export const purposes: readonly Purpose[] = table.split("\n").map((line, i) => {
  const space = line.indexOf(" ");
  return { number: i + 1, code: line.slice(0, space), name: line.slice(space + 1) };
});

const byCode = new Map(purposes.map((purpose) => [purpose.code, purpose]));

/** The number on chain of an HL7 code; throws `purpose-unknown` with the codes that come near. */
export function purposeNumber(code: string): number {
  const found = byCode.get(code);
  if (found !== undefined) return found.number;
  const near = nearest(code);
  throw new DiptychError(
    "purpose-unknown",
    `${JSON.stringify(code.slice(0, 40))} is no code of HL7's PurposeOfUse: ${
      near.length === 0 ? "write one like TREAT, HPAYMT or HRESCH" : `did you mean ${near.join(" or ")}`
    }${near.length === 0 ? "." : "?"}`,
  );
}

/** The purpose of a number on chain; undefined for 0 (none stated) and for numbers that the table doesn't have. */
export function purposeOf(number: number): Purpose | undefined {
  return purposes[number - 1];
}

/** Codes as the bytes of a program: strictly ascending, each once. Throws `purpose-unknown`. */
export function purposeBytes(codes: readonly string[]): Uint8Array {
  return Uint8Array.from(new Set(codes.map(purposeNumber))).sort();
}

/** Whether everybody who may ask under `from` may ask under `to` for the same: undefined or empty lists allow any purpose. */
export function allowsAll(from: readonly string[] | undefined, to: readonly string[] | undefined): boolean {
  if (to === undefined || to.length === 0) return true;
  return from !== undefined && from.length > 0 && from.every((code) => to.includes(code));
}

/** Codes a slip away: other case, a part of it, or part of a name. */
function nearest(code: string): string[] {
  const wanted = code.trim().toUpperCase();
  if (wanted === "" || wanted.length > 100) return [];
  const exact = byCode.get(wanted);
  if (exact !== undefined) return [exact.code];
  return purposes
    .filter(
      ({ code: known, name }) =>
        slips(wanted, known) <= 2 || (wanted.length > 3 && name.toUpperCase().includes(wanted)),
    )
    .sort((a, b) => slips(wanted, a.code) - slips(wanted, b.code))
    .slice(0, 3)
    .map((each) => each.code);
}

/** How many characters must be put in, left out or changed to get from one word to the other (Levenshtein, 1966). */
function slips(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (const [i, a] of [...from].slice(0, 40).entries()) {
    const next = [i + 1];
    for (const [j, b] of [...to].entries())
      next.push(Math.min(next[j]! + 1, row[j + 1]! + 1, row[j]! + (a === b ? 0 : 1)));
    row = next;
  }
  return row[to.length]!;
}
