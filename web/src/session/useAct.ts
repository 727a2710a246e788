/** One long act from a screen: runs it, shows where it stands, stops it. */
import type { Progress } from "diptych";
import { useCallback, useRef, useState } from "react";
import { type Failure, failureOf } from "../engine/failures.ts";
import { useSession } from "./Session.tsx";

export type ActState<T> =
  | { state: "idle" }
  | { state: "running"; steps: readonly Progress[]; cancelling: boolean }
  | { state: "done"; result: T }
  | { state: "failed"; failure: Failure; steps: readonly Progress[] };

export type Act<T, A extends unknown[]> = ActState<T> & {
  /** Runs it; resolves to its result, or to undefined when it failed: the state tells how. */
  run(...args: A): Promise<T | undefined>;
  cancel(): void;
  reset(): void;
};

/** `work` gets an id for this run, which goes to the engine's method as its first argument. */
export function useAct<T, A extends unknown[]>(work: (actId: string, ...args: A) => Promise<T>): Act<T, A> {
  const { engine, progress } = useSession();
  const [state, setState] = useState<ActState<T>>({ state: "idle" });
  const actId = useRef<string>(undefined);
  const latest = useRef(work);
  latest.current = work;

  const run = useCallback(
    async (...args: A) => {
      const id = crypto.randomUUID();
      actId.current = id;
      let steps: readonly Progress[] = [];
      setState({ state: "running", steps, cancelling: false });
      const unfollow = progress.follow(id, (told) => {
        steps = withStep(steps, told);
        setState((before) => (before.state === "running" ? { ...before, steps } : before));
      });
      try {
        const result = await latest.current(id, ...args);
        setState({ state: "done", result });
        return result;
      } catch (error) {
        setState({ state: "failed", failure: failureOf(error), steps });
        return undefined;
      } finally {
        unfollow();
      }
    },
    [progress],
  );
  const cancel = useCallback(() => {
    if (actId.current !== undefined) void engine.cancel(actId.current);
    setState((before) => (before.state === "running" ? { ...before, cancelling: true } : before));
  }, [engine]);
  const reset = useCallback(() => setState({ state: "idle" }), []);
  return { ...state, run, cancel, reset };
}

/** The newest report of each step and side, in the order in which the steps began. */
function withStep(steps: readonly Progress[], told: Progress): readonly Progress[] {
  const at = steps.findIndex(({ step, side }) => step === told.step && side === told.side);
  return at < 0 ? [...steps, told] : steps.with(at, told);
}
