/** How long something took. */
export interface Duration {
  /** By the clock. */
  readonly clockMs: number;
  /** On the processor, all threads of the process: what it takes on a machine that does nothing else. */
  readonly processorMs: number;
}

/** Runs `operate` once. */
export async function time(operate: () => unknown): Promise<Duration> {
  const used = process.cpuUsage();
  const start = performance.now();
  await operate();
  const clockMs = performance.now() - start;
  const { user, system } = process.cpuUsage(used);
  return { clockMs, processorMs: (user + system) / 1000 };
}

/** The middle value; of an even number of values, the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Medians of both measures. */
export function summarise(durations: readonly Duration[]): Duration {
  return {
    clockMs: median(durations.map(({ clockMs }) => clockMs)),
    processorMs: median(durations.map(({ processorMs }) => processorMs)),
  };
}
