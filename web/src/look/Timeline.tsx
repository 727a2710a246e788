import { type Icon, IconAlertTriangle, IconCircleCheck, IconCircleX, IconPoint } from "@tabler/icons-react";
import { type ReactNode, useMemo } from "react";
import { useFormats, useWords } from "../words/useWords.ts";
import { ChainBadge } from "./ChainBadge.tsx";
import { Isolated } from "./Isolated.tsx";
import type { NoteTone } from "./Note.tsx";
import type { ChainName } from "./sides.ts";
import styles from "./Timeline.module.css";

export interface TimelineEvent {
  readonly id: string;
  readonly at: Date;
  /** Which ledger says so; none for what happened elsewhere. */
  readonly chain?: ChainName;
  readonly title: string;
  readonly detail?: ReactNode;
  readonly tone?: NoteTone;
  readonly icon?: Icon;
}

export interface TimelineProps {
  /** In any order. */
  events: readonly TimelineEvent[];
  /** The newest first unless told. */
  oldestFirst?: boolean;
  /** Shown when there are none. */
  empty?: ReactNode;
  /** The level of the days' headings; 3 unless told. */
  level?: 3 | 4;
}

const icons = { plain: IconPoint, good: IconCircleCheck, warn: IconAlertTriangle, bad: IconCircleX } as const;

/** What happened on both ledgers, in one list, day by day. */
export function Timeline({ events, oldestFirst = false, empty, level = 3 }: TimelineProps) {
  const words = useWords().look.timeline;
  const days = useMemo(() => groupByDay(events, oldestFirst), [events, oldestFirst]);
  if (events.length === 0) return <>{empty ?? <p className={styles.empty}>{words.empty}</p>}</>;
  return (
    <div className={styles.timeline}>
      {days.map((day) => (
        <Day key={day[0]!.id} events={day} level={level} />
      ))}
    </div>
  );
}

function Day({ events, level }: { events: readonly TimelineEvent[]; level: 3 | 4 }) {
  const formats = useFormats();
  const Heading = `h${level}` as const;
  return (
    <div>
      <Heading className={styles.day}>{formats.day(events[0]!.at)}</Heading>
      <ol className={styles.events}>
        {events.map(({ id: key, at, chain, title, detail, tone = "plain", icon }) => {
          const Icon = icon ?? icons[tone];
          return (
            <li key={key} className={styles.event} data-tone={tone}>
              <span className={styles.icon}>
                <Icon size={20} aria-hidden />
              </span>
              <div className={styles.body}>
                <p className={styles.title}>
                  <Isolated>{title}</Isolated>
                </p>
                <p className={styles.where}>
                  <time dateTime={Number.isNaN(at.getTime()) ? undefined : at.toISOString()}>
                    {formats.time(at)}
                  </time>
                  {chain && <ChainBadge chain={chain} />}
                </p>
                {detail && <div className={styles.detail}>{detail}</div>}
              </div>
            </li>
          );
        })}
      </ol>
    </div>
  );
}

function groupByDay(events: readonly TimelineEvent[], oldestFirst: boolean): TimelineEvent[][] {
  const sorted = [...events].sort((one, other) => one.at.getTime() - other.at.getTime());
  if (!oldestFirst) sorted.reverse();
  const days = new Map<string, TimelineEvent[]>();
  for (const event of sorted) {
    const day = event.at.toDateString();
    const known = days.get(day);
    if (known) known.push(event);
    else days.set(day, [event]);
  }
  return [...days.values()];
}
