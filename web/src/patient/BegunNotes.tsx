/** What was begun and not finished, each with a way to finish it. */
import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import type { BegunAct } from "../engine/patientRecords.ts";
import { Note } from "../look/Note.tsx";
import { ActProgress } from "../session/ActProgress.tsx";
import { useSession } from "../session/Session.tsx";
import { useAct } from "../session/useAct.ts";
import { useWords } from "../words/useWords.ts";
import { useTitles } from "./titles.ts";

export function BegunNotes({ begun }: { begun: readonly BegunAct[] }) {
  const ids = [...new Set(begun.map(({ recordId }) => recordId))];
  return ids.map((id) => (
    <BegunNote
      key={id}
      id={id}
      acts={begun.filter(({ recordId }) => recordId === id).map(({ act }) => act)}
    />
  ));
}

function BegunNote({ id, acts }: { id: string; acts: BegunAct["act"][] }) {
  const words = useWords().patient.begun;
  const { engine } = useSession();
  const queries = useQueryClient();
  const title = useTitles()(id);
  const finishing = useAct((actId) => engine.patient.finish(actId, id));
  const finish = async () => {
    await finishing.run();
    await queries.invalidateQueries({ queryKey: ["patient"] });
  };
  const idle = finishing.state === "idle" || finishing.state === "done";
  return (
    <Note
      tone="warn"
      title={words.title}
      role="status"
      actions={idle && <Button onClick={() => void finish()}>{words.finish}</Button>}
    >
      {[...new Set(acts)].map((act) => (
        <p key={act}>{words.acts[act](title)}</p>
      ))}
      <ActProgress
        act={finishing}
        label={words.finishing(title)}
        onCancel={finishing.cancel}
        onRetry={() => void finish()}
      />
    </Note>
  );
}
