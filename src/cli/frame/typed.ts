/** Durations and accounts as people type them. */
import { DiptychError } from "../../core/errors.ts";

const units: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400, y: 365 * 86_400 };
const longest = 100 * 365 * 86_400;

/** Seconds of a duration as it is typed: 90s, 30m, 12h, 7d, 1y. @throws DiptychError `usage` */
export function parseDuration(text: string, option: string): number {
  const [, count, unit] = /^(\d{1,9})([smhdy]?)$/.exec(text.trim()) ?? [];
  const seconds = count === undefined ? 0 : Number(count) * units[unit === "" ? "s" : unit!]!;
  if (seconds > 0 && seconds <= longest) return seconds;
  throw new DiptychError(
    "usage",
    `${option} takes a time such as 90s, 30m, 12h, 7d or 1y, not ${JSON.stringify(text.slice(0, 40))}.`,
  );
}

/** An account's address. @throws DiptychError `usage` */
export function demandAccount(text: string): string {
  if (/^0x[0-9a-fA-F]{40}$/.test(text)) return text;
  throw new DiptychError(
    "usage",
    `${JSON.stringify(text.slice(0, 80))} is no account: write 0x and 40 hex digits.`,
  );
}
