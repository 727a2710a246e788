/**
 * A scheme like BBDS: one chain of invited users, to whom the whole record goes. The key is wrapped for the consortium's
 * members once; who of them may have the record is a list on the chain.
 */

import type { Scheme, Sealed, Step, View } from "./scheme.ts";
import { documentView, firstStanding, nextStanding, openDocument, sameBlocks } from "./sealing.ts";

/** The attribute that every member holds. */
export const membership = "role:member";

function listOf(invited: readonly string[]): string {
  return invited.map((account) => `id:${account.toLowerCase()}`).join(" or ");
}

function sealed(view: View): Sealed {
  return {
    views: [view],
    full: ["record"],
    shared: ["record"],
    /** Another list on the chain; nothing in the cloud changes, and whoever had the key keeps it. */
    async regrant(_, invited): Promise<Step> {
      const next = sameBlocks(view, nextStanding(view, listOf(invited)));
      return { closes: [], views: [next], next: sealed(next) };
    },
  };
}

export const bbdsLike: Scheme = {
  name: "bbds-like",
  sides: ["storage"],
  batched: false,
  oneUpload: true,
  async seal(record, maker) {
    const at = await firstStanding(maker, "storage", record.emrId, "record", listOf(maker.invited));
    return sealed(await documentView(at, record.whole, maker, membership));
  },
  open: openDocument,
};
