/** Short work from a screen: whether it is under way, and what went wrong. */
import { useState } from "react";
import { type Failure, failureOf } from "../engine/failures.ts";

/** Runs one thing at a time and keeps what went wrong, until the next thing or until it is forgiven. */
export function useTrying() {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const trying = async (work: () => Promise<void>) => {
    setBusy(true);
    setFailure(undefined);
    try {
      await work();
    } catch (error) {
      setFailure(failureOf(error));
    } finally {
      setBusy(false);
    }
  };
  return { busy, failure, trying, forgive: () => setFailure(undefined) };
}
