import { Button, NativeSelect } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useId } from "react";
import { describeAttribute, type NameOf } from "../words/describeRule.ts";
import { useFormats, useWords } from "../words/useWords.ts";
import styles from "./GroupFields.module.css";
import { groupAttributes, type PeopleGroup, type RuleChoices } from "./ruleGroups.ts";
import type { Choice } from "./sides.ts";

export interface GroupFieldsProps {
  /** From 1. */
  number: number;
  group: PeopleGroup;
  choices: RuleChoices;
  nameOf: NameOf;
  onChange: (group: PeopleGroup) => void;
  onRemove?: (() => void) | undefined;
}

/** One group of people, chosen from lists. */
export function GroupFields({ number, group, choices, nameOf, onChange, onRemove }: GroupFieldsProps) {
  const words = useWords();
  const formats = useFormats();
  const id = useId();
  const { rule } = words.look;
  const others = group.others.map((attribute) => describeAttribute(attribute, words, nameOf));
  const select = (field: "role" | "organisation" | "person", none: string, list: readonly Choice[]) => (
    <NativeSelect
      label={rule[field]}
      value={group[field] ?? ""}
      data={[
        { value: "", label: none },
        ...list.map(({ attribute, word }) => ({ value: attribute, label: word })),
      ]}
      onChange={(event) => onChange({ ...group, [field]: event.currentTarget.value || undefined })}
    />
  );
  return (
    <fieldset className={styles.group} aria-describedby={`${id}-empty`}>
      <legend>{rule.group(number)}</legend>
      <div className={styles.fields}>
        {select("role", rule.anyRole, choices.roles)}
        {select("organisation", rule.anyOrganisation, choices.organisations)}
        {choices.people && choices.people.length > 0 && select("person", rule.noPerson, choices.people)}
      </div>
      {others.length > 0 && <p className={styles.also}>{rule.also(formats.list(others))}</p>}
      <p id={`${id}-empty`} className={styles.empty}>
        {groupAttributes(group).length === 0 && rule.emptyGroup}
      </p>
      {onRemove && (
        <Button
          variant="subtle"
          color="red"
          className={styles.remove}
          leftSection={<IconTrash size={18} aria-hidden />}
          onClick={onRemove}
        >
          {rule.removeGroup(number)}
        </Button>
      )}
    </fieldset>
  );
}
