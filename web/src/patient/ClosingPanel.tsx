/** Closing a record to everybody at once, and opening it again. */
import { Button, Stack } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { failureOf } from "../engine/failures.ts";
import type { RecordFacts } from "../engine/patientRecords.ts";
import { ConfirmDialog } from "../look/ConfirmDialog.tsx";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { LoadingState } from "../look/LoadingState.tsx";
import { Note } from "../look/Note.tsx";
import { Panel } from "../look/Panel.tsx";
import { ActProgress } from "../session/ActProgress.tsx";
import { useSession } from "../session/Session.tsx";
import { useAct } from "../session/useAct.ts";
import { useWords } from "../words/useWords.ts";
import { closedViews } from "./RecordEditor.tsx";

/** Stands above a record that is closed, as long as it is closed or being opened again. */
export function ClosedNote({ facts }: { facts: RecordFacts }) {
  const [reopening, setReopening] = useState(false);
  // Opening again publishes one ledger after the other: what is under way stays on the screen until its end.
  if (closedViews(facts).length === 0 && !reopening) return null;
  return <Reopen facts={facts} onWorking={setReopening} />;
}

/** Lets the patient close a record that isn't closed. */
export function ClosingPanel({ facts }: { facts: RecordFacts }) {
  return closedViews(facts).length === 0 ? <Close id={facts.id} /> : null;
}

function Close({ id }: { id: string }) {
  const words = useWords().patient.record.closing;
  const { engine } = useSession();
  const queries = useQueryClient();
  const [asked, setAsked] = useState(false);
  const closing = useMutation({
    mutationFn: () => engine.patient.close(crypto.randomUUID(), id),
    onSettled: () => queries.invalidateQueries({ queryKey: ["patient"] }),
  });
  const failure = closing.error && failureOf(closing.error);
  return (
    <Panel title={words.title}>
      <Stack gap="sm" align="flex-start">
        <p>{words.lead}</p>
        {closing.isPending ? (
          <LoadingState label={words.doing} />
        ) : (
          <Button color="red" variant="outline" onClick={() => setAsked(true)}>
            {words.close}
          </Button>
        )}
        {failure && (
          <ErrorNote code={failure.code} message={failure.message} onRetry={() => closing.mutate()} />
        )}
      </Stack>
      <ConfirmDialog
        open={asked}
        title={words.closeTitle}
        can={words.can}
        cannot={words.cannot}
        confirmLabel={words.confirm}
        danger
        onConfirm={() => {
          setAsked(false);
          closing.mutate();
        }}
        onCancel={() => setAsked(false)}
      />
    </Panel>
  );
}

type ReopenProps = { facts: RecordFacts; onWorking: (working: boolean) => void };

function Reopen({ facts, onWorking }: ReopenProps) {
  const words = useWords().patient.record.closing;
  const { engine } = useSession();
  const queries = useQueryClient();
  const [reopen] = useState(() => closedViews(facts));
  const opening = useAct((actId) => engine.patient.change(actId, facts.id, { reopen }));
  const begin = async () => {
    onWorking(true);
    await opening.run();
    await queries.invalidateQueries({ queryKey: ["patient"] });
    onWorking(false);
  };
  return (
    <Note
      tone="warn"
      title={words.closed}
      actions={opening.state === "idle" && <Button onClick={() => void begin()}>{words.reopen}</Button>}
    >
      <p>{words.closedLead}</p>
      <ActProgress
        act={opening}
        label={words.reopening}
        onCancel={opening.cancel}
        onRetry={() => void begin()}
        onDismiss={opening.reset}
      />
    </Note>
  );
}
