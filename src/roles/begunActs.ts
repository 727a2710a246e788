/**
 * Acts on both ledgers that were begun and not brought to an end: until then an account is stopped on one ledger and not on the
 * other. Noted before the first transaction, struck out after the last. Public values only.
 */
import { hex, utf8, utf8Decode } from "../core/bytes.ts";
import type { Address } from "../ledger/chain.ts";
import { type Journal, listEmr } from "./journal.ts";
import type { ViewName } from "./ownRecord.ts";

/** What is to be done to the views of one record. */
export type BegunAct =
  | { act: "block" | "unblock" | "revoke-grants"; account: Address; views: readonly ViewName[] }
  | { act: "close"; views: readonly ViewName[] };

const nameOf = (emrId: Uint8Array) => `patient/begun-acts/${hex(emrId).slice(2)}`;

export async function readBegunActs(journal: Journal, emrId: Uint8Array): Promise<BegunAct[]> {
  const stored = await journal.get(nameOf(emrId));
  return stored === undefined ? [] : (JSON.parse(utf8Decode(stored)) as BegunAct[]);
}

/**
 * Does an act under a note of it. The note replaces an older one about the same: who unblocks an account no longer wants the
 * block that was begun.
 */
export async function underNote<T>(
  journal: Journal,
  emrId: Uint8Array,
  act: BegunAct,
  work: () => Promise<T>,
): Promise<T> {
  await listEmr(journal, emrId);
  const others = without(await readBegunActs(journal, emrId), act);
  await keep(journal, emrId, [...others, act]);
  const done = await work();
  await keep(journal, emrId, without(await readBegunActs(journal, emrId), act));
  return done;
}

function subjectOf(act: BegunAct): string {
  if (act.act === "close") return "close";
  const subject = act.act === "revoke-grants" ? "grants" : "block";
  return `${subject} ${act.account.toLowerCase()}`;
}

/** The acts less what `act` is about, view by view. */
function without(acts: readonly BegunAct[], act: BegunAct): BegunAct[] {
  return acts.flatMap((each) => {
    if (subjectOf(each) !== subjectOf(act)) return [each];
    const views = each.views.filter((view) => !act.views.includes(view));
    return views.length === 0 ? [] : [{ ...each, views }];
  });
}

function keep(journal: Journal, emrId: Uint8Array, acts: readonly BegunAct[]): Promise<void> {
  return acts.length === 0
    ? journal.delete(nameOf(emrId))
    : journal.set(nameOf(emrId), utf8(JSON.stringify(acts)));
}
