/** Keeps what is being filled in: whoever is called away, or has the keys locked meanwhile, finds it again. */
import { useEffect, useRef } from "react";

/** So long after the last key, in milliseconds. */
const pause = 700;

/** Has `keep` keep these values a little after they were changed last; nothing while there are none. */
export function useKept<T>(values: T | undefined, keep: (values: T) => Promise<void>): void {
  const latest = useRef(keep);
  latest.current = keep;
  useEffect(() => {
    if (values === undefined) return;
    const timer = setTimeout(() => {
      // Where it can't be kept, it still stands in the page.
      latest.current(values).catch(() => undefined);
    }, pause);
    return () => clearTimeout(timer);
  }, [values]);
}
