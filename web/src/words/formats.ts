/** Dates, numbers and lists as a locale writes them. */

/** What `makeFormats` gives. Every date is a `Date`; an impossible one is written as a dash. */
export interface Formats {
  readonly locale: string;
  /** 5 March 2027 */
  date(at: Date): string;
  /** 14:05 */
  time(at: Date): string;
  /** 5 March 2027 at 14:05 */
  dateTime(at: Date): string;
  /** Today, yesterday, or the date with its day of the week. */
  day(at: Date, now?: Date): string;
  /** In 3 days, 2 hours ago. */
  relative(at: Date, now?: Date): string;
  number(value: number): string;
  /** A share of one: 0.5 is 50%. */
  percent(value: number): string;
  /** 1.2 MB: units of 1,000. */
  bytes(count: number): string;
  /** a, b and c */
  list(items: readonly string[]): string;
  /** a, b or c */
  choice(items: readonly string[]): string;
  /** The two ends of a long identifier: 0x1234…cdef */
  shortId(id: string): string;
}

const steps: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];
const byteUnits = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** The formats of `locale`, such as "en-GB"; the browser's unless told. */
export function makeFormats(locale?: string): Formats {
  const dates = new Intl.DateTimeFormat(locale, { dateStyle: "long" });
  const days = new Intl.DateTimeFormat(locale, {
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
  });
  const times = new Intl.DateTimeFormat(locale, { timeStyle: "short" });
  const both = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short" });
  const relatives = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const numbers = new Intl.NumberFormat(locale);
  const percents = new Intl.NumberFormat(locale, { style: "percent" });
  const sizes = byteUnits.map(
    (unit) =>
      new Intl.NumberFormat(locale, {
        style: "unit",
        unit,
        unitDisplay: unit === "byte" ? "long" : "short",
        maximumSignificantDigits: 3,
      }),
  );
  const lists = new Intl.ListFormat(locale, { type: "conjunction" });
  const choices = new Intl.ListFormat(locale, { type: "disjunction" });
  const known = (at: Date, write: () => string) => (Number.isNaN(at.getTime()) ? "–" : write());

  const relative = (at: Date, now: Date) => {
    const seconds = (at.getTime() - now.getTime()) / 1000;
    const [unit, length] = steps.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
    return relatives.format(Math.round(seconds / length), unit);
  };

  return {
    locale: dates.resolvedOptions().locale,
    date: (at) => known(at, () => dates.format(at)),
    time: (at) => known(at, () => times.format(at)),
    dateTime: (at) => known(at, () => both.format(at)),
    day: (at, now = new Date()) =>
      known(at, () => {
        const apart = Math.round((startOfDay(at) - startOfDay(now)) / 86_400_000);
        return Math.abs(apart) <= 1 ? capitalise(relatives.format(apart, "day"), locale) : days.format(at);
      }),
    relative: (at, now = new Date()) => known(at, () => relative(at, now)),
    number: (value) => numbers.format(value),
    percent: (value) => percents.format(value),
    bytes: (count) => {
      const power = Math.min(3, count < 1000 ? 0 : Math.floor(Math.log10(count) / 3));
      return sizes[power]!.format(count / 1000 ** power);
    },
    list: (items) => lists.format(items),
    choice: (items) => choices.format(items),
    shortId: (id) => (id.length <= 14 ? id : `${id.slice(0, 6)}…${id.slice(-4)}`),
  };
}

function startOfDay(at: Date): number {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
}

function capitalise(text: string, locale?: string): string {
  const [first = "", ...rest] = text;
  return first.toLocaleUpperCase(locale) + rest.join("");
}
