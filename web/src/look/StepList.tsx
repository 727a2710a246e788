import { VisuallyHidden } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useWords } from "../words/useWords.ts";
import styles from "./StepList.module.css";

export interface StepListProps {
  /** Says what the steps lead to. */
  label: string;
  steps: readonly { title: string; body?: ReactNode; state?: "done" | "current" | "next" }[];
}

/** Numbered steps, for a first visit: which are done, which is now. */
export function StepList({ label, steps }: StepListProps) {
  const { states } = useWords().look.steps;
  return (
    <ol className={styles.list} aria-label={label}>
      {steps.map(({ title, body, state }, index) => (
        <li
          key={title}
          className={styles.step}
          data-state={state}
          aria-current={state === "current" ? "step" : undefined}
        >
          <span className={styles.number} aria-hidden="true">
            {state === "done" ? <IconCheck size={18} /> : index + 1}
          </span>
          <div className={styles.body}>
            <p className={styles.title}>
              {title}
              {state && <VisuallyHidden> ({states[state]})</VisuallyHidden>}
            </p>
            {body}
          </div>
        </li>
      ))}
    </ol>
  );
}
