/**
 * What a change of parts or rights entails (paper, 5.3; F9): which parts someone loses and so need new keys, which views
 * must be published anew, and where a new epoch ends the grants of the old one.
 */
import { type Ceas, explainForbidden } from "../ces/index.ts";
import { equal } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import type { Address } from "../ledger/chain.ts";
import { allowsAll, implies, parsePolicy, purposeBytes } from "../policy/index.ts";
import { envelopeLabel } from "../record/index.ts";

/**
 * Who may open which view, as policy texts, and what for: codes of HL7's PurposeOfUse that a request must state one of, any where
 * left out or empty. Whoever may open the full view may open the shared one, for the same.
 */
export type Rights = {
  full: string;
  shared: string;
  purposes?: { full?: readonly string[]; shared?: readonly string[] };
};

/** The purposes that a view may be asked for; none for any. */
export function purposesOf(rights: Rights, view: "full" | "shared"): readonly string[] {
  return rights.purposes?.[view] ?? [];
}

/** The policy of one view, and the purposes that it may be asked for; none for any. */
type ViewRights = { policy: string; purposes: readonly string[] };

/** Rights of both views; purposes are left out where any will do. */
export function rightsOf(full: ViewRights, shared: ViewRights): Rights {
  const purposes = {
    ...(full.purposes.length === 0 ? {} : { full: full.purposes }),
    ...(shared.purposes.length === 0 ? {} : { shared: shared.purposes }),
  };
  const policies = { full: full.policy, shared: shared.policy };
  return Object.keys(purposes).length === 0 ? policies : { ...policies, purposes };
}

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

/**
 * Demands that whoever may open the full view may open the shared one, for the same purposes; throws `rights-inconsistent`,
 * `policy-syntax`, `purpose-unknown`.
 */
export function checkRights(rights: Rights): void {
  for (const view of ["full", "shared"] as const) purposeBytes(purposesOf(rights, view));
  if (!allowsAll(purposesOf(rights, "full"), purposesOf(rights, "shared")))
    throw new DiptychError(
      "rights-inconsistent",
      "The full view may be asked for purposes that the shared one may not: add them to the shared view's purposes.",
    );
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
 * after, for all that they could before; a blocked account loses every part.
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

  const viewRights = (of: Rights, view: "full" | "shared"): ViewRights => ({
    policy: of[view],
    purposes: purposesOf(of, view),
  });
  const narrows = (from: ViewRights, to: ViewRights) =>
    block.length > 0 ||
    !allowsAll(from.purposes, to.purposes) ||
    !implies(parsePolicy(from.policy), parsePolicy(to.policy));
  const differ = (view: "full" | "shared") =>
    rights[view] !== before.rights[view] ||
    !equal(purposeBytes(purposesOf(rights, view)), purposeBytes(purposesOf(before.rights, view)));
  const readers = (side: readonly number[], of: Rights, position: number) =>
    viewRights(of, side.includes(position) ? "shared" : "full");
  const rotate = Array.from({ length: record.header.n }, (_, i) => i + 1).filter((position) =>
    narrows(readers(before.shared, before.rights, position), readers(shared, rights, position)),
  );

  const removed = before.shared.some((position) => !shared.includes(position));
  const added = shared.some((position) => !before.shared.includes(position));
  const fullNarrows = narrows(viewRights(before.rights, "full"), viewRights(rights, "full"));
  const sharedNarrows = narrows(viewRights(before.rights, "shared"), viewRights(rights, "shared")) || removed;
  const views: Plan["views"] = {};
  if (fullNarrows || rotate.length > 0 || differ("full")) views.full = fullNarrows ? "next" : "same";
  if (sharedNarrows || added || differ("shared") || rotate.some((each) => shared.includes(each)))
    views.shared = sharedNarrows ? "next" : "same";
  return { shared, rights, block, rotate, views };
}
