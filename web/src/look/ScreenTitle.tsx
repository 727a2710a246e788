import { IconArrowLeft } from "@tabler/icons-react";
import type { MouseEvent, ReactNode } from "react";
import styles from "./ScreenTitle.module.css";

export interface ScreenTitleProps {
  title: ReactNode;
  /** One or two sentences under the title. */
  lead?: ReactNode;
  /** The way back, where a screen is reached from another. */
  back?: { label: string; href: string; onClick?: (event: MouseEvent) => void };
  actions?: ReactNode;
}

/** The one h1 of a screen. It takes the focus when a router moves there (`id` is "title"). */
export function ScreenTitle({ title, lead, back, actions }: ScreenTitleProps) {
  return (
    <header className={styles.head}>
      {back && (
        <a className={styles.back} href={back.href} onClick={back.onClick}>
          <IconArrowLeft size={18} aria-hidden className={styles.arrow} />
          {back.label}
        </a>
      )}
      <div className={styles.row}>
        <h1 id="title" tabIndex={-1} className={styles.title}>
          {title}
        </h1>
        {actions && <div className={styles.actions}>{actions}</div>}
      </div>
      {lead && <p className={styles.lead}>{lead}</p>}
    </header>
  );
}
