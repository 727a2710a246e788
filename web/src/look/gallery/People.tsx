import { AccessList } from "../AccessList.tsx";
import { ChangePreview } from "../ChangePreview.tsx";
import { Panel } from "../Panel.tsx";
import { Timeline, type TimelineEvent } from "../Timeline.tsx";
import { hostileName, longWord } from "./samples.ts";

const now = Date.now();
const ago = (hours: number) => new Date(now - hours * 3_600_000);

const events: TimelineEvent[] = [
  {
    id: "1",
    at: ago(1),
    chain: "shared",
    title: "The Institute of Health asked to read the shared side",
    tone: "plain",
  },
  {
    id: "2",
    at: ago(2),
    chain: "shared",
    title: "Access given",
    detail: "Until 5 May, for research.",
    tone: "good",
  },
  {
    id: "3",
    at: ago(30),
    chain: "storage",
    title: `${hostileName} asked for the whole record`,
    tone: "warn",
  },
  { id: "4", at: ago(31), chain: "storage", title: `Refused: ${longWord}`, tone: "bad" },
  { id: "5", at: ago(400), title: "The doctor sent you this record" },
];

/** Who has access, what happened, and what a change would do. */
export function People() {
  return (
    <>
      <Panel title="What happened">
        <Timeline events={events} />
        <Timeline events={[]} />
      </Panel>
      <Panel title="Who has access" side="shared">
        <AccessList
          people={[
            {
              id: "1",
              who: "Dr. Chen Example",
              detail: "0x1234…cdef",
              side: "private",
              since: ago(400),
              until: ago(-700),
              purpose: "Treatment",
            },
            { id: "2", who: hostileName, detail: longWord, side: "shared", since: ago(9) },
            { id: "3", who: "Institute of Health", side: "shared", until: ago(2) },
          ]}
          busy={new Set(["3"])}
          onRevoke={() => {}}
          onBlock={() => {}}
        />
        <AccessList people={[]} />
      </Panel>
      <Panel title="Before a change" side="private">
        <ChangePreview
          gains={[{ who: "Researchers", what: ["Medical history", longWord] }]}
          loses={[
            { who: "Government offices", what: ["Symptoms", "Diagnosis", "Prescription"] },
            { who: hostileName, what: ["Name"] },
          ]}
          notes={["What someone has read already stays with them."]}
        />
        <ChangePreview gains={[]} loses={[]} />
      </Panel>
    </>
  );
}
