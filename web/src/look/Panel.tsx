import { type ReactNode, useId } from "react";
import styles from "./Panel.module.css";
import type { Side } from "./sides.ts";

export interface PanelProps {
  title?: ReactNode;
  /** The heading's level; 2 unless told. */
  level?: 2 | 3;
  /** Colours the panel's edge as that side. */
  side?: Side;
  /** Stands beside the title. */
  actions?: ReactNode;
  children: ReactNode;
}

/** One leaf of the page: a ground of its own, with a heading if it has a title. */
export function Panel({ title, level = 2, side, actions, children }: PanelProps) {
  const id = useId();
  const Heading = `h${level}` as const;
  return (
    <section className={styles.panel} data-side={side} aria-labelledby={title ? id : undefined}>
      {(title || actions) && (
        <div className={styles.head}>
          {title && (
            <Heading id={id} className={styles.title}>
              {title}
            </Heading>
          )}
          {actions}
        </div>
      )}
      {children}
    </section>
  );
}
