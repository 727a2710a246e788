/** What a change of sides and rules comes to, before anybody confirms it: who gains and loses what, and what it takes. */
import {
  type Change,
  DiptychError,
  ledgerOf,
  type Plan,
  planChange,
  purposesOf,
  type Rights,
  type Side,
} from "diptych";
import type { Ceas } from "diptych/ces";
import { allowsAll, alternativesOf, implies, parsePolicy, printPolicy } from "diptych/policy";

/** Those whom one policy lets in, and the parts that they gain or lose. */
export type Shift = { policy: string; positions: number[] };

/** How a record stands, as far as a change is concerned; without rights it isn't shared with anybody yet. */
export type Standing = {
  parts: readonly { position: number; label: string; side: "private" | "shared" }[];
  ceas: Ceas;
  rights?: Rights;
};

/** What is wanted; what is left out stays as it is. */
export type Wish = Pick<Change, "shared" | "rights" | "reopen"> & { block?: readonly string[] };

export type Preview = {
  gains: Shift[];
  loses: Shift[];
  /** Accounts that lose everything. */
  blocked: string[];
  /** Positions that are encrypted under new keys. */
  encrypted: number[];
  /** Views whose running grants all end. */
  grantsEnd: Side[];
  /** Views that may be asked for fewer purposes, or more. */
  purposes: Side[];
  /** Entries that a wallet confirms on each chain. */
  entries: Record<Side, number>;
  /** Nothing would change. */
  nothing: boolean;
};

const views = ["full", "shared"] as const;
type View = (typeof views)[number];

/**
 * What a change of a published record, or the first publish of one, comes to.
 *
 * @throws DiptychError as `planChange`: `record-one-sided`, `record-move-forbidden`, `rights-inconsistent`, `policy-syntax`, ...
 */
export function previewChange(standing: Standing, wish: Wish): Preview {
  const { parts, ceas, rights: before } = standing;
  const record = { header: { n: parts.length, ceas }, parts };
  const sharedNow = parts.filter(({ side }) => side === "shared").map(({ position }) => position);
  if (before === undefined) {
    const rights = wish.rights;
    if (rights === undefined) throw new DiptychError("argument-invalid", "The first publish needs rules.");
    const plan = planChange({ shared: sharedNow, rights }, wish, record);
    const { gains } = shiftsBetween(parts, undefined, plan);
    const all = parts.map(({ position }) => position);
    const entries = { storage: 1, shared: 1 };
    return { ...nothingYet, gains, encrypted: all, entries, nothing: false };
  }
  const plan = planChange({ shared: sharedNow, rights: before }, wish, record);
  const reopened = wish.reopen ?? [];
  const published = views.filter((view) => plan.views[view] !== undefined || reopened.includes(view));
  const shifts = shiftsBetween(parts, { shared: sharedNow, rights: before }, plan);
  const entries = { storage: plan.block.length, shared: plan.block.length };
  for (const view of published) entries[ledgerOf[view]] += plan.views[view] === "next" ? 2 : 1;
  return {
    ...shifts,
    blocked: [...plan.block],
    encrypted: plan.rotate,
    grantsEnd: views.filter((view) => plan.views[view] === "next").map((view) => ledgerOf[view]),
    purposes: views.filter((view) => purposesDiffer(before, plan.rights, view)).map((view) => ledgerOf[view]),
    entries,
    nothing: published.length === 0 && plan.block.length === 0,
  };
}

const nothingYet: Preview = {
  gains: [],
  loses: [],
  blocked: [],
  encrypted: [],
  grantsEnd: [],
  purposes: [],
  entries: { storage: 0, shared: 0 },
  nothing: true,
};

function purposesDiffer(before: Rights, after: Rights, view: View): boolean {
  const [from, to] = [purposesOf(before, view), purposesOf(after, view)];
  return !allowsAll(from, to) || !allowsAll(to, from);
}

type Sides = { shared: readonly number[]; rights: Rights };

/**
 * Whoever a policy's alternative lets in gains a part if the policy of before doesn't let all of them in, and loses it the other way
 * round. Purposes aside.
 */
export function shiftsBetween(
  parts: Standing["parts"],
  before: Sides | undefined,
  after: Pick<Plan, "shared" | "rights">,
): { gains: Shift[]; loses: Shift[] } {
  const [gains, loses] = [new Map<string, number[]>(), new Map<string, number[]>()];
  const known = new Map<string, { gained: string[]; lost: string[] }>();
  const policiesOf = ({ shared, rights }: Sides) => {
    const here = new Set(shared);
    return (position: number) => (here.has(position) ? rights.shared : rights.full);
  };
  const [policyBefore, policyAfter] = [before && policiesOf(before), policiesOf(after)];
  for (const { position } of parts) {
    const from = policyBefore?.(position);
    const to = policyAfter(position);
    const key = `${from}\n${to}`;
    const found = known.get(key) ?? { gained: newcomers(from, to), lost: newcomers(to, from) };
    known.set(key, found);
    for (const policy of found.gained) add(gains, policy, position);
    for (const policy of found.lost) add(loses, policy, position);
  }
  return { gains: shiftsOf(gains), loses: shiftsOf(loses) };
}

/** The alternatives of `to` that `from` doesn't let in; none without `to`, all without `from`. */
function newcomers(from: string | undefined, to: string | undefined): string[] {
  if (to === undefined || from === to) return [];
  const known = from === undefined ? undefined : parsePolicy(from);
  return alternativesOf(parsePolicy(to))
    .filter((each) => known === undefined || !implies(each, known))
    .map(printPolicy);
}

function add(shifts: Map<string, number[]>, policy: string, position: number): void {
  const known = shifts.get(policy);
  if (known === undefined) shifts.set(policy, [position]);
  else known.push(position);
}

function shiftsOf(shifts: Map<string, number[]>): Shift[] {
  return [...shifts].map(([policy, positions]) => ({ policy, positions }));
}

/** A shared side with what the doctor's rule demands in it, and without what it forbids there. */
export function permittedSide(positions: readonly number[], ceas: Ceas): number[] {
  const shared = new Set([...positions, ...ceas.mandatory].filter((each) => !ceas.never.includes(each)));
  // What is added may need more itself.
  for (let before = -1; before !== shared.size; ) {
    before = shared.size;
    for (const { position, needs } of ceas.implications) if (shared.has(position)) shared.add(needs);
  }
  return [...shared].sort((a, b) => a - b);
}

/**
 * The shared side's policy with what it takes so that it lets in everybody whom the full one does: the same text when it does
 * already.
 */
export function withEverybodyOf(full: string, shared: string): string {
  const missing = newcomers(shared, full);
  return missing.length === 0
    ? shared
    : printPolicy(parsePolicy([shared, ...missing.map(bracket)].join(" or ")));
}

function bracket(policy: string): string {
  return `(${policy})`;
}
