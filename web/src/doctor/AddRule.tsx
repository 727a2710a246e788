/** Builds one rule by choosing, and says why it can't stand beside the others. */
import { Button, NativeSelect, NumberInput, Stack } from "@mantine/core";
import type { Ceas } from "diptych/ces";
import { type FormEvent, useState } from "react";
import type { Draft } from "../engine/doctorDraft.ts";
import { isolate } from "../look/isolate.ts";
import { Note } from "../look/Note.tsx";
import { useWords } from "../words/useWords.ts";
import styles from "./AddRule.module.css";
import {
  addRule,
  type Contradiction,
  findContradiction,
  keyOfRule,
  listRules,
  type PartRule,
} from "./partRules.ts";
import { usePartNames } from "./usePartNames.ts";

export type AddRuleProps = { draft: Draft; rules: Ceas; onRules: (rules: Ceas) => void };

const kinds = ["needs", "always", "never"] as const;
type Kind = (typeof kinds)[number];
type Trouble = { kind: "known" } | { kind: "unknown-part" } | { kind: "contradiction"; why: Contradiction };

export function AddRule({ draft, rules, onRules }: AddRuleProps) {
  const words = useWords().doctor.writing.rules;
  const [position, setPosition] = useState<number>();
  const [kind, setKind] = useState<Kind>("needs");
  const [needs, setNeeds] = useState<number>();
  const [trouble, setTrouble] = useState<Trouble>();
  const count = draft.parts.length;

  const ruleOf = (): PartRule | undefined => {
    const within = (each: number | undefined) => each !== undefined && each >= 1 && each <= count;
    if (!within(position) || (kind === "needs" && !within(needs))) return undefined;
    return kind === "needs" ? { kind, position: position!, needs: needs! } : { kind, position: position! };
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const rule = ruleOf();
    if (rule === undefined) return setTrouble({ kind: "unknown-part" });
    if (listRules(rules).some((each) => keyOfRule(each) === keyOfRule(rule)))
      return setTrouble({ kind: "known" });
    const next = addRule(rules, rule);
    const why = findContradiction(next, count);
    if (why !== undefined) return setTrouble({ kind: "contradiction", why });
    setTrouble(undefined);
    setPosition(undefined);
    setNeeds(undefined);
    return onRules(next);
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <h3>{words.add}</h3>
        <div className={styles.fields}>
          <PartChooser
            draft={draft}
            label={words.which}
            numberLabel={words.whichNumber}
            value={position}
            onChange={setPosition}
          />
          <NativeSelect
            label={words.kind}
            data={kinds.map((each) => ({ value: each, label: words.kinds[each] }))}
            value={kind}
            onChange={(event) => setKind(event.currentTarget.value as Kind)}
          />
          {kind === "needs" && (
            <PartChooser
              draft={draft}
              label={words.needed}
              numberLabel={words.neededNumber}
              value={needs}
              onChange={setNeeds}
            />
          )}
        </div>
        {trouble && <TroubleNote draft={draft} trouble={trouble} />}
        <div>
          <Button type="submit" variant="default">
            {words.addButton}
          </Button>
        </div>
      </Stack>
    </form>
  );
}

function TroubleNote({ draft, trouble }: { draft: Draft; trouble: Trouble }) {
  const words = useWords().doctor.writing.rules;
  const nameOf = usePartNames(draft);
  const named = (position: number) => isolate(nameOf(position));
  if (trouble.kind === "known") return <Note tone="warn" role="alert" title={words.known} />;
  if (trouble.kind === "unknown-part")
    return <Note tone="warn" role="alert" title={words.unknownPart(draft.parts.length)} />;
  const { why } = trouble;
  const reason =
    why.kind === "always-never"
      ? words.why[why.kind](named(why.position))
      : why.kind === "needs-never"
        ? words.why[why.kind](named(why.position), named(why.needs))
        : words.why[why.kind];
  return (
    <Note tone="bad" role="alert" title={words.refusedRule}>
      <p>{reason}</p>
    </Note>
  );
}

/** From so many parts on a list to choose from is longer than anybody reads. */
const mostChoices = 60;

type PartChooserProps = {
  draft: Draft;
  label: string;
  numberLabel: string;
  value: number | undefined;
  onChange: (position: number | undefined) => void;
};

function PartChooser({ draft, label, numberLabel, value, onChange }: PartChooserProps) {
  const words = useWords().doctor.writing.rules;
  const nameOf = usePartNames(draft);
  const { parts } = draft;
  if (parts.length > mostChoices)
    return (
      <NumberInput
        size="md"
        label={numberLabel}
        description={value === undefined ? words.unknownPart(parts.length) : isolate(nameOf(value))}
        min={1}
        max={parts.length}
        allowDecimal={false}
        allowNegative={false}
        hideControls
        value={value ?? ""}
        onChange={(given) => onChange(typeof given === "number" ? given : undefined)}
      />
    );
  const choices = parts.filter((part) => !part.frame);
  return (
    <NativeSelect
      label={label}
      data={[
        { value: "", label: "–" },
        ...choices.map(({ position }) => ({
          value: String(position),
          label: words.first(position, nameOf(position)),
        })),
      ]}
      value={value === undefined ? "" : String(value)}
      onChange={({ currentTarget: { value: given } }) => onChange(given === "" ? undefined : Number(given))}
    />
  );
}
