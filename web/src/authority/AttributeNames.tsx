/** Attributes as people call them, and as rules and ledgers write them. */
import { Isolated } from "../look/Isolated.tsx";
import { useWords } from "../words/useWords.ts";
import styles from "./AttributeNames.module.css";
import { wordsFor } from "./naming.ts";

export function AttributeNames({ attributes }: { attributes: readonly string[] }) {
  const words = useWords();
  return (
    <ul className={styles.list}>
      {attributes.map((attribute) => (
        <li key={attribute}>
          {wordsFor(attribute, words)}{" "}
          <span className={styles.text}>
            <Isolated mono>{attribute}</Isolated>
          </span>
        </li>
      ))}
    </ul>
  );
}
