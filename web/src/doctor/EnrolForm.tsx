/** Asks the authority for a certificate: who the doctor is, and how the authority can see it. */
import { Button, Group, Stack, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { KeptAsking } from "../engine/doctorPapers.ts";
import type { Standing } from "../engine/doctorStanding.ts";
import { failureOf } from "../engine/failures.ts";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { Panel } from "../look/Panel.tsx";
import { useSession } from "../session/Session.tsx";
import { useKept } from "../session/useKept.ts";
import { useWords } from "../words/useWords.ts";

export type EnrolFormProps = {
  /** What is known from before. */
  known: { commonName: string; organization?: string } | undefined;
  /** What was filled in and not handed in. */
  begun: KeptAsking | undefined;
  again: boolean;
  /** The key of before is of no use any more. */
  newKey: boolean;
  onDone: () => void;
  onCancel?: () => void;
};

/** Certificates have no room for more. */
const longestName = 64;
const longestEvidence = 4_000;

export function EnrolForm({ known, begun, again, newKey, onDone, onCancel }: EnrolFormProps) {
  const words = useWords().doctor.certificate.form;
  const { engine } = useSession();
  const queries = useQueryClient();
  const [first] = useState<KeptAsking>(
    begun ?? { name: known?.commonName ?? "", organisation: known?.organization ?? "", evidence: "" },
  );
  const [values, setValues] = useState(first);
  const { name, organisation, evidence } = values;
  const [tried, setTried] = useState(false);
  const asking = useMutation({
    mutationFn: () => engine.doctor.enrol({ ...values, newKey }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["doctor", "standing"] });
      onDone();
    },
  });
  useKept(values === first || asking.isPending ? undefined : values, async (filled) => {
    await engine.doctor.keepAsking(filled);
    queries.setQueryData<Standing>(["doctor", "standing"], (known) => known && { ...known, asking: filled });
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
            onChange={({ currentTarget: { value } }) => setValues({ ...values, name: value })}
          />
          <TextInput
            label={words.organisation}
            description={words.organisationHint}
            maxLength={longestName}
            autoComplete="organization"
            dir="auto"
            value={organisation}
            onChange={({ currentTarget: { value } }) => setValues({ ...values, organisation: value })}
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
            onChange={({ currentTarget: { value } }) => setValues({ ...values, evidence: value })}
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
