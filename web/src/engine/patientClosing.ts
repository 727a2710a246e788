/** What a closing on a ledger was: a wish of its own, or how a change began that takes something from somebody. */
import type { Side } from "diptych";

/** A line of one record's history, as far as it tells how a side stood. Times in Unix seconds. */
export type Standing = { side: Side; kind: "published" | "closed"; time: number };

/** Within that many seconds a change publishes the sides that it closed, however slowly a wallet is answered. */
const patience = 3_600;

/**
 * Whether a side was closed because of a change, which ends all access to it and then stores it anew. The ledgers tell both closings
 * alike. A change publishes soon, or closes one side only; a patient who closes a record closes both.
 *
 * @param closing a member of `history`, which is one record's, each side's the oldest first
 * @param changing a change of this record was begun and isn't finished
 */
export function isForChange(
  closing: Standing,
  history: readonly Standing[],
  changing: boolean,
  now = Date.now() / 1000,
): boolean {
  const { side, time } = closing;
  const soon = time + patience;
  const later = history.slice(history.indexOf(closing) + 1);
  const next = later.find((each) => each.side === side && each.kind === "published");
  if (next !== undefined && next.time <= soon) return true;
  if (next === undefined && changing && now <= soon) return true;
  const other = history.filter((each) => each.side !== side && each.time <= soon).at(-1);
  return other?.kind === "published";
}
