/** What waits for a decision, and what was decided. */
import { Stack } from "@mantine/core";
import { IconInbox } from "@tabler/icons-react";
import type { DeskRequest } from "diptych/services";
import { useState } from "react";
import { failureOf } from "../engine/failures.ts";
import { EmptyState } from "../look/EmptyState.tsx";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { LoadingState } from "../look/LoadingState.tsx";
import { Note } from "../look/Note.tsx";
import { ScreenTitle } from "../look/ScreenTitle.tsx";
import { ShowMore } from "../look/ShowMore.tsx";
import { useFormats, useWords } from "../words/useWords.ts";
import { DecidedPanel } from "./DecidedPanel.tsx";
import { DecisionDialog, type DecisionKind } from "./DecisionDialog.tsx";
import { Desk } from "./Desk.tsx";
import { applicantOf } from "./naming.ts";
import { RequestCard } from "./RequestCard.tsx";
import { useOnDesk } from "./useDesk.ts";

export function QueueScreen() {
  const words = useWords().authority.queue;
  // A desk closes by itself: what an officer was writing meanwhile is still there when it is open again.
  const [reasons, setReasons] = useState<Reasons>({});
  return (
    <>
      <ScreenTitle title={words.title} lead={words.lead} />
      <Desk>
        <Queue reasons={reasons} onReasons={setReasons} />
      </Desk>
    </>
  );
}

/** Why each is refused, by the id of what was asked. */
type Reasons = Readonly<Record<string, string>>;
type QueueProps = { reasons: Reasons; onReasons: (reasons: Reasons) => void };
type Made = { kind: DecisionKind; who: string; transactions: number };

function Queue({ reasons, onReasons }: QueueProps) {
  const words = useWords().authority.queue;
  const formats = useFormats();
  const { data, error, isPending, refetch } = useOnDesk("requests", (officer) => officer.requests());
  const [deciding, setDeciding] = useState<{ kind: DecisionKind; request: DeskRequest }>();
  const [made, setMade] = useState<Made>();
  const failure = error && failureOf(error);
  const pending = (data ?? []).filter(({ state }) => state === "pending");
  return (
    <Stack gap="lg">
      {isPending && <LoadingState label={words.loading} />}
      {failure && <ErrorNote code={failure.code} message={failure.message} onRetry={() => void refetch()} />}
      {made && (
        <Note tone="good" role="status" title={words.done[made.kind](made.who)}>
          <p>{words.transactions(made.transactions)}</p>
        </Note>
      )}
      {data && pending.length === 0 && (
        <EmptyState icon={IconInbox} title={words.empty}>
          <p>{words.emptyBody}</p>
        </EmptyState>
      )}
      {pending.length > 0 && <h2>{words.waiting(pending.length)}</h2>}
      <ShowMore
        items={pending}
        keyOf={({ id }) => id}
        size={10}
        list={(cards) => <Stack gap="md">{cards}</Stack>}
      >
        {(request) => <RequestCard request={request} onDecide={(kind) => setDeciding({ kind, request })} />}
      </ShowMore>
      {data && <DecidedPanel requests={data} />}
      {deciding && (
        <DecisionDialog
          {...deciding}
          reason={reasons[deciding.request.id] ?? ""}
          onReason={(reason) => onReasons({ ...reasons, [deciding.request.id]: reason })}
          onClose={() => setDeciding(undefined)}
          onMade={(transactions) => {
            setMade({ kind: deciding.kind, who: applicantOf(deciding.request, formats), transactions });
            setDeciding(undefined);
          }}
        />
      )}
    </Stack>
  );
}
