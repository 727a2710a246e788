/** One application, with its evidence and what can be decided. All its texts are strangers'. */
import { Button, Group, Stack } from "@mantine/core";
import type { DeskRequest } from "diptych/services";
import { readSubject } from "../engine/subject.ts";
import { FactList } from "../look/FactList.tsx";
import { Isolated } from "../look/Isolated.tsx";
import { Panel } from "../look/Panel.tsx";
import { useFormats, useWords, type Words } from "../words/useWords.ts";
import { AttributeNames } from "./AttributeNames.tsx";
import type { DecisionKind } from "./DecisionDialog.tsx";
import { applicantOf } from "./naming.ts";
import styles from "./RequestCard.module.css";

export type RequestCardProps = { request: DeskRequest; onDecide: (kind: DecisionKind) => void };

/** What grants each kind of request. */
const grants = { application: "approve", enrolment: "certify", revocation: "end" } as const;

export function RequestCard({ request, onDecide }: RequestCardProps) {
  const words = useWords().authority.queue;
  const formats = useFormats();
  const who = applicantOf(request, formats);
  const grant = grants[request.kind];
  const received = new Date(request.received * 1000);
  return (
    <Panel>
      <Stack gap="md">
        <h3>{words.labelled(words.kinds[request.kind], who)}</h3>
        <FactList
          facts={[
            ...(request.kind === "application"
              ? [
                  { label: words.account, value: <Isolated mono>{request.account}</Isolated> },
                  { label: words.asks, value: <AttributeNames attributes={request.attributes} /> },
                ]
              : subjectFacts(request.subject, words)),
            ...(request.kind === "revocation"
              ? [{ label: words.fingerprint, value: <Isolated mono>{request.fingerprint}</Isolated> }]
              : []),
            { label: words.received, value: `${formats.dateTime(received)} (${formats.relative(received)})` },
          ]}
        />
        <Evidence text={request.evidence} />
        <Group gap="sm">
          <Button
            {...(grant === "end" ? { color: "red" } : {})}
            aria-label={words.labelled(words[grant], who)}
            onClick={() => onDecide(grant)}
          >
            {words[grant]}
          </Button>
          <Button
            variant="default"
            aria-label={words.labelled(words.refuse, who)}
            onClick={() => onDecide("refuse")}
          >
            {words.refuse}
          </Button>
        </Group>
      </Stack>
    </Panel>
  );
}

function subjectFacts(subject: string, words: Words["authority"]["queue"]) {
  const { name, organisation } = readSubject(subject);
  return [
    { label: words.name, value: <Isolated>{name}</Isolated> },
    ...(organisation === undefined
      ? []
      : [{ label: words.place, value: <Isolated>{organisation}</Isolated> }]),
  ];
}

/** Longer than this it is folded. */
const longEvidence = 600;

function Evidence({ text }: { text: string }) {
  const words = useWords().authority.queue;
  const long = text.length > longEvidence;
  return (
    <div>
      <h4>{words.evidence}</h4>
      {text.trim() === "" ? (
        <p>{words.noEvidence}</p>
      ) : (
        <div className={styles.evidence}>
          <Isolated>{long ? `${text.slice(0, longEvidence).toWellFormed()}…` : text}</Isolated>
        </div>
      )}
      {long && (
        <details>
          <summary className={styles.summary}>{words.allEvidence}</summary>
          <div className={styles.evidence}>
            <Isolated>{text}</Isolated>
          </div>
        </details>
      )}
    </div>
  );
}
