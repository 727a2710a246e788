/** Ending somebody's access, blocking and letting back in: asked first, then done, with what went wrong. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { failureOf } from "../engine/failures.ts";
import type { Access } from "../engine/patientWatching.ts";
import { ConfirmDialog } from "../look/ConfirmDialog.tsx";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { isolate } from "../look/isolate.ts";
import { LoadingState } from "../look/LoadingState.tsx";
import { useSession } from "../session/Session.tsx";
import { useWords } from "../words/useWords.ts";

type Wanted =
  | { kind: "revoke"; access: Pick<Access, "recordId" | "side" | "requestId">; who: string }
  | { kind: "block" | "unblock"; recordId: string; account: string; requestId?: string; who: string };

export type Revoking = {
  ask: (wanted: Wanted) => void;
  /** Request ids and accounts that something is being done about. */
  busy: ReadonlySet<string>;
  /** The question, and what went wrong: to be put on the screen. */
  note: ReactNode;
};

export function useRevoking(): Revoking {
  const words = useWords().patient.access;
  const { engine } = useSession();
  const queries = useQueryClient();
  const [asked, setAsked] = useState<Wanted>();
  const doing = useMutation({
    mutationFn: (wanted: Wanted) => {
      const actId = crypto.randomUUID();
      if (wanted.kind !== "revoke")
        return engine.patient[wanted.kind](actId, wanted.recordId, wanted.account);
      const { recordId, side, requestId } = wanted.access;
      return engine.patient.revoke(actId, recordId, side, requestId);
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ["patient"] }),
  });
  const { variables } = doing;
  const busy = new Set<string>();
  if (doing.isPending && variables !== undefined) {
    if (variables.kind === "revoke") busy.add(variables.access.requestId);
    else for (const each of [variables.account, variables.requestId]) if (each !== undefined) busy.add(each);
  }
  const failure = doing.error && failureOf(doing.error);
  const told = asked && wordsOf(asked, words);
  // The question is closed before the wallet asks: nothing may stand before what the page says of it.
  const confirm = () => {
    setAsked(undefined);
    if (asked !== undefined) doing.mutate(asked);
  };
  const under = doing.isPending ? variables : undefined;
  const note = (
    <>
      {under && (
        <LoadingState label={under.kind === "unblock" ? words.unblocking : words[under.kind].doing} />
      )}
      {failure && (
        <ErrorNote
          code={failure.code}
          message={failure.message}
          onRetry={() => variables !== undefined && doing.mutate(variables)}
          onDismiss={doing.reset}
        />
      )}
      {told && (
        <ConfirmDialog
          open
          {...told}
          danger={asked.kind !== "unblock"}
          onConfirm={confirm}
          onCancel={() => setAsked(undefined)}
        />
      )}
    </>
  );
  return { ask: setAsked, busy, note };
}

function wordsOf({ kind, who: name }: Wanted, words: ReturnType<typeof useWords>["patient"]["access"]) {
  const who = isolate(name);
  if (kind === "unblock")
    return { title: words.unblockTitle(who), can: words.unblockCan, confirmLabel: words.unblock };
  const { title, can, cannot, confirm } = words[kind];
  return { title: title(who), can, cannot, confirmLabel: confirm };
}
