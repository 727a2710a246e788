/** What was signed goes to the patient: through the letterbox, as a file, or both. */
import { Button, Group, Stack } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { type Failure, failureOf } from "../engine/failures.ts";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { Note } from "../look/Note.tsx";
import { Panel } from "../look/Panel.tsx";
import { ProgressSteps } from "../look/ProgressSteps.tsx";
import { saveFile } from "../record/saveFile.ts";
import { useSession } from "../session/Session.tsx";
import { useAct } from "../session/useAct.ts";
import { useFormats, useWords } from "../words/useWords.ts";
import { idOf, type Occasion } from "./occasion.ts";

/** What the doctor wants done with it first. */
export type Intent = "send" | "file" | "too-long";

/** Letterboxes take no more, in bytes; what is longer goes as a file. */
export const longestLetter = 2 ** 26;

export type DonePanelProps = { occasion: Occasion; intent: Intent; onAnother: () => void };

export function DonePanel({ occasion, intent, onAnother }: DonePanelProps) {
  const { sign: words, another } = useWords().doctor.writing;
  const formats = useFormats();
  const { engine } = useSession();
  const queries = useQueryClient();
  const [saved, setSaved] = useState<{ done: boolean; failure?: Failure }>({ done: false });
  const sending = useAct((actId) => engine.doctor.send(actId));
  const tell = () => queries.invalidateQueries({ queryKey: ["doctor", "sent"] });
  const send = async () => {
    await sending.run();
    await tell();
  };
  const save = async () => {
    try {
      const file = await engine.doctor.letterFile();
      saveFile(words.fileName(idOf(occasion).slice(2, 10)), file, "application/octet-stream");
      setSaved({ done: true });
    } catch (error) {
      setSaved({ done: false, failure: failureOf(error) });
    }
    await tell();
  };
  const begun = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it was signed
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    void (intent === "send" ? send() : save());
  }, []);
  const canSend = occasion.kind === "new" && intent !== "too-long";
  const isSent = sending.state === "done";
  const upload = sending.state === "running" ? sending.steps.at(-1) : undefined;
  return (
    <Panel title={words.signed}>
      <Stack gap="md">
        {sending.state === "running" && (
          <ProgressSteps
            label={words.working}
            steps={[
              { id: "sign", label: words.signing, state: "done" },
              {
                id: "send",
                label: words.sending,
                state: "running",
                ...(upload?.total ? { fraction: upload.done / upload.total } : {}),
                ...(upload?.total ? { detail: formats.bytes(upload.total) } : {}),
              },
            ]}
            cancelling={sending.cancelling}
            onCancel={sending.cancel}
          />
        )}
        {isSent && (
          <Note tone="good" role="status" title={words.sent}>
            <p>{words.sentBody}</p>
          </Note>
        )}
        {saved.done && (
          <Note tone="good" role="status" title={words.saved}>
            {intent === "too-long" && <p>{words.tooLong}</p>}
            <p>{occasion.kind === "new" ? words.savedBody : words.amendedBody}</p>
          </Note>
        )}
        {sending.state === "failed" && (
          <>
            {!saved.done && <Note tone="warn" title={words.notSent} />}
            <ErrorNote
              code={sending.failure.code}
              message={sending.failure.message}
              onRetry={() => void send()}
            />
          </>
        )}
        {saved.failure && <ErrorNote code={saved.failure.code} message={saved.failure.message} />}
        <Group gap="sm">
          {canSend && sending.state === "idle" && (
            <Button onClick={() => void send()}>{words.sendNow}</Button>
          )}
          <Button variant="default" onClick={() => void save()}>
            {words.saveNow}
          </Button>
          <Button variant="default" disabled={sending.state === "running"} onClick={onAnother}>
            {another}
          </Button>
        </Group>
      </Stack>
    </Panel>
  );
}
