/** Brings a patient's keys and records from a back-up file into this browser. */
import { Stack } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ConfirmDialog } from "../look/ConfirmDialog.tsx";
import { FileDrop } from "../look/FileDrop.tsx";
import { Note } from "../look/Note.tsx";
import { Panel } from "../look/Panel.tsx";
import { PassphraseForm } from "../look/PassphraseForm.tsx";
import { ActProgress } from "../session/ActProgress.tsx";
import { useSession } from "../session/Session.tsx";
import { useAct } from "../session/useAct.ts";
import { useWords } from "../words/useWords.ts";

/** What moves in: the file and its passphrase. */
type Move = { file: Uint8Array; passphrase: string };

export function MoveInPanel() {
  const words = useWords().patient.keys.restore;
  const { engine } = useSession();
  const queries = useQueryClient();
  const [file, setFile] = useState<File>();
  const [other, setOther] = useState<Move>();
  const moving = useAct(async (actId, { file: bytes, passphrase }: Move, replace: boolean) => {
    await engine.patient.moveIn(actId, bytes, passphrase, replace);
    return true;
  });
  const move = async (given: Move, replace: boolean) => {
    if ((await moving.run(given, replace)) !== true) return;
    setFile(undefined);
    await queries.invalidateQueries({ queryKey: ["patient"] });
  };
  const begin = async (chosen: File, passphrase: string) => {
    const given = { file: new Uint8Array(await chosen.arrayBuffer()), passphrase };
    // Tried first: whoever would lose other keys is asked before anything is written.
    const here = await engine.patient.tryBackup(given.file, passphrase).catch(() => undefined);
    if (here !== undefined && !here.sameKeys && (await engine.patient.hasRecords().catch(() => true)))
      setOther(given);
    else await move(given, here !== undefined);
  };
  return (
    <Panel title={words.title}>
      <Stack gap="md" maw={560}>
        <p>{words.lead}</p>
        <FileDrop
          label={words.file}
          onFile={(chosen) => {
            moving.reset();
            setFile(chosen);
          }}
          busy={moving.state === "running"}
        />
        {file && (
          <PassphraseForm
            key={file.name}
            mode="unlock"
            busy={moving.state === "running"}
            submitLabel={words.restore}
            onSubmit={(passphrase) => void begin(file, passphrase)}
          />
        )}
        <ActProgress act={moving} label={words.restoring} onDismiss={moving.reset} />
        {moving.state === "done" && <Note tone="good" role="status" title={words.done} />}
      </Stack>
      <ConfirmDialog
        open={other !== undefined}
        title={words.otherTitle}
        can={words.otherCan}
        cannot={words.otherCannot}
        confirmLabel={words.otherConfirm}
        typeToConfirm={words.otherType}
        danger
        onConfirm={() => {
          setOther(undefined);
          if (other !== undefined) void move(other, true);
        }}
        onCancel={() => setOther(undefined)}
      />
    </Panel>
  );
}
