/** Makes a back-up file, and has it opened again: only a back-up that was tried counts. */
import { Stack } from "@mantine/core";
import { useState } from "react";
import { type Failure, failureOf } from "../engine/failures.ts";
import type { BackupTrial } from "../engine/patientBackup.ts";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { FileDrop } from "../look/FileDrop.tsx";
import { Note } from "../look/Note.tsx";
import { Panel } from "../look/Panel.tsx";
import { PassphraseForm } from "../look/PassphraseForm.tsx";
import { saveFile } from "../record/saveFile.ts";
import { useSession } from "../session/Session.tsx";
import { useFormats, useWords } from "../words/useWords.ts";

/** When a back-up was last tried in this browser, in milliseconds: a reminder, nothing secret. */
const remembered = "diptych/patient-backup-tried";

export function BackupPanel() {
  const words = useWords().patient.keys.backup;
  const formats = useFormats();
  const { engine } = useSession();
  const [made, setMade] = useState(false);
  const { busy, failure, trying } = useTrying();
  const [last, setLast] = useState(() => Number(localStorage.getItem(remembered) ?? Number.NaN));
  const tried = () => {
    localStorage.setItem(remembered, String(Date.now()));
    setLast(Date.now());
  };
  const make = (passphrase: string) =>
    trying(async () => {
      const file = await engine.patient.makeBackup(passphrase);
      saveFile(words.fileName(new Date().toISOString().slice(0, 10)), file, "application/octet-stream");
      setMade(true);
    });
  return (
    <Panel title={words.title}>
      <Stack gap="md" maw={560}>
        <p>{words.lead}</p>
        <p>{Number.isNaN(last) ? words.never : words.last(formats.relative(new Date(last)))}</p>
        {made ? (
          <p role="status">{words.made}</p>
        ) : (
          <PassphraseForm
            mode="new"
            busy={busy}
            submitLabel={words.make}
            onSubmit={(given) => void make(given)}
          />
        )}
        {failure && <ErrorNote code={failure.code} message={failure.message} />}
        <BackupTry onTried={tried} />
      </Stack>
    </Panel>
  );
}

function BackupTry({ onTried }: { onTried: () => void }) {
  const words = useWords().patient.keys.backup;
  const { engine } = useSession();
  const [file, setFile] = useState<File>();
  const [trial, setTrial] = useState<BackupTrial>();
  const { busy, failure, trying } = useTrying();
  const tryIt = (chosen: File, passphrase: string) =>
    trying(async () => {
      setTrial(undefined);
      const bytes = new Uint8Array(await chosen.arrayBuffer());
      const found = await engine.patient.tryBackup(bytes, passphrase);
      if (found.sameKeys) onTried();
      setTrial(found);
    });
  return (
    <>
      <h3>{words.tryTitle}</h3>
      <p>{words.tryLead}</p>
      <FileDrop label={words.file} onFile={setFile} busy={busy} />
      {file && (
        <PassphraseForm
          key={file.name}
          mode="unlock"
          busy={busy}
          submitLabel={words.try}
          onSubmit={(given) => void tryIt(file, given)}
        />
      )}
      {failure && <ErrorNote code={failure.code} message={failure.message} />}
      {trial && (
        <Note
          tone={trial.sameKeys ? "good" : "bad"}
          role="status"
          title={trial.sameKeys ? words.good : words.other}
        >
          <p>{trial.sameKeys ? words.goodBody(trial.records) : words.otherBody}</p>
        </Note>
      )}
    </>
  );
}

/** Runs one thing at a time and keeps what went wrong. */
export function useTrying() {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const trying = async (work: () => Promise<void>) => {
    setBusy(true);
    setFailure(undefined);
    try {
      await work();
    } catch (error) {
      setFailure(failureOf(error));
    } finally {
      setBusy(false);
    }
  };
  return { busy, failure, trying };
}
