/** Who may read now, of one record or of all; each can be stopped. */
import { useQuery } from "@tanstack/react-query";
import { failureOf } from "../engine/failures.ts";
import { AccessList } from "../look/AccessList.tsx";
import { EmptyState } from "../look/EmptyState.tsx";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { LoadingState } from "../look/LoadingState.tsx";
import { capitalise, useNameOfAccount } from "../record/people.ts";
import { purposeWords } from "../record/purposes.ts";
import { useSession } from "../session/Session.tsx";
import { useWords } from "../words/useWords.ts";
import { useTitles } from "./titles.ts";
import { useRevoking } from "./useRevoking.tsx";

export function AccessPanel({ id }: { id?: string }) {
  const all = useWords();
  const words = all.patient.access;
  const { engine } = useSession();
  const nameOf = useNameOfAccount();
  const titleOf = useTitles();
  const revoking = useRevoking();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["patient", "access", id],
    queryFn: () => engine.patient.access(id),
    refetchInterval: 4_000,
  });
  const find = (requestId: string) => data?.find((each) => each.requestId === requestId);
  const people = (data ?? []).map((each) => {
    const { who, detail } = nameOf(each.account, each.attributes);
    return {
      id: each.requestId,
      who: capitalise(who),
      detail: id === undefined ? `${detail} · ${words.record(titleOf(each.recordId))}` : detail,
      side: each.side === "storage" ? ("private" as const) : ("shared" as const),
      ...(each.since === 0 ? {} : { since: new Date(each.since * 1000) }),
      until: new Date(each.until * 1000),
      ...(each.purpose === undefined ? {} : { purpose: purposeWords(all, each.purpose) }),
    };
  });
  const failure = error && failureOf(error);
  return (
    <>
      {isPending && <LoadingState label={words.loading} />}
      {failure && <ErrorNote code={failure.code} message={failure.message} onRetry={() => void refetch()} />}
      {revoking.note}
      {data?.length === 0 && (
        <EmptyState level={id === undefined ? 2 : 3} title={words.empty}>
          {words.emptyBody}
        </EmptyState>
      )}
      {people.length > 0 && (
        <AccessList
          people={people}
          busy={revoking.busy}
          onRevoke={(requestId) => {
            const access = find(requestId);
            if (access)
              revoking.ask({ kind: "revoke", access, who: nameOf(access.account, access.attributes).who });
          }}
          onBlock={(requestId) => {
            const access = find(requestId);
            if (access === undefined) return;
            const { recordId, account, attributes } = access;
            revoking.ask({
              kind: "block",
              recordId,
              account,
              requestId,
              who: nameOf(account, attributes).who,
            });
          }}
        />
      )}
    </>
  );
}
