/**
 * CEAS, the content extraction access structure: the signer's rule on which subsets may be extracted
 * (Steinfeld, Bull, Zheng, ePrint 2002/016). Positions count from 1. It governs proper subsets: the whole record is
 * always valid, the empty subset never.
 */
import type { Reader, Writer } from "../core/encoding.ts";
import { DiptychError } from "../core/errors.ts";

/** "Whoever extracts `position` must extract `needs` with it." */
export interface Implication {
  position: number;
  needs: number;
}

/** Which subsets of a record the signer allows; all positions count from 1. */
export interface Ceas {
  /** Positions in every extraction; ascending. */
  mandatory: number[];
  /** Ascending by `position`, then by `needs`. */
  implications: Implication[];
  /** Positions in no proper extraction; ascending. */
  never: number[];
}

/** A CEAS that allows every subset but the empty one. */
export const unrestricted: Readonly<Ceas> = Object.freeze({ mandatory: [], implications: [], never: [] });

const ascending = (positions: readonly number[]): boolean =>
  positions.every((position, at) => at === 0 || positions[at - 1]! < position);

const within = (position: number, n: number): boolean =>
  Number.isInteger(position) && position >= 1 && position <= n;

/**
 * Demands that `ceas` is canonical (sorted, unique, within 1..n) and consistent: no position is both mandatory and
 * never extracted, and no implication speaks of one that is never extracted. Throws `ces-header-invalid`.
 */
export function checkCeas(ceas: Ceas, n: number): void {
  const invalid = (why: string) => new DiptychError("ces-header-invalid", `The CEAS of this header ${why}.`);
  const { mandatory, implications, never } = ceas;
  const mentioned = [...mandatory, ...never, ...implications.flatMap((each) => [each.position, each.needs])];
  if (!mentioned.every((position) => within(position, n)))
    throw invalid(`names a position outside 1 to ${n}`);
  const inOrder = implications.every((each, at) => {
    const last = implications[at - 1];
    return (
      last === undefined ||
      last.position < each.position ||
      (last.position === each.position && last.needs < each.needs)
    );
  });
  if (!ascending(mandatory) || !ascending(never) || !inOrder)
    throw invalid("isn't sorted and free of repeats");
  if (implications.some((each) => each.position === each.needs))
    throw invalid("has a position that needs itself");
  const hidden = new Set(never);
  if (mandatory.some((position) => hidden.has(position)))
    throw invalid("makes a position mandatory that must never be extracted");
  if (implications.some((each) => hidden.has(each.position) || hidden.has(each.needs)))
    throw invalid("has an implication about a position that must never be extracted");
}

/**
 * Why the CEAS forbids extracting exactly `positions` (ascending, unique) of a record of n parts, in words that name
 * positions; undefined when it allows it. Throws `argument-invalid` when `positions` isn't a subset of 1..n.
 */
export function explainForbidden(ceas: Ceas, n: number, positions: readonly number[]): string | undefined {
  if (!ascending(positions) || !positions.every((position) => within(position, n)))
    throw new DiptychError("argument-invalid", `Positions must ascend without repeats between 1 and ${n}.`);
  if (positions.length === 0) return "an extraction needs at least one part";
  if (positions.length === n) return undefined;
  const chosen = new Set(positions);
  const missing = ceas.mandatory.find((position) => !chosen.has(position));
  if (missing !== undefined) return `part ${missing} must be in every extraction`;
  const hidden = ceas.never.find((position) => chosen.has(position));
  if (hidden !== undefined) return `part ${hidden} may only be read with the whole record`;
  const broken = ceas.implications.find((each) => chosen.has(each.position) && !chosen.has(each.needs));
  return broken && `part ${broken.position} may not be extracted without part ${broken.needs}`;
}

/** Whether the CEAS allows extracting exactly `positions` (ascending, unique) of a record of n parts. */
export function permits(ceas: Ceas, n: number, positions: readonly number[]): boolean {
  return explainForbidden(ceas, n, positions) === undefined;
}

/** Throws `ces-subset-forbidden`, with the reason, unless the CEAS allows this subset. */
export function demandPermitted(ceas: Ceas, n: number, positions: readonly number[]): void {
  const why = explainForbidden(ceas, n, positions);
  if (why !== undefined)
    throw new DiptychError(
      "ces-subset-forbidden",
      `The doctor's rule on extraction (CEAS) forbids this subset: ${why}.`,
    );
}

/** Three lists: u16 positions, pairs of u16, u16 positions. */
export function writeCeas(writer: Writer, ceas: Ceas): void {
  writer
    .list(ceas.mandatory, (each, position) => each.u16(position))
    .list(ceas.implications, (each, implication) => each.u16(implication.position).u16(implication.needs))
    .list(ceas.never, (each, position) => each.u16(position));
}

/** Reads what `writeCeas` wrote; the caller checks it with `checkCeas`. */
export function readCeas(reader: Reader): Ceas {
  return {
    mandatory: reader.list((each) => each.u16()),
    implications: reader.list((each) => ({ position: each.u16(), needs: each.u16() })),
    never: reader.list((each) => each.u16()),
  };
}
