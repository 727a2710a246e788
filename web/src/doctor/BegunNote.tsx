/** A form that was begun and isn't signed: to go on with, or to throw away. */
import { Button, Group } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { FormValues } from "../engine/doctorForm.ts";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { isolate } from "../look/isolate.ts";
import { Note } from "../look/Note.tsx";
import { useSession } from "../session/Session.tsx";
import { useTrying } from "../session/useTrying.ts";
import { useFormats, useWords } from "../words/useWords.ts";
import type { Occasion } from "./occasion.ts";

export function BegunNote({ onGoOn }: { onGoOn: (occasion: Occasion, begun: FormValues) => void }) {
  const words = useWords().doctor.writing.begun;
  const formats = useFormats();
  const { engine } = useSession();
  const queries = useQueryClient();
  const { busy, failure, trying } = useTrying();
  const { data: begun } = useQuery({
    queryKey: ["doctor", "begun"],
    queryFn: async () => (await engine.doctor.begunForm()) ?? null,
    gcTime: 0,
  });
  if (!begun) return null;
  const { invitation, values, at } = begun;
  const forget = () =>
    trying(async () => {
      await engine.doctor.forgetForm();
      await queries.invalidateQueries({ queryKey: ["doctor", "begun"] });
    });
  return (
    <>
      <Note
        role="status"
        title={words.title}
        actions={
          <Group gap="sm">
            <Button onClick={() => onGoOn({ kind: "new", invitation }, values)}>{words.goOn}</Button>
            <Button variant="default" loading={busy} onClick={() => void forget()}>
              {words.forget}
            </Button>
          </Group>
        }
      >
        <p>
          {values.name.trim() === ""
            ? words.unnamed(formats.relative(new Date(at)))
            : words.named(isolate(values.name), formats.relative(new Date(at)))}
        </p>
      </Note>
      {failure && <ErrorNote code={failure.code} message={failure.message} />}
    </>
  );
}
