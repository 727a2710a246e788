import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconInfoCircle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import styles from "./Note.module.css";

/** How a note is meant. */
export type NoteTone = "plain" | "good" | "warn" | "bad";

export interface NoteProps {
  tone?: NoteTone;
  title: ReactNode;
  children?: ReactNode;
  /** Buttons under the text. */
  actions?: ReactNode;
  /** "alert" interrupts a screen reader, "status" waits; without one nothing is announced. */
  role?: "alert" | "status";
  icon?: ReactNode;
}

const icons = {
  plain: IconInfoCircle,
  good: IconCircleCheck,
  warn: IconAlertTriangle,
  bad: IconCircleX,
} as const;

/** Something to know: an icon, one sentence, more below it. */
export function Note({ tone = "plain", title, children, actions, role, icon }: NoteProps) {
  const Icon = icons[tone];
  return (
    <div className={styles.note} data-tone={tone} role={role}>
      <span className={styles.icon}>{icon ?? <Icon size={22} aria-hidden />}</span>
      <div className={styles.body}>
        <p className={styles.title}>{title}</p>
        {children}
        {actions && <div className={styles.actions}>{actions}</div>}
      </div>
    </div>
  );
}
