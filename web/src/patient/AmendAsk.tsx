/** Asks a doctor for a correction: the doctor's file comes in, the whole record goes out, sealed to that doctor. */
import { Button, Stack } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { failureOf } from "../engine/failures.ts";
import type { Inviter } from "../engine/patientAmending.ts";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { FileDrop } from "../look/FileDrop.tsx";
import { isolate } from "../look/isolate.ts";
import { LoadingState } from "../look/LoadingState.tsx";
import { Note } from "../look/Note.tsx";
import { saveFile } from "../record/saveFile.ts";
import { ActProgress } from "../session/ActProgress.tsx";
import { useSession } from "../session/Session.tsx";
import { useAct } from "../session/useAct.ts";
import { useFormats, useWords } from "../words/useWords.ts";

/** A key, a certificate and a signature: some thousand bytes. */
const longestInvitation = 65_536;

export type AmendAskProps = { id: string; onWorking: (working: boolean) => void };

export function AmendAsk({ id, onWorking }: AmendAskProps) {
  const words = useWords().patient.amend.ask;
  const { engine } = useSession();
  const reading = useMutation({
    mutationFn: async (given: File) => {
      const file = new Uint8Array(await given.arrayBuffer());
      return { file, doctor: await engine.amending.inviter(file) };
    },
  });
  const asking = useAct(async (actId, file: Uint8Array) => {
    const sealed = await engine.amending.ask(actId, id, file);
    saveFile(words.fileName(id.slice(2, 10)), sealed, "application/octet-stream");
    return true;
  });
  const ask = async (file: Uint8Array) => {
    onWorking(true);
    await asking.run(file);
    onWorking(false);
  };
  const failure = reading.error && failureOf(reading.error);
  const invited = reading.data;
  return (
    <Stack gap="md">
      <ol>
        {words.steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <FileDrop
        label={words.file}
        hint={words.fileHint}
        maxBytes={longestInvitation}
        busy={reading.isPending || asking.state === "running"}
        onFile={(given) => {
          asking.reset();
          reading.mutate(given);
        }}
      />
      {reading.isPending && <LoadingState label={words.checking} />}
      {failure?.code === "amendment-invalid" && (
        <Note tone="bad" role="alert" title={words.wrong}>
          <p>{words.wrongBody}</p>
        </Note>
      )}
      {failure && failure.code !== "amendment-invalid" && (
        <ErrorNote code={failure.code} message={failure.message} />
      )}
      {invited && asking.state === "idle" && (
        <InviterNote doctor={invited.doctor} onAsk={() => void ask(invited.file)} />
      )}
      {invited && (
        <ActProgress
          act={asking}
          label={words.making}
          onCancel={asking.cancel}
          onRetry={() => void ask(invited.file)}
          onDismiss={asking.reset}
        />
      )}
      {invited && asking.state === "done" && (
        <Note tone="good" role="status" title={words.done}>
          <p>{words.doneBody(isolate(invited.doctor.name))}</p>
        </Note>
      )}
    </Stack>
  );
}

/** Who would read the whole record, before it is given. */
function InviterNote({ doctor, onAsk }: { doctor: Inviter; onAsk: () => void }) {
  const words = useWords().patient.amend.ask;
  const formats = useFormats();
  const { name, organisation, until } = doctor;
  return (
    <Note
      tone="warn"
      role="status"
      title={words.from(isolate(name))}
      actions={<Button onClick={onAsk}>{words.make}</Button>}
    >
      {organisation !== undefined && <p>{words.place(isolate(organisation))}</p>}
      <p>{words.until(formats.date(new Date(until)))}</p>
      <p>{words.reads}</p>
    </Note>
  );
}
