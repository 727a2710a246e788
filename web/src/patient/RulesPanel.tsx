/** Who may read which side, as sentences, and built anew by choosing. */
import { Button, Checkbox, Group, Stack } from "@mantine/core";
import type { Rights } from "diptych";
import { useState } from "react";
import type { RecordFacts } from "../engine/patientRecords.ts";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { Panel } from "../look/Panel.tsx";
import { RuleBuilder } from "../look/RuleBuilder.tsx";
import { RuleSentence } from "../look/RuleSentence.tsx";
import type { People } from "../record/people.ts";
import { purposeWords, usualPurposes } from "../record/purposes.ts";
import { useSession } from "../session/Session.tsx";
import { useTrying } from "../session/useTrying.ts";
import { useFormats, useWords } from "../words/useWords.ts";
import type { Draft } from "./draft.ts";
import styles from "./RulesPanel.module.css";

export type RulesPanelProps = {
  facts: RecordFacts;
  draft: Draft;
  people: People;
  busy: boolean;
  /** Told before anything changes. */
  onEdit: () => void;
};

const views = [
  { view: "full", side: "private" },
  { view: "shared", side: "shared" },
] as const;

export function RulesPanel({ facts, draft, people, busy, onEdit }: RulesPanelProps) {
  const all = useWords();
  const words = all.patient.record.rules;
  const first = facts.rights === undefined;
  const [editing, setEditing] = useState(false);
  const open = editing && !busy;
  return (
    <Panel
      title={first ? all.patient.record.publish.rules : words.title}
      actions={
        !open && (
          <Button variant="default" disabled={busy} onClick={() => setEditing(true)}>
            {words.edit}
          </Button>
        )
      }
    >
      {open ? (
        <Editing draft={draft} people={people} onEdit={onEdit} onDone={() => setEditing(false)} />
      ) : (
        <Told rights={draft.rights} people={people} />
      )}
    </Panel>
  );
}

function Told({ rights, people }: { rights: Rights; people: People }) {
  const all = useWords();
  const words = all.patient.record.rules;
  const formats = useFormats();
  return (
    <dl className={styles.told}>
      {views.map(({ view, side }) => {
        const codes = rights.purposes?.[view] ?? [];
        const purposes = codes.map((code) => purposeWords(all, code));
        return (
          <div key={view} className={styles.side} data-side={side}>
            <dt>{words.sentence[side]}</dt>
            <dd>
              <RuleSentence policy={rights[view]} nameOf={people.nameOf} />
              {purposes.length > 0 && <> ({words.only(formats.choice(purposes))})</>}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

type EditingProps = { draft: Draft; people: People; onEdit: () => void; onDone: () => void };

function Editing({ draft, people, onEdit, onDone }: EditingProps) {
  const all = useWords();
  const words = all.patient.record.rules;
  const { engine } = useSession();
  const [valid, setValid] = useState({ full: true, shared: true });
  const { rights } = draft;
  const change = (view: "full" | "shared", text: string, isValid: boolean) => {
    onEdit();
    const next = { ...valid, [view]: isValid };
    setValid(next);
    draft.setRights({ ...rights, [view]: text }, next.full && next.shared);
  };
  const { failure, trying } = useTrying();
  const widen = () =>
    trying(async () => {
      change("shared", await engine.patient.widened(rights.full, rights.shared), true);
    });
  const fault =
    draft.fault === "implied" ? (
      <>
        <p>{words.implied}</p>
        <Button variant="default" onClick={() => void widen()}>
          {words.implyThem}
        </Button>
        {failure && <ErrorNote code={failure.code} message={failure.message} />}
      </>
    ) : draft.fault === "purposes" ? (
      words.purposeNarrow
    ) : draft.fault === "invalid" ? (
      words.invalid
    ) : undefined;
  return (
    <Stack gap="lg">
      {views.map(({ view, side }) => (
        <RuleBuilder
          key={view}
          label={words[side]}
          value={rights[view]}
          choices={people.choices}
          onChange={(text, isValid) => change(view, text, isValid)}
          {...(view === "shared" && fault !== undefined ? { error: fault } : {})}
        />
      ))}
      <Purposes
        rights={rights}
        onChange={(purposes) => {
          onEdit();
          draft.setRights(
            { full: rights.full, shared: rights.shared, ...purposes },
            valid.full && valid.shared,
          );
        }}
      />
      <Group gap="sm">
        <Button variant="default" onClick={onDone} disabled={draft.fault !== undefined}>
          {all.look.close}
        </Button>
        <Button
          variant="subtle"
          onClick={() => {
            onEdit();
            draft.undo();
            onDone();
          }}
        >
          {words.cancel}
        </Button>
      </Group>
    </Stack>
  );
}

type PurposesProps = { rights: Rights; onChange: (purposes: Pick<Rights, "purposes">) => void };

function Purposes({ rights, onChange }: PurposesProps) {
  const all = useWords();
  const words = all.patient.record.rules;
  const choose = (view: "full" | "shared", codes: readonly string[]) => {
    const purposes = { ...rights.purposes, [view]: codes };
    const kept = Object.fromEntries(Object.entries(purposes).filter(([, each]) => each.length > 0));
    onChange(Object.keys(kept).length === 0 ? {} : { purposes: kept });
  };
  return (
    <details className={styles.purposes}>
      <summary>{words.purposes}</summary>
      <Stack gap="md" pt="sm">
        <p>{words.purposesHint}</p>
        {views.map(({ view, side }) => {
          const chosen = rights.purposes?.[view] ?? [];
          return (
            <Checkbox.Group
              key={view}
              label={words.purposesOf[side]}
              value={[...chosen]}
              onChange={(codes) => choose(view, codes)}
            >
              <Stack gap="xs" pt="xs">
                {[...new Set([...usualPurposes, ...chosen])].map((code) => (
                  <Checkbox key={code} value={code} label={purposeWords(all, code)} />
                ))}
              </Stack>
            </Checkbox.Group>
          );
        })}
      </Stack>
    </details>
  );
}
