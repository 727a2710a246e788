import type { Icon } from "@tabler/icons-react";
import type { ReactNode } from "react";
import styles from "./EmptyState.module.css";
import { Mark } from "./Mark.tsx";

export interface EmptyStateProps {
  icon?: Icon;
  title: string;
  /** What this place is for, and how something comes here. */
  children?: ReactNode;
  action?: ReactNode;
  /** The heading's level; 2 unless told. */
  level?: 2 | 3;
}

/** A place where nothing is yet. */
export function EmptyState({ icon: Icon, title, children, action, level = 2 }: EmptyStateProps) {
  const Heading = `h${level}` as const;
  return (
    <div className={styles.empty}>
      {Icon ? <Icon size={40} stroke={1.4} aria-hidden /> : <Mark size={48} />}
      <Heading>{title}</Heading>
      {children && <div className={styles.text}>{children}</div>}
      {action}
    </div>
  );
}
