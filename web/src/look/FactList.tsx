import type { ReactNode } from "react";
import styles from "./FactList.module.css";

export interface FactListProps {
  facts: readonly { label: string; value: ReactNode }[];
}

/** Names and values: "Issued", "5 March 2027". */
export function FactList({ facts }: FactListProps) {
  return (
    <dl className={styles.list}>
      {facts.map(({ label, value }) => (
        <div key={label} className={styles.fact}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
