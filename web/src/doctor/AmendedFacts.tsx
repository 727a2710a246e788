/** The record that is amended: who signed it and when, and its file, to be changed. */
import { Button, Stack } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import type { ToAmend } from "../engine/doctorAmending.ts";
import { failureOf } from "../engine/failures.ts";
import { readSubject } from "../engine/subject.ts";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { isolate } from "../look/isolate.ts";
import { Note } from "../look/Note.tsx";
import { saveFile } from "../record/saveFile.ts";
import { useSession } from "../session/Session.tsx";
import { useFormats, useWords } from "../words/useWords.ts";

export function AmendedFacts({ record }: { record: ToAmend }) {
  const words = useWords().doctor.writing.amend;
  const formats = useFormats();
  const { engine } = useSession();
  const saving = useMutation({
    mutationFn: async () => saveFile(words.recordName, await engine.doctor.fileToAmend(), "application/json"),
  });
  const failure = saving.error && failureOf(saving.error);
  const { revision, signer, signed, parts, form } = record;
  return (
    <Stack gap="md" mb="md">
      <Note
        tone="good"
        role="status"
        title={words.verified(revision)}
        actions={
          <Button
            variant="default"
            leftSection={<IconDownload size={20} aria-hidden />}
            onClick={() => saving.mutate()}
          >
            {words.save}
          </Button>
        }
      >
        <p>{words.signed(isolate(readSubject(signer).name), formats.date(new Date(signed)), parts)}</p>
        <p>{form === undefined ? words.byFile : words.byForm}</p>
      </Note>
      {failure && <ErrorNote code={failure.code} message={failure.message} />}
    </Stack>
  );
}
