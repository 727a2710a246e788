/** Until when, in Unix seconds. */

const daySeconds = 24 * 3600;
/** Ten years and the leap days in them. */
const longest = 3653 * daySeconds;

/** So many days from `now` (milliseconds). */
export function expiryIn(days: number, now: number): number {
  return Math.floor(now / 1000) + days * daySeconds;
}

/** The last second of a day as date fields write it ("2027-03-31"), where the officer is; undefined when it is no day. */
export function endOfDay(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const end = new Date(`${text}T23:59:59`).getTime();
  return Number.isNaN(end) ? undefined : Math.floor(end / 1000);
}

/** Whether something may be promised until then: still to come, and at most ten years off. */
export function isPossible(until: number, now: number): boolean {
  const seconds = now / 1000;
  return until > seconds && until <= seconds + longest;
}
