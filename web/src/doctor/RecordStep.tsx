/** The record itself: filled into a form, or brought as a file. */
import { Button, Group, Stack, Tabs } from "@mantine/core";
import { useState } from "react";
import type { Draft, Refusal } from "../engine/doctorDraft.ts";
import type { FormValues } from "../engine/doctorForm.ts";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { FileDrop } from "../look/FileDrop.tsx";
import { Isolated } from "../look/Isolated.tsx";
import { LoadingState } from "../look/LoadingState.tsx";
import { Note } from "../look/Note.tsx";
import { Panel } from "../look/Panel.tsx";
import { useSession } from "../session/Session.tsx";
import { useAct } from "../session/useAct.ts";
import { useWords } from "../words/useWords.ts";
import { AmendedFacts } from "./AmendedFacts.tsx";
import type { Occasion } from "./occasion.ts";
import { RecordForm } from "./RecordForm.tsx";

export type RecordStepProps = {
  occasion: Occasion;
  values: FormValues;
  onValues: (values: FormValues) => void;
  onBack: () => void;
  onDraft: (draft: Draft) => void;
};

/** 256 MiB, the most that a record may have. */
const longestRecord = 2 ** 28;

export function RecordStep({ occasion, values, onValues, onBack, onDraft }: RecordStepProps) {
  const { record: words, back } = useWords().doctor.writing;
  const { engine } = useSession();
  const [refusal, setRefusal] = useState<Refusal>();
  const filling = useAct((actId) => engine.doctor.readForm(actId, values));
  const reading = useAct((actId, file: Uint8Array) => engine.doctor.readFile(actId, file));

  const take = async (file: File) => {
    setRefusal(undefined);
    const read = await reading.run(new Uint8Array(await file.arrayBuffer()));
    if (read === undefined) return;
    if ("refusal" in read) setRefusal(read.refusal);
    else onDraft(read.draft);
  };
  const fill = async () => {
    const draft = await filling.run();
    if (draft !== undefined) onDraft(draft);
  };
  const amended = occasion.kind === "amend" ? occasion.record : undefined;
  const withForm = amended === undefined || amended.form !== undefined;
  return (
    <Panel title={words.title}>
      {amended && <AmendedFacts record={amended} />}
      <Tabs defaultValue={withForm ? "form" : "file"} keepMounted={false}>
        <Tabs.List aria-label={words.how} mb="md">
          {withForm && <Tabs.Tab value="form">{words.form}</Tabs.Tab>}
          <Tabs.Tab value="file">{words.file}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="form">
          <RecordForm
            values={values}
            onValues={onValues}
            busy={filling.state === "running"}
            onFilled={() => void fill()}
          />
          {filling.state === "failed" && (
            <ErrorNote code={filling.failure.code} message={filling.failure.message} />
          )}
        </Tabs.Panel>
        <Tabs.Panel value="file">
          <Stack gap="md">
            <FileDrop
              label={words.drop}
              hint={words.dropHint}
              maxBytes={longestRecord}
              busy={reading.state === "running"}
              onFile={(file) => void take(file)}
              onRefused={() => setRefusal(undefined)}
            />
            {reading.state === "running" && <LoadingState label={words.reading} />}
            {refusal && <RefusalNote refusal={refusal} />}
            {reading.state === "failed" && (
              <ErrorNote code={reading.failure.code} message={reading.failure.message} />
            )}
          </Stack>
        </Tabs.Panel>
      </Tabs>
      <Group mt="md">
        <Button variant="subtle" onClick={onBack}>
          {back}
        </Button>
      </Group>
    </Panel>
  );
}

function RefusalNote({ refusal: { reason, message } }: { refusal: Refusal }) {
  const words = useWords();
  const { title, nextStep } = words.doctor.writing.refused[reason];
  return (
    <Note tone="bad" role="alert" title={title}>
      <p>{nextStep}</p>
      {reason === "keys" || reason === "unknown" || reason === "one-sided" ? (
        <p>
          <Isolated>{message}</Isolated>
        </p>
      ) : (
        <details>
          <summary>{words.look.details}</summary>
          <p>
            <Isolated>{message}</Isolated>
          </p>
        </details>
      )}
    </Note>
  );
}
