/** Asks the authority for a certificate: who the doctor is, and how the authority can see it. */
import { Button, Group, Stack, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { failureOf } from "../engine/failures.ts";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { Panel } from "../look/Panel.tsx";
import { useSession } from "../session/Session.tsx";
import { useWords } from "../words/useWords.ts";

export type EnrolFormProps = {
  /** What is known from before. */
  known: { commonName: string; organization?: string } | undefined;
  again: boolean;
  /** The key of before is of no use any more. */
  newKey: boolean;
  onDone: () => void;
  onCancel?: () => void;
};

/** Certificates have no room for more. */
const longestName = 64;
const longestEvidence = 4_000;

export function EnrolForm({ known, again, newKey, onDone, onCancel }: EnrolFormProps) {
  const words = useWords().doctor.certificate.form;
  const { engine } = useSession();
  const queries = useQueryClient();
  const [name, setName] = useState(known?.commonName ?? "");
  const [organisation, setOrganisation] = useState(known?.organization ?? "");
  const [evidence, setEvidence] = useState("");
  const [tried, setTried] = useState(false);
  const asking = useMutation({
    mutationFn: () => engine.doctor.enrol({ name, organisation, evidence, newKey }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["doctor", "standing"] });
      onDone();
    },
  });
  const failure = asking.error && failureOf(asking.error);
  const missing = (value: string) => (tried && value.trim() === "" ? words.missing : undefined);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (name.trim() !== "" && evidence.trim() !== "") asking.mutate();
  };
  return (
    <Panel title={words.title}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md" maw={560}>
          <TextInput
            label={words.name}
            description={words.nameHint}
            maxLength={longestName}
            autoComplete="name"
            dir="auto"
            required
            error={missing(name)}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <TextInput
            label={words.organisation}
            description={words.organisationHint}
            maxLength={longestName}
            autoComplete="organization"
            dir="auto"
            value={organisation}
            onChange={(event) => setOrganisation(event.currentTarget.value)}
          />
          <Textarea
            label={words.evidence}
            description={words.evidenceHint}
            maxLength={longestEvidence}
            rows={4}
            dir="auto"
            required
            error={missing(evidence)}
            value={evidence}
            onChange={(event) => setEvidence(event.currentTarget.value)}
          />
          <Group gap="sm">
            <Button type="submit" loading={asking.isPending}>
              {again ? words.sendAgain : words.send}
            </Button>
            {onCancel && (
              <Button variant="default" onClick={onCancel} disabled={asking.isPending}>
                {words.cancel}
              </Button>
            )}
          </Group>
          {asking.isPending && <p role="status">{words.making}</p>}
          {failure && <ErrorNote code={failure.code} message={failure.message} />}
        </Stack>
      </form>
    </Panel>
  );
}
