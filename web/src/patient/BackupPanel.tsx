/** Makes a back-up file, and has it opened again: only a back-up that was tried counts. */
import { Stack } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { BackupTrial } from "../engine/patientBackup.ts";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { FileDrop } from "../look/FileDrop.tsx";
import { Note } from "../look/Note.tsx";
import { Panel } from "../look/Panel.tsx";
import { PassphraseForm } from "../look/PassphraseForm.tsx";
import { saveFile } from "../record/saveFile.ts";
import { useSession } from "../session/Session.tsx";
import { useTrying } from "../session/useTrying.ts";
import { useFormats, useWords } from "../words/useWords.ts";

/** When a back-up of the keys of now was last opened; kept with them. */
const triedKey = ["patient", "backup-tried"];

export function BackupPanel() {
  const words = useWords().patient.keys.backup;
  const { engine } = useSession();
  const [made, setMade] = useState(false);
  const { busy, failure, trying } = useTrying();
  const make = (passphrase: string) =>
    trying(async () => {
      const file = await engine.patient.makeBackup(passphrase);
      saveFile(words.fileName(new Date().toISOString().slice(0, 10)), file, "application/octet-stream");
      setMade(true);
    });
  return (
    <Panel title={words.title}>
      <Stack gap="xl" maw={560}>
        <Stack gap="md">
          <p>{words.lead}</p>
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
        </Stack>
        <BackupTry />
      </Stack>
    </Panel>
  );
}

function BackupTry() {
  const words = useWords().patient.keys.backup;
  const { engine } = useSession();
  const queries = useQueryClient();
  const [file, setFile] = useState<File>();
  const [trial, setTrial] = useState<BackupTrial>();
  const { busy, failure, trying } = useTrying();
  const tryIt = (chosen: File, passphrase: string) =>
    trying(async () => {
      setTrial(undefined);
      const bytes = new Uint8Array(await chosen.arrayBuffer());
      setTrial(await engine.patient.tryBackup(bytes, passphrase));
      await queries.invalidateQueries({ queryKey: triedKey });
    });
  return (
    <Stack gap="md">
      <h3>{words.tryTitle}</h3>
      <p>
        {words.tryLead} <LastTried />
      </p>
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
    </Stack>
  );
}

/** Nothing until it is known. */
function LastTried() {
  const words = useWords().patient.keys.backup;
  const formats = useFormats();
  const { engine } = useSession();
  const { data } = useQuery({
    queryKey: triedKey,
    queryFn: async () => ({ at: await engine.patient.backupTried() }),
  });
  if (data === undefined) return null;
  return <>{data.at === undefined ? words.never : words.last(formats.relative(new Date(data.at)))}</>;
}
