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
import { canReadCodes, readCodes } from "../record/codes.ts";
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
    if (!file.type.startsWith("image/")) return read(await file.text());
    const [code] = await readCodes(file);
    return code === undefined ? setTrouble({ kind: "picture" }) : read(code);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== "") void read(text);
  };
  const withPictures = canReadCodes();
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
            label={withPictures ? words.fileOrPicture : words.file}
            hint={words.fileHint}
            accept={withPictures ? ".json,.txt,image/*" : ".json,.txt"}
            maxBytes={longestFile}
            onFile={(file) => void take(file)}
          />
        </Stack>
      </Panel>
      <AmendPanel onChosen={onChosen} />
    </>
  );
}
