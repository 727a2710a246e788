/** What one part of a record says. All of it came out of a record: it is shown as text and nothing else. */
import type { Entry, Line, Reading } from "../engine/reading.ts";
import { Isolated } from "../look/Isolated.tsx";
import { useWords } from "../words/useWords.ts";
import styles from "./PartReading.module.css";

/** A part's fields and texts, and its source. `level` is that of its entries' headings. */
export function PartReading({ reading, level = 3 }: { reading: Reading; level?: 3 | 4 }) {
  const words = useWords().patient.record.part;
  const { entries, more, source, sourceCut } = reading;
  const empty = entries.every(({ lines, title }) => lines.length === 0 && title === undefined);
  return (
    <div className={styles.reading}>
      {entries.length === 0 && <p>{words.binary}</p>}
      {entries.length > 0 && empty && <p>{words.nothing}</p>}
      {entries.map((entry, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: entries have no identity but their place
        <EntryLines key={at} entry={entry} number={entries.length > 1 ? at + 1 : undefined} level={level} />
      ))}
      {more > 0 && <p>{words.more(more)}</p>}
      <details>
        <summary className={styles.summary}>{words.source}</summary>
        {sourceCut && <p>{words.sourceCut}</p>}
        <pre className={styles.source} dir="ltr">
          <bdi>{source}</bdi>
        </pre>
      </details>
    </div>
  );
}

/** Deeper lines are drawn no deeper. */
const deepestShown = 3;

type EntryLinesProps = { entry: Entry; number: number | undefined; level: 3 | 4 };

function EntryLines({ entry: { title, lines }, number, level }: EntryLinesProps) {
  const Heading = `h${level}` as const;
  const words = useWords().patient.record.part;
  const alone = lines.length === 1 && lines[0]?.name === undefined ? lines[0] : undefined;
  return (
    <section className={styles.entry}>
      {(title !== undefined || number !== undefined) && (
        <Heading>{title === undefined ? words.entry(number ?? 1) : <Isolated>{title}</Isolated>}</Heading>
      )}
      {alone !== undefined && (
        <p className={styles.text}>
          <Isolated>{alone.text ?? ""}</Isolated>
        </p>
      )}
      {alone === undefined && lines.length > 0 && (
        <ul className={styles.lines}>
          {lines.map((line, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity but their place
            <LineItem key={at} line={line} />
          ))}
        </ul>
      )}
    </section>
  );
}

function LineItem({ line: { name, text, number, level } }: { line: Line }) {
  const words = useWords().patient.record.part;
  if (number !== undefined)
    return (
      <li className={styles.number} data-level={Math.min(level, deepestShown)}>
        {words.entry(number)}
      </li>
    );
  return (
    <li className={styles.line} data-level={Math.min(level, deepestShown)} data-named={name !== undefined}>
      {name !== undefined && (
        <span className={styles.name}>
          <Isolated>{spaced(name)}</Isolated>
        </span>
      )}
      {text !== undefined && <Isolated>{text}</Isolated>}
    </li>
  );
}

/** "birthDate" as people read it: birth date. */
function spaced(name: string): string {
  return /^[a-z]+(?:[A-Z][a-z]+)*$/.test(name)
    ? name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    : name;
}
