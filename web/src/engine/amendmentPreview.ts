/** What taking the next revision of a record would come to: who could read what is new in it, and what stands in the way. */
import type { Side } from "diptych";
import type { Ceas } from "diptych/ces";
import { permittedSide, type Shift, type Standing, shiftsBetween } from "./patientPreview.ts";

/** The next revision, as far as its parts' places are concerned. */
export type NextRevision = { ceas: Ceas; appended: readonly { position: number; label: string }[] };

export type AmendmentEffect = {
  /** New parts on the shared side: those that are wanted there, and those that the doctor's rule asks for. */
  share: number[];
  /** New parts of which that rule leaves no choice. */
  fixed: number[];
  /** Who will be able to read the new parts. Nobody loses a part that they could read. */
  gains: Shift[];
  /** Parts that the doctor's new rule forbids where they stand now: they have to be moved first. */
  misplaced: { toShared: number[]; toPrivate: number[] };
  /** Entries that a wallet confirms on each chain. */
  entries: Record<Side, number>;
};

/** @param wanted new parts that are to stand on the shared side. Of a record that isn't stored yet nobody but its patient reads. */
export function previewAmendment(
  { parts, rights }: Pick<Standing, "parts" | "rights">,
  { ceas, appended }: NextRevision,
  wanted: readonly number[],
): AmendmentEffect {
  if (rights === undefined)
    return {
      ...{ share: [], fixed: appended.map(({ position }) => position), gains: [] },
      ...{ misplaced: { toShared: [], toPrivate: [] }, entries: { storage: 0, shared: 0 } },
    };
  const fresh = new Set(appended.map(({ position }) => position));
  const standing = parts.filter(({ side }) => side === "shared").map(({ position }) => position);
  const chosen = wanted.filter((position) => fresh.has(position));
  const permitted = permittedSide([...standing, ...chosen], ceas);
  const share = permitted.filter((position) => fresh.has(position));
  const demanded = (others: readonly number[]) => permittedSide([...standing, ...others], ceas);
  const fixed = [...fresh].filter(
    (position) =>
      ceas.never.includes(position) || demanded(share.filter((each) => each !== position)).includes(position),
  );
  const here = new Set(permitted);
  const there = new Set(standing);
  const { gains } = shiftsBetween(
    appended.map((part) => ({ ...part, side: "private" as const })),
    undefined,
    { shared: share, rights },
  );
  return {
    share,
    fixed,
    gains,
    misplaced: {
      toShared: permitted.filter((position) => !fresh.has(position) && !there.has(position)),
      toPrivate: standing.filter((position) => !here.has(position)),
    },
    entries: { storage: 1, shared: 1 },
  };
}
