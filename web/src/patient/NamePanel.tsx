/** What the patient calls a record, who wrote it, and its file. */
import { Button, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { failureOf } from "../engine/failures.ts";
import type { RecordFacts } from "../engine/patientRecords.ts";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { FactList } from "../look/FactList.tsx";
import { Isolated } from "../look/Isolated.tsx";
import { Panel } from "../look/Panel.tsx";
import { useSession } from "../session/Session.tsx";
import { useFormats, useWords } from "../words/useWords.ts";

export function NamePanel({ facts, children }: { facts: RecordFacts; children?: ReactNode }) {
  const words = useWords().patient.record;
  const formats = useFormats();
  const { engine } = useSession();
  const queries = useQueryClient();
  const [name, setName] = useState(facts.nickname ?? "");
  const naming = useMutation({
    mutationFn: () => engine.patient.nickname(facts.id, name),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["patient"] }),
  });
  const failure = naming.error && failureOf(naming.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    naming.mutate();
  };
  const { doctor, signed, revision, parts } = facts;
  return (
    <Panel title={words.about}>
      <Stack gap="md">
        <FactList
          facts={[
            { label: words.facts.doctor, value: <Isolated>{doctor.name}</Isolated> },
            ...(doctor.organisation === undefined
              ? []
              : [{ label: words.facts.place, value: <Isolated>{doctor.organisation}</Isolated> }]),
            { label: words.facts.signed, value: formats.dateTime(new Date(signed * 1000)) },
            { label: words.facts.revision, value: formats.number(revision) },
            { label: words.facts.parts, value: formats.number(parts) },
          ]}
        />
        <form onSubmit={submit}>
          <Stack gap="sm" maw={480} align="flex-start">
            <TextInput
              w="100%"
              label={words.renameTitle}
              description={words.renameHint}
              maxLength={80}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Button type="submit" variant="default" loading={naming.isPending}>
              {words.renameSave}
            </Button>
          </Stack>
        </form>
        {failure && <ErrorNote code={failure.code} message={failure.message} />}
        <div>{children}</div>
      </Stack>
    </Panel>
  );
}
