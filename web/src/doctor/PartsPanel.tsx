/** The parts that a record was cut into, and those in which the patient's name may stand. */
import { Button, TextInput } from "@mantine/core";
import { useMemo, useState } from "react";
import type { Draft, DraftPart } from "../engine/doctorDraft.ts";
import { Isolated } from "../look/Isolated.tsx";
import { isolate } from "../look/isolate.ts";
import styles from "../look/lines.module.css";
import { Note } from "../look/Note.tsx";
import { Panel } from "../look/Panel.tsx";
import { ShowMore } from "../look/ShowMore.tsx";
import { SideBadge } from "../look/SideBadge.tsx";
import { useFormats, useWords } from "../words/useWords.ts";
import { usePartNames } from "./usePartNames.ts";

/** From here on a list is searched rather than read. */
const manyParts = 13;
const mostNamed = 5;

export function PartsPanel({ draft, onBack }: { draft: Draft; onBack: () => void }) {
  const words = useWords().doctor.writing.parts;
  const formats = useFormats();
  const nameOf = usePartNames(draft);
  const [sought, setSought] = useState("");
  const { parts } = draft;
  const named = parts.filter((part) => part.named);
  const shown = useMemo(() => {
    const text = sought.trim().toLocaleLowerCase();
    if (text === "") return parts;
    return parts.filter(
      ({ position, label }) =>
        String(position) === text ||
        nameOf(position).toLocaleLowerCase().includes(text) ||
        label.toLocaleLowerCase().includes(text),
    );
  }, [parts, sought, nameOf]);
  const first = named.slice(0, mostNamed).map(({ position }) => isolate(nameOf(position)));
  const rest = named.length - first.length;
  return (
    <Panel title={words.title}>
      <p>{words.lead(parts.length)}</p>
      {named.length > 0 && (
        <Note
          tone="warn"
          role="status"
          title={words.names(named.length)}
          actions={
            <Button variant="default" onClick={onBack}>
              {words.back}
            </Button>
          }
        >
          <p>{words.namesOf(formats.list(rest > 0 ? [...first, words.more(rest)] : first))}</p>
          <p>{words.namesBody}</p>
        </Note>
      )}
      {!draft.namesComplete && (
        <Note tone="warn" role="status" title={words.namesIncomplete}>
          <p>{words.namesIncompleteBody}</p>
        </Note>
      )}
      {parts.length >= manyParts && (
        <TextInput
          type="search"
          label={words.find}
          value={sought}
          maw={320}
          onChange={(event) => setSought(event.currentTarget.value)}
        />
      )}
      {shown.length === 0 && <p role="status">{words.noMatch}</p>}
      <ShowMore
        key={sought}
        items={shown}
        keyOf={({ position }) => position}
        list={(lines) => <ul className={styles.list}>{lines}</ul>}
      >
        {(part) => <PartLine part={part} name={nameOf(part.position)} />}
      </ShowMore>
    </Panel>
  );
}

function PartLine({ part, name }: { part: DraftPart; name: string }) {
  const words = useWords().doctor.writing.parts;
  const formats = useFormats();
  const { position, size, side, named, holdsPrivate, frame, change } = part;
  return (
    <li className={styles.line}>
      <div className={styles.what}>
        <span className={styles.name}>
          <Isolated>{name}</Isolated>
        </span>
        <span className={styles.facts}>
          {words.number(position)} · {formats.bytes(size)}
        </span>
        {frame && <span className={styles.facts}>{words.frameNote}</span>}
        {holdsPrivate && <span className={styles.facts}>{words.holdsPrivate}</span>}
        {change && <span className={styles.facts}>{words.change[change]}</span>}
        {named && <span className={styles.warning}>{words.named}</span>}
      </div>
      <SideBadge side={side} />
    </li>
  );
}
