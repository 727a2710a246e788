/** An application for attributes: chosen from sentences, or written. */
import { Button, NativeSelect, Stack, Switch, Textarea } from "@mantine/core";
import { IconSend } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { KeptApplying } from "../engine/requesterNotes.ts";
import type { Standing } from "../engine/requesterStanding.ts";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { Isolated } from "../look/Isolated.tsx";
import { Note } from "../look/Note.tsx";
import { Panel } from "../look/Panel.tsx";
import { capitalise } from "../record/people.ts";
import { useSession } from "../session/Session.tsx";
import { useAct } from "../session/useAct.ts";
import { useKept } from "../session/useKept.ts";
import { useWords } from "../words/useWords.ts";
import { chosenAttributes, useOwnWords } from "./attributeWords.ts";
import { standingKey } from "./queries.ts";
import styles from "./requester.module.css";

export type ApplyPanelProps = {
  account: string;
  /** What was filled in and not handed in. */
  begun: KeptApplying | undefined;
  /** Whether an application waits. */
  waiting: boolean;
  onApplied: () => Promise<unknown>;
};

const nothing: KeptApplying = { role: "", place: "", text: "", evidence: "" };

export function ApplyPanel({ account, begun, waiting, onApplied }: ApplyPanelProps) {
  const { patient, requester } = useWords();
  const words = requester.who;
  const { engine } = useSession();
  const { all } = useOwnWords();
  const queries = useQueryClient();
  const [first, setFirst] = useState(begun ?? nothing);
  const [chosen, setChosen] = useState(first);
  const { evidence } = chosen;
  const [expert, setExpert] = useState(first.text !== "");
  const [pressed, setPressed] = useState(false);
  const attributes = chosenAttributes(expert ? chosen : { ...chosen, text: "" });
  const applying = useAct((actId, wanted: readonly string[], why: string) =>
    engine.requester.apply(actId, wanted, why),
  );
  useKept(chosen === first || applying.state === "running" ? undefined : chosen, async (filled) => {
    await engine.requester.keepApplying(filled);
    const kept = (known: Standing | undefined) => known && { ...known, applying: filled };
    queries.setQueryData<Standing>(standingKey, kept);
  });
  const choose = (next: KeptApplying) => {
    setChosen(next);
    if (applying.state === "done") applying.reset();
  };
  const ready = attributes.length > 0 && evidence.trim() !== "";
  const submit = async () => {
    setPressed(true);
    if (!ready) return;
    const id = await applying.run(attributes, evidence.trim());
    if (id === undefined) return;
    setFirst(nothing);
    setChosen(nothing);
    setPressed(false);
    await onApplied();
  };
  const places = Object.entries(patient.people).filter(([attribute]) => attribute.startsWith("org:"));
  const busy = applying.state === "running";
  return (
    <Panel title={words.apply}>
      <form
        noValidate
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Stack gap="md">
          <NativeSelect
            label={words.role}
            value={chosen.role}
            data={[
              { value: "", label: words.noRole },
              ...Object.entries(patient.person.roles).map(([value, label]) => ({ value, label })),
            ]}
            error={pressed && attributes.length === 0 ? words.missing : undefined}
            onChange={(event) => choose({ ...chosen, role: event.currentTarget.value })}
          />
          <NativeSelect
            label={words.place}
            value={chosen.place}
            data={[
              { value: "", label: words.noPlace },
              ...places.map(([value, label]) => ({ value, label })),
            ]}
            onChange={(event) => choose({ ...chosen, place: event.currentTarget.value })}
          />
          <Switch
            label={words.expert}
            checked={expert}
            onChange={(event) => setExpert(event.currentTarget.checked)}
          />
          {expert && (
            <Textarea
              label={words.attributes}
              description={words.attributesHint}
              value={chosen.text}
              autosize
              minRows={2}
              spellCheck={false}
              onChange={(event) => choose({ ...chosen, text: event.currentTarget.value })}
            />
          )}
          <Textarea
            label={words.evidence}
            description={words.evidenceHint}
            value={evidence}
            autosize
            minRows={3}
            maxLength={4_000}
            error={pressed && evidence.trim() === "" ? words.noEvidence : undefined}
            onChange={(event) => choose({ ...chosen, evidence: event.currentTarget.value })}
          />
          {attributes.length > 0 && (
            <p>
              {words.sentence}: <Isolated>{capitalise(all(attributes))}</Isolated>
              <span className={styles.note}>
                {words.account}: <Isolated mono>{account}</Isolated>
              </span>
            </p>
          )}
          <Button
            type="submit"
            className={styles.button}
            leftSection={<IconSend size={20} aria-hidden />}
            loading={busy}
          >
            {words.submit}
          </Button>
          {applying.state === "done" && waiting && <Note tone="good" role="status" title={words.done} />}
          {applying.state === "failed" && (
            <ErrorNote
              code={applying.failure.code}
              message={applying.failure.message}
              onDismiss={applying.reset}
            />
          )}
        </Stack>
      </form>
    </Panel>
  );
}
