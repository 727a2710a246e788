import { Textarea } from "@mantine/core";
import { parsePolicy } from "diptych/policy";
import { useWords } from "../words/useWords.ts";
import styles from "./RuleText.module.css";

export interface RuleTextProps {
  value: string;
  onChange: (text: string) => void;
}

/** Where a policy's text can't be read, and why. */
export interface RuleFault {
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
}

/** The fault of a policy's text, or undefined. */
export function findFault(text: string): RuleFault | undefined {
  try {
    parsePolicy(text);
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const place = /^Policy, line (\d+), column (\d+): ([\s\S]*)$/.exec(message);
    return place ? { line: Number(place[1]), column: Number(place[2]), message: place[3]! } : { message };
  }
}

/** A rule as text, for experts; shows the place where it can't be read. */
export function RuleText({ value, onChange }: RuleTextProps) {
  const { rule } = useWords().look;
  const fault = value.trim() === "" ? undefined : findFault(value);
  const line = fault?.line === undefined ? undefined : value.split("\n")[fault.line - 1];
  const column = fault?.column ?? 1;
  return (
    <div className={styles.field}>
      <Textarea
        label={rule.text}
        description={rule.textHint}
        value={value}
        rows={4}
        dir="ltr"
        spellCheck={false}
        autoCapitalize="none"
        classNames={{ input: styles.input! }}
        error={fault && `${fault.line ? `${rule.at(fault.line, column)}: ` : ""}${fault.message}`}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      {line !== undefined && (
        <p className={styles.place} aria-hidden="true" dir="ltr">
          {[...line].slice(0, column - 1).join("")}
          <mark>{[...line].slice(column - 1).join("") || " "}</mark>
        </p>
      )}
    </div>
  );
}
