import { useWords } from "../words/useWords.ts";
import styles from "./LoadingState.module.css";

export interface LoadingStateProps {
  /** What is being waited for; "Loading" unless told. */
  label?: string;
  detail?: string;
}

/** Something is on its way. The two leaves of the mark swing; they stand still where people want less motion. */
export function LoadingState({ label, detail }: LoadingStateProps) {
  const words = useWords().look;
  return (
    <div className={styles.loading} role="status">
      <span className={styles.leaves} aria-hidden="true">
        <span />
        <span />
      </span>
      <p className={styles.label}>{label ?? words.loading}…</p>
      {detail && <p className={styles.detail}>{detail}</p>}
    </div>
  );
}
