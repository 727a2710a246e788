import { Button, Switch } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { type ReactNode, useMemo, useState } from "react";
import type { NameOf } from "../words/describeRule.ts";
import { useWords } from "../words/useWords.ts";
import { GroupFields } from "./GroupFields.tsx";
import styles from "./RuleBuilder.module.css";
import { RuleSentence } from "./RuleSentence.tsx";
import { findFault, RuleText } from "./RuleText.tsx";
import { type PeopleGroup, printGroups, type RuleChoices, readGroups } from "./ruleGroups.ts";

export interface RuleBuilderProps {
  /** What the rule is on: "Who may read the shared side". */
  label: string;
  /** The policy's text; "" for none yet. */
  value: string;
  /** `valid` says whether `text` is a policy; while a group is empty it isn't. */
  onChange: (text: string, valid: boolean) => void;
  choices: RuleChoices;
  /** Starts with the text shown. */
  expert?: boolean;
  /** Something that is wrong with a rule that can be read, such as who it leaves out. */
  error?: ReactNode;
}

const nobody: PeopleGroup = { others: [] };

/** Builds a rule by choosing groups of people; experts may write it as text. */
export function RuleBuilder({ label, value, onChange, choices, expert = false, error }: RuleBuilderProps) {
  const words = useWords().look.rule;
  const [asText, setAsText] = useState(expert);
  // While a group is still empty the text can't say so: the groups are kept beside the text that they gave.
  const [draft, setDraft] = useState<{ text: string; groups: readonly PeopleGroup[] }>();
  const nameOf = useMemo((): NameOf => {
    const all = [...choices.roles, ...choices.organisations, ...(choices.people ?? [])];
    const known = new Map(all.map(({ attribute, word }) => [attribute, word]));
    return (attribute) => known.get(attribute);
  }, [choices]);

  const read = useMemo(() => groupsOf(value, choices), [value, choices]);
  const groups = draft?.text === value ? draft.groups : read;
  const textOnly = groups === undefined;
  const fault = value === "" ? undefined : findFault(value);

  const change = (next: readonly PeopleGroup[]) => {
    const text = printGroups(next);
    setDraft({ text: text ?? value, groups: next });
    onChange(text ?? value, text !== undefined);
  };
  const changeText = (text: string) => {
    setDraft(undefined);
    onChange(text, text.trim() !== "" && findFault(text) === undefined);
  };
  return (
    <fieldset className={styles.builder}>
      <legend className={styles.label}>{label}</legend>
      {asText || textOnly ? (
        <>
          {textOnly && fault === undefined && <p className={styles.hint}>{words.tooComplex}</p>}
          <RuleText value={value} onChange={changeText} />
        </>
      ) : (
        <div className={styles.groups}>
          {groups.map((group, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: groups have no identity but their place
            <div key={index} className={styles.group}>
              {index > 0 && <p className={styles.or}>{words.or}</p>}
              <GroupFields
                number={index + 1}
                group={group}
                choices={choices}
                nameOf={nameOf}
                onChange={(changed) => change(groups.with(index, changed))}
                onRemove={groups.length > 1 ? () => change(groups.toSpliced(index, 1)) : undefined}
              />
            </div>
          ))}
          <Button
            variant="default"
            className={styles.add}
            leftSection={<IconPlus size={18} aria-hidden />}
            onClick={() => change([...groups, nobody])}
          >
            {words.addGroup}
          </Button>
        </div>
      )}
      {value !== "" && fault === undefined && (
        <p className={styles.sentence}>
          <strong>{words.sentence}:</strong> <RuleSentence policy={value} nameOf={nameOf} />
        </p>
      )}
      {error && (
        <div role="alert" className={styles.error}>
          {error}
        </div>
      )}
      <Switch
        className={styles.expert}
        label={words.expert}
        checked={asText || textOnly}
        disabled={textOnly}
        onChange={(event) => setAsText(event.currentTarget.checked)}
      />
    </fieldset>
  );
}

/** The groups of a text; one empty group for no text; undefined where only text can show the rule. */
function groupsOf(text: string, choices: RuleChoices): PeopleGroup[] | undefined {
  if (text.trim() === "") return [nobody];
  try {
    return readGroups(text, choices);
  } catch {
    return undefined;
  }
}
