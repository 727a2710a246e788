/** Asks for a record: what for, for how long, and what the ledger answered. */
import { Button, NativeSelect, Stack } from "@mantine/core";
import { IconSend } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import type { Explanation } from "diptych/ledger";
import { useState } from "react";
import type { Answer, FoundRecord } from "../engine/requesterAsking.ts";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { Note } from "../look/Note.tsx";
import { Panel } from "../look/Panel.tsx";
import { groupPurposes, purposeWords } from "../record/purposes.ts";
import { useSession } from "../session/Session.tsx";
import { useAct } from "../session/useAct.ts";
import { useFormats, useWords } from "../words/useWords.ts";
import { MissingKey } from "./MissingKey.tsx";
import styles from "./requester.module.css";
import { WhyRefused } from "./Why.tsx";

export type AskPanelProps = {
  record: FoundRecord;
  purpose: string;
  /** What the record may be asked for; none for anything. */
  allowed: readonly string[];
  /** What would be decided now, which stands explained above. */
  foreseen: Explanation["decision"];
  onPurpose: (code: string) => void;
};

export function AskPanel({ record, purpose, allowed, foreseen, onPurpose }: AskPanelProps) {
  const words = useWords();
  const { ask } = words.requester;
  const { engine } = useSession();
  const queries = useQueryClient();
  const [seconds, setSeconds] = useState(ask.lengths[0]?.seconds ?? 86_400);
  const asking = useAct((actId, wanted: string, length: number) =>
    engine.requester.ask(actId, record, wanted, length),
  );
  const submit = async () => {
    await asking.run(purpose, seconds);
    await queries.invalidateQueries({ queryKey: ["requester"] });
  };
  const groups = groupPurposes(allowed).map(({ group, codes }) => ({
    group: ask[group],
    items: codes.map((value) => ({ value, label: purposeWords(words, value) })),
  }));
  const busy = asking.state === "running";
  const hopeful = foreseen === "granted";
  return (
    <Panel title={ask.title}>
      <Stack gap="md">
        <NativeSelect
          label={ask.purpose}
          data={groups}
          value={purpose}
          disabled={busy}
          onChange={(event) => {
            asking.reset();
            onPurpose(event.currentTarget.value);
          }}
        />
        <NativeSelect
          label={ask.length}
          data={ask.lengths.map(({ seconds: length, label }) => ({ value: String(length), label }))}
          value={String(seconds)}
          disabled={busy}
          onChange={(event) => setSeconds(Number(event.currentTarget.value))}
        />
        <p>{ask.public}</p>
        <MissingKey />
        <Button
          className={styles.button}
          variant={hopeful ? "filled" : "default"}
          leftSection={<IconSend size={20} aria-hidden />}
          loading={busy}
          onClick={() => void submit()}
        >
          {hopeful ? ask.ask : ask.askAnyway}
        </Button>
        {asking.state === "failed" && (
          <ErrorNote
            code={asking.failure.code}
            message={asking.failure.message}
            onRetry={() => void submit()}
            onDismiss={asking.reset}
          />
        )}
        {asking.state === "done" && <AnswerNote answer={asking.result} foreseen={foreseen} />}
      </Stack>
    </Panel>
  );
}

type AnswerNoteProps = { answer: Answer; foreseen: Explanation["decision"] };

function AnswerNote({ answer: { request, explanation, before }, foreseen }: AnswerNoteProps) {
  const words = useWords().requester.ask;
  const formats = useFormats();
  const { decision, until, requestId } = request;
  // Why is said once.
  if (decision !== "granted" && decision === foreseen)
    return (
      <Note tone="bad" role="alert" title={words.refused}>
        <p>{words.refusedBody}</p>
      </Note>
    );
  if (decision !== "granted") return <WhyRefused decision={decision} explanation={explanation} />;
  return (
    <Note
      tone="good"
      role="status"
      title={before ? words.before : words.granted}
      actions={
        <Button component="a" href={`#/requester/requests/${requestId}`}>
          {words.open}
        </Button>
      }
    >
      <p>{words.grantedUntil(formats.dateTime(new Date(until * 1000)))}</p>
    </Note>
  );
}
