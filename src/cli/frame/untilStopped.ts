/** The end of commands that go on until somebody ends them. */

/** Resolves once `signal` is aborted: by Ctrl-C, or the end of what has it. */
export async function untilStopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
