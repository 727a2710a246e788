/** Amending a record: what a patient needs to send one, and what a patient sent. */
import { Button, Stack } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { failureOf } from "../engine/failures.ts";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { FileDrop } from "../look/FileDrop.tsx";
import { LoadingState } from "../look/LoadingState.tsx";
import { Panel } from "../look/Panel.tsx";
import { saveFile } from "../record/saveFile.ts";
import { useSession } from "../session/Session.tsx";
import { useAct } from "../session/useAct.ts";
import { useWords } from "../words/useWords.ts";
import type { Occasion } from "./occasion.ts";

/** A record of 256 MiB and its seal. */
const longestRequest = 270_000_000;

export function AmendPanel({ onChosen }: { onChosen: (occasion: Occasion) => void }) {
  const words = useWords().doctor.writing.amend;
  const { engine } = useSession();
  const inviting = useMutation({
    mutationFn: async () =>
      saveFile(words.fileName, await engine.doctor.amendmentInvitation(), "application/octet-stream"),
  });
  const reading = useAct((actId, sealed: Uint8Array) => engine.doctor.readRequest(actId, sealed));
  const take = async (file: File) => {
    const record = await reading.run(new Uint8Array(await file.arrayBuffer()));
    if (record !== undefined) onChosen({ kind: "amend", record });
  };
  const failure = inviting.error && failureOf(inviting.error);
  return (
    <Panel title={words.title}>
      <Stack gap="md">
        <p>{words.lead}</p>
        <div>
          <Button variant="default" loading={inviting.isPending} onClick={() => inviting.mutate()}>
            {words.invite}
          </Button>
        </div>
        {failure && <ErrorNote code={failure.code} message={failure.message} />}
        <FileDrop
          label={words.file}
          hint={words.fileHint}
          maxBytes={longestRequest}
          busy={reading.state === "running"}
          onFile={(file) => void take(file)}
        />
        {reading.state === "running" && <LoadingState label={words.reading} />}
        {reading.state === "failed" && (
          <ErrorNote code={reading.failure.code} message={reading.failure.message} />
        )}
      </Stack>
    </Panel>
  );
}
