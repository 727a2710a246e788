import { IconUserMinus, IconUserPlus } from "@tabler/icons-react";
import { useWords } from "../words/useWords.ts";
import styles from "./ChangePreview.module.css";
import { Isolated } from "./Isolated.tsx";

/** What someone would gain or lose: the names of parts, or a sentence. */
export interface AccessChange {
  readonly who: string;
  readonly what: readonly string[];
}

export interface ChangePreviewProps {
  gains: readonly AccessChange[];
  loses: readonly AccessChange[];
  /** Sentences to know before saying yes. */
  notes?: readonly string[];
}

/** Who would be able to read more, and who less, before anything is done. */
export function ChangePreview({ gains, loses, notes = [] }: ChangePreviewProps) {
  const words = useWords().look.change;
  return (
    <div className={styles.preview}>
      <h3>{words.heading}</h3>
      {gains.length + loses.length === 0 && <p>{words.none}</p>}
      <div className={styles.columns}>
        <Column kind="gains" changes={gains} />
        <Column kind="loses" changes={loses} />
      </div>
      {notes.length > 0 && (
        <ul className={styles.notes}>
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Column({ kind, changes }: { kind: "gains" | "loses"; changes: readonly AccessChange[] }) {
  const words = useWords().look.change;
  const Icon = kind === "gains" ? IconUserPlus : IconUserMinus;
  if (changes.length === 0) return null;
  return (
    <div className={styles.column} data-kind={kind}>
      <h4 className={styles.title}>
        <Icon size={22} aria-hidden />
        {words[kind]}
      </h4>
      <ul className={styles.people}>
        {changes.map(({ who, what }) => (
          <li key={who}>
            <p>
              <strong>
                <Isolated>{who}</Isolated>
              </strong>{" "}
              {kind === "gains" ? words.gainsWhat : words.losesWhat}
            </p>
            <ul className={styles.what}>
              {what.map((part) => (
                <li key={part}>
                  <Isolated>{part}</Isolated>
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </div>
  );
}
