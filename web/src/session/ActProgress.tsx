/** Where a long act stands: its steps, how to stop it, and what went wrong. */
import type { Progress } from "diptych";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { ProgressSteps, type WorkStep } from "../look/ProgressSteps.tsx";
import { useFormats, useWords } from "../words/useWords.ts";
import type { ActState } from "./useAct.ts";

export type ActProgressProps = {
  act: ActState<unknown>;
  /** What is under way. */
  label: string;
  /** Left out for what can't be stopped half-way. */
  onCancel?: () => void;
  /** Does the same again: it goes on where it stopped. */
  onRetry?: () => void;
  onDismiss?: () => void;
};

export function ActProgress({ act, label, onCancel, onRetry, onDismiss }: ActProgressProps) {
  const tell = useSteps();
  if (act.state === "running")
    return (
      <ProgressSteps
        label={label}
        steps={tell(act.steps, false)}
        cancelling={act.cancelling}
        {...(onCancel === undefined ? {} : { onCancel })}
      />
    );
  if (act.state !== "failed") return null;
  const { code, message } = act.failure;
  return (
    <>
      {act.steps.length > 0 && <ProgressSteps label={label} steps={tell(act.steps, true)} />}
      <ErrorNote
        code={code}
        message={message}
        {...(onRetry === undefined ? {} : { onRetry })}
        {...(onDismiss === undefined ? {} : { onDismiss })}
      />
    </>
  );
}

/** Steps in words. The last one that isn't at its end is where the act is, or where it failed. */
function useSteps(): (steps: readonly Progress[], failed: boolean) => WorkStep[] {
  const words = useWords().patient.steps;
  const formats = useFormats();
  return (steps, failed) => {
    if (steps.length === 0)
      return [{ id: "beginning", label: words.beginning, state: failed ? "failed" : "running" }];
    return byStep(steps).map(({ id, step, side, done, total, unit }, at, all) => {
      const named = words[step];
      const label = typeof named === "string" ? named : named[side ?? "storage"];
      const last = at === all.length - 1;
      const over = total !== undefined && done >= total;
      const state = !last || (over && !failed) ? "done" : failed ? "failed" : "running";
      const detail = unit === "bytes" && done > 0 ? formats.bytes(done) : undefined;
      return {
        id,
        label,
        state,
        ...(total === undefined || total === 0 ? {} : { fraction: done / total }),
        ...(detail === undefined ? {} : { detail }),
      };
    });
  };
}

type Told = Omit<Progress, "side"> & { id: string; side?: Progress["side"] };

/**
 * What is told a side apart counts views of both: one line for both, at the place of the later one, but for gates, which are
 * appointed one ledger after the other.
 */
function byStep(steps: readonly Progress[]): Told[] {
  const found = new Map<string, Told>();
  for (const each of steps) {
    const id = each.step === "deal" ? `${each.step}-${each.side}` : each.step;
    const before = found.get(id);
    const furthest = before === undefined || each.done >= before.done ? { ...each, id } : before;
    found.delete(id);
    found.set(id, furthest);
  }
  return [...found.values()];
}
