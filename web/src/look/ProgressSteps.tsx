import { Button } from "@mantine/core";
import {
  type Icon,
  IconCircle,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleMinus,
  IconCircleX,
} from "@tabler/icons-react";
import { useFormats, useWords } from "../words/useWords.ts";
import styles from "./ProgressSteps.module.css";

export type StepState = "waiting" | "running" | "done" | "failed" | "skipped";

/** A step of long work. */
export interface WorkStep {
  readonly id: string;
  readonly label: string;
  readonly state: StepState;
  /** How much of it is done, from 0 to 1, where that is known. */
  readonly fraction?: number;
  readonly detail?: string;
}

export interface ProgressStepsProps {
  /** Says what is under way. */
  label: string;
  steps: readonly WorkStep[];
  onCancel?: (() => void) | undefined;
  cancelling?: boolean;
}

const icons: Record<StepState, Icon> = {
  waiting: IconCircle,
  running: IconCircleDashed,
  done: IconCircleCheck,
  failed: IconCircleX,
  skipped: IconCircleMinus,
};

/** Long work, step by step. A screen reader hears each step as it begins and ends, not every percent. */
export function ProgressSteps({ label, steps, onCancel, cancelling = false }: ProgressStepsProps) {
  const words = useWords().look.steps;
  const last = steps.findLast((step) => step.state !== "waiting" && step.state !== "skipped");
  return (
    <div className={styles.work}>
      <p className={styles.label}>{label}</p>
      <ol className={styles.steps}>
        {steps.map((step) => (
          <Step key={step.id} step={step} />
        ))}
      </ol>
      <p className={styles.spoken} aria-live="polite">
        {last ? `${last.label}: ${words.states[last.state]}` : ""}
      </p>
      {onCancel && (
        <Button variant="default" className={styles.cancel} onClick={onCancel} disabled={cancelling}>
          {cancelling ? words.cancelling : words.cancel}
        </Button>
      )}
    </div>
  );
}

function Step({ step: { label, state, fraction, detail } }: { step: WorkStep }) {
  const words = useWords().look.steps;
  const formats = useFormats();
  const Icon = icons[state];
  return (
    <li className={styles.step} data-state={state} aria-current={state === "running" ? "step" : undefined}>
      <Icon size={24} aria-hidden className={styles.icon} />
      <div className={styles.body}>
        <p className={styles.line}>
          <span>{label}</span>
          <span className={styles.state}>
            {state === "running" && fraction !== undefined ? formats.percent(fraction) : words.states[state]}
          </span>
        </p>
        {state === "running" && (
          <progress
            className={styles.bar}
            aria-label={label}
            max={1}
            {...(fraction === undefined ? {} : { value: Math.min(1, Math.max(0, fraction)) })}
          />
        )}
        {detail && <p className={styles.detail}>{detail}</p>}
      </div>
    </li>
  );
}
