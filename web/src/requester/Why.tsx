/** What a decision rests on, in sentences: the outcome, what the rule names, and what of it one has. */
import { Anchor, Stack } from "@mantine/core";
import { IconCheck, IconMinus } from "@tabler/icons-react";
import type { ExplainedLeaf, Explanation } from "diptych/ledger";
import type { ReactNode } from "react";
import { Isolated } from "../look/Isolated.tsx";
import { Note } from "../look/Note.tsx";
import { capitalise, usePeople } from "../record/people.ts";
import { useWords } from "../words/useWords.ts";
import { waysIn } from "./alternatives.ts";
import styles from "./requester.module.css";

/** Before asking: what would be decided now. */
export function WhyPanel({ explanation }: { explanation: Explanation }) {
  const words = useWords().requester.why;
  const { decision } = explanation;
  return (
    <Stack gap="md">
      <Note tone={decision === "granted" ? "good" : "warn"} title={words.now[decision]} role="status">
        {decision !== "granted" && <p>{words.next[decision]}</p>}
        {decision === "policy-not-satisfied" && <ToWho />}
      </Note>
      <Leaves explanation={explanation} />
    </Stack>
  );
}

/** After it was refused. */
export function WhyRefused({
  decision,
  explanation,
}: {
  decision: Exclude<Explanation["decision"], "granted"> | "paused";
  explanation: Explanation | undefined;
}) {
  const words = useWords().requester.why;
  return (
    <Note tone="bad" title={words.answered[decision]} role="alert">
      <p>{words.next[decision]}</p>
      {decision === "policy-not-satisfied" && <ToWho />}
      {explanation && <Leaves explanation={explanation} />}
    </Note>
  );
}

function ToWho() {
  const words = useWords().requester.why;
  return (
    <p>
      <Anchor href="#/requester/attributes" underline="always">
        {words.who}
      </Anchor>
    </p>
  );
}

/** The ways in, each with what of it is confirmed; what the rule names one by one where its text isn't known. */
function Leaves({ explanation: { policy, leaves } }: { explanation: Explanation }) {
  const words = useWords().requester.why;
  const { sentenceOf } = usePeople();
  const ways = waysIn(policy, leaves);
  if (leaves.length === 0) return null;
  if (ways === undefined)
    return (
      <div>
        <p>{words.leaves}</p>
        <ul className={styles.leaves}>
          {leaves.map((leaf) => (
            <Leaf key={leaf.text} leaf={leaf} />
          ))}
        </ul>
      </div>
    );
  return (
    <div>
      <p>{words.ways(ways.length)}</p>
      <ul className={styles.leaves}>
        {ways.map((way) => {
          // Where none of it is there, one line says so.
          const partly = !way.met && way.leaves.some(({ held }) => held);
          return (
            <Line
              key={way.policy}
              held={way.met}
              title={capitalise(sentenceOf(way.policy))}
              note={way.met ? words.held : partly ? words.partly : words.lacking}
            >
              {partly && (
                <ul className={styles.leaves}>
                  {way.leaves.map((leaf) => (
                    <Leaf key={leaf.text} leaf={leaf} />
                  ))}
                </ul>
              )}
            </Line>
          );
        })}
      </ul>
    </div>
  );
}

function Leaf({ leaf: { text, held } }: { leaf: ExplainedLeaf }) {
  const words = useWords().requester.why;
  const { sentenceOf } = usePeople();
  const title = /^0x[0-9a-f]+$/.test(text) ? words.unknownLeaf : capitalise(sentenceOf(text));
  return <Line held={held} title={title} note={held ? words.held : words.lacking} />;
}

type LineProps = { held: boolean; title: string; note: string; children?: ReactNode };

function Line({ held, title, note, children }: LineProps) {
  return (
    <li className={styles.leaf} data-held={held}>
      {held ? <IconCheck size={22} aria-hidden /> : <IconMinus size={22} aria-hidden />}
      <div>
        <Isolated>{title}</Isolated>
        <span className={styles.note}>{note}</span>
        {children}
      </div>
    </li>
  );
}
