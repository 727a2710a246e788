import { Button, TextInput } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useWords } from "../words/useWords.ts";
import styles from "./LinkField.module.css";

export interface LinkFieldProps {
  label: string;
  value: string;
  description?: string;
}

/** A link or code to hand on: it can be read, selected, and copied by one press. */
export function LinkField({ label, value, description }: LinkFieldProps) {
  const words = useWords().look.link;
  const field = useRef<HTMLInputElement>(null);
  const [outcome, setOutcome] = useState<"copied" | "failed">();
  useEffect(() => {
    if (outcome === undefined) return;
    const timer = setTimeout(() => setOutcome(undefined), 4000);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value);
      setOutcome("copied");
    } catch {
      field.current?.select();
      setOutcome("failed");
    }
  };
  return (
    <div className={styles.field}>
      <div className={styles.row}>
        <TextInput
          ref={field}
          className={styles.input}
          label={label}
          description={description}
          value={value}
          readOnly
          dir="ltr"
          spellCheck={false}
          onFocus={(event) => event.currentTarget.select()}
        />
        <Button
          variant="default"
          onClick={copy}
          leftSection={
            outcome === "copied" ? <IconCheck size={18} aria-hidden /> : <IconCopy size={18} aria-hidden />
          }
        >
          {words.copy}
        </Button>
      </div>
      <p role="status" className={styles.outcome}>
        {outcome && words[outcome]}
      </p>
    </div>
  );
}
