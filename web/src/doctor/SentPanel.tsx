/** What was signed in this browser: when, how much, for which invitation; nothing of what it says. */
import { useQuery } from "@tanstack/react-query";
import type { SentRecord } from "../engine/doctorPapers.ts";
import styles from "../look/lines.module.css";
import { Panel } from "../look/Panel.tsx";
import { ShowMore } from "../look/ShowMore.tsx";
import { useSession } from "../session/Session.tsx";
import { useFormats, useWords } from "../words/useWords.ts";

export function SentPanel() {
  const words = useWords().doctor.sent;
  const { engine } = useSession();
  const { data } = useQuery({ queryKey: ["doctor", "sent"], queryFn: () => engine.doctor.sent() });
  if (data === undefined || data.length === 0) return null;
  return (
    <Panel title={words.title}>
      <p className={styles.facts}>{words.lead}</p>
      <ShowMore
        items={data}
        keyOf={({ id, signed }) => `${id}-${signed}`}
        list={(lines) => <ul className={styles.list}>{lines}</ul>}
      >
        {(record) => <SentLine record={record} />}
      </ShowMore>
    </Panel>
  );
}

function SentLine({ record }: { record: SentRecord }) {
  const words = useWords().doctor.sent;
  const formats = useFormats();
  const { id, schema, parts, size, signed, sent, saved } = record;
  const at = (time: number) => formats.dateTime(new Date(time));
  const ways = [
    words.signed(at(signed)),
    ...(sent === undefined ? [] : [words.sent(at(sent))]),
    ...(saved === undefined ? [] : [words.saved(at(saved))]),
    ...(sent === undefined && saved === undefined ? [words.neither] : []),
  ];
  return (
    <li className={styles.line}>
      <div className={styles.what}>
        <span className={styles.name}>{words.record(formats.shortId(id))}</span>
        <span className={styles.facts}>
          {words.facts(words.kinds[schema] ?? schema, parts, formats.bytes(size))}
        </span>
        <span className={styles.facts}>{formats.list(ways)}</span>
      </div>
    </li>
  );
}
