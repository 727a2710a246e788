/** Takes a patient's invitation: from the link that was opened, as text, as a file, or as a picture of its code. */
import { Button, Group, Stack, Textarea } from "@mantine/core";
import { type FormEvent, useEffect, useRef, useState } from "react";
import type { ReadInvitation } from "../engine/doctorDesk.ts";
import type { FormValues } from "../engine/doctorForm.ts";
import { type Failure, failureOf } from "../engine/failures.ts";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { FileDrop } from "../look/FileDrop.tsx";
import { Note } from "../look/Note.tsx";
import { Panel } from "../look/Panel.tsx";
import { readCodes } from "../record/codes.ts";
import { useSession } from "../session/Session.tsx";
import { useFormats, useWords } from "../words/useWords.ts";
import { AmendPanel } from "./AmendPanel.tsx";
import { BegunNote } from "./BegunNote.tsx";
import type { Occasion } from "./occasion.ts";

export type InvitationStepProps = {
  /** The address of a link that was opened. */
  given?: string;
  /** With what was filled in before, if that was kept. */
  onChosen: (occasion: Occasion, begun?: FormValues) => void;
};

type Trouble = { kind: "failed"; failure: Failure } | { kind: "picture" };

/** A picture from a telephone has some megabytes. */
const longestFile = 30_000_000;

export function InvitationStep({ given, onChosen }: InvitationStepProps) {
  const words = useWords().doctor.writing.invitation;
  const formats = useFormats();
  const { engine } = useSession();
  const [text, setText] = useState("");
  const [trouble, setTrouble] = useState<Trouble>();
  const [again, setAgain] = useState<ReadInvitation>();
  const [looking, setLooking] = useState(false);

  const read = async (found: string) => {
    setTrouble(undefined);
    setAgain(undefined);
    try {
      const invitation = await engine.doctor.invitation(found);
      const begun = await engine.doctor.begunForm();
      const values = begun?.invitation.id === invitation.id ? begun.values : undefined;
      if (invitation.before === undefined) onChosen({ kind: "new", invitation }, values);
      else setAgain(invitation);
    } catch (error) {
      setTrouble({ kind: "failed", failure: failureOf(error) });
    }
  };
  const opened = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the link is read once
  useEffect(() => {
    if (given === undefined || opened.current) return;
    opened.current = true;
    void read(given);
  }, [given]);
  const take = async (file: File) => {
    setTrouble(undefined);
    setLooking(true);
    try {
      const [text] = file.type.startsWith("image/") ? await readCodes(file) : [await file.text()];
      if (text === undefined) setTrouble({ kind: "picture" });
      else await read(text);
    } catch (error) {
      setTrouble({ kind: "failed", failure: failureOf(error) });
    } finally {
      setLooking(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== "") void read(text);
  };
  return (
    <>
      <BegunNote onGoOn={onChosen} />
      <Panel title={words.title}>
        <Stack gap="md">
          <p>{words.lead}</p>
          {again?.before && (
            <Note
              tone="warn"
              role="alert"
              title={words.before}
              actions={
                <Group gap="sm">
                  <Button variant="default" onClick={() => onChosen({ kind: "new", invitation: again })}>
                    {words.anyway}
                  </Button>
                </Group>
              }
            >
              <p>{words.beforeBody(formats.dateTime(new Date(again.before.signed)))}</p>
            </Note>
          )}
          {trouble?.kind === "picture" && <Note tone="bad" role="alert" title={words.pictureFailed} />}
          {trouble?.kind === "failed" &&
            (trouble.failure.code === "encoding-invalid" ? (
              <Note tone="bad" role="alert" title={words.failed}>
                <p>{words.failedBody}</p>
              </Note>
            ) : (
              <ErrorNote code={trouble.failure.code} message={trouble.failure.message} />
            ))}
          <form onSubmit={submit}>
            <Stack gap="sm" maw={560}>
              <Textarea
                label={words.text}
                description={words.textHint}
                rows={3}
                dir="ltr"
                spellCheck={false}
                autoComplete="off"
                value={text}
                onChange={(event) => {
                  setText(event.currentTarget.value);
                  setAgain(undefined);
                }}
              />
              <Group>
                <Button type="submit" disabled={text.trim() === ""}>
                  {words.read}
                </Button>
              </Group>
            </Stack>
          </form>
          <FileDrop
            label={words.file}
            hint={words.fileHint}
            accept=".json,.txt,image/*"
            maxBytes={longestFile}
            busy={looking}
            onFile={(file) => void take(file)}
          />
        </Stack>
      </Panel>
      <AmendPanel onChosen={onChosen} />
    </>
  );
}
