/**
 * What a change of parts or rights entails (paper, 5.3; F9): which parts someone loses and so need new keys, which views
 * must be published anew, and where a new epoch ends the grants of the old one.
 */
import { type Ceas, explainForbidden } from "../ces/index.ts";
import { DiptychError } from "../core/errors.ts";
import type { Address } from "../ledger/chain.ts";
import { implies, parsePolicy } from "../policy/index.ts";
import { envelopeLabel } from "../record/index.ts";

/** Who may open which view, as policy texts. The full view's policy implies the shared one's. */
export type Rights = { full: string; shared: string };

/** What is to be different: everything left out stays as it is. */
export type Change = {
  /** Positions on the shared side from now on. */
  shared?: readonly number[];
  rights?: Rights;
  /** Accounts that lose everything, whatever their attributes. */
  block?: readonly Address[];
  /** Views that were closed and are to be published again, under new keys. */
  reopen?: readonly ("full" | "shared")[];
};

/** `epoch` of a view that is to be published: the same, or the next, which ends all grants. */
export type Plan = {
  shared: number[];
  rights: Rights;
  block: readonly Address[];
  /** Positions that someone loses: encrypted again under new keys. */
  rotate: number[];
  views: { full?: "same" | "next"; shared?: "same" | "next" };
};

/** What of a record bears on a change. */
export type Changeable = {
  header: { n: number; ceas: Ceas };
  parts: readonly { label: string }[];
};

/** Demands that whoever may open the full view may open the shared one; throws `rights-inconsistent`, `policy-syntax`. */
export function checkRights(rights: Rights): void {
  if (!implies(parsePolicy(rights.full), parsePolicy(rights.shared)))
    throw new DiptychError(
      "rights-inconsistent",
      "Some who may open the full view may not open the shared one: add them to the shared view's policy.",
    );
}

/** Demands a shared side that is neither empty nor everything and that the signer allows to be shown by itself. */
export function checkSharedSide(shared: readonly number[], record: Changeable): void {
  const { n, ceas } = record.header;
  if (shared.some((position) => record.parts[position - 1]?.label === envelopeLabel))
    throw new DiptychError(
      "record-move-forbidden",
      "The envelope holds what surrounds all parts, so it always stays private.",
    );
  if (shared.length === 0 || shared.length === n)
    throw new DiptychError("record-one-sided", "Each side needs at least one part: move fewer parts.");
  const why = explainForbidden(ceas, n, shared);
  if (why !== undefined)
    throw new DiptychError(
      "record-move-forbidden",
      `The doctor's rule on this record forbids these shared parts: ${why}.`,
    );
}

/**
 * Plans a change. A part is lost by someone exactly when those who could read it before are not all among those who can
 * after; a blocked account loses every part.
 */
export function planChange(
  before: { shared: readonly number[]; rights: Rights },
  change: Change,
  record: Changeable,
): Plan {
  const shared = [...new Set(change.shared ?? before.shared)].sort((a, b) => a - b);
  const rights = change.rights ?? before.rights;
  const block = change.block ?? [];
  checkSharedSide(shared, record);
  checkRights(rights);

  const narrows = (from: string, to: string) =>
    block.length > 0 || !implies(parsePolicy(from), parsePolicy(to));
  const readers = (side: readonly number[], policies: Rights, position: number) =>
    side.includes(position) ? policies.shared : policies.full;
  const rotate = Array.from({ length: record.header.n }, (_, i) => i + 1).filter((position) =>
    narrows(readers(before.shared, before.rights, position), readers(shared, rights, position)),
  );

  const removed = before.shared.some((position) => !shared.includes(position));
  const added = shared.some((position) => !before.shared.includes(position));
  const fullNarrows = narrows(before.rights.full, rights.full);
  const sharedNarrows = narrows(before.rights.shared, rights.shared) || removed;
  const views: Plan["views"] = {};
  if (fullNarrows || rotate.length > 0 || rights.full !== before.rights.full)
    views.full = fullNarrows ? "next" : "same";
  if (
    sharedNarrows ||
    added ||
    rights.shared !== before.rights.shared ||
    rotate.some((each) => shared.includes(each))
  )
    views.shared = sharedNarrows ? "next" : "same";
  return { shared, rights, block, rotate, views };
}
