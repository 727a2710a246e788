/** What officers, and whoever runs the authority, have decided. */
import type { DeskDecision, DeskRequest } from "diptych/services";
import { isolate } from "../look/isolate.ts";
import { Panel } from "../look/Panel.tsx";
import { Sentence } from "../look/Sentence.tsx";
import { useSome } from "../look/ShowMore.tsx";
import { Timeline, type TimelineEvent } from "../look/Timeline.tsx";
import type { Formats } from "../words/formats.ts";
import { useFormats, useWords, type Words } from "../words/useWords.ts";
import { AttributeNames } from "./AttributeNames.tsx";
import { applicantOf } from "./naming.ts";
import { useOnDesk } from "./useDesk.ts";

export function DecidedPanel({ requests }: { requests: readonly DeskRequest[] }) {
  const all = useWords();
  const words = all.authority.queue;
  const formats = useFormats();
  const { data: decisions = [] } = useOnDesk("decisions", (officer) => officer.decisions());
  const byOperator = requests.filter(
    ({ state, decidedBy }) => state !== "pending" && decidedBy === undefined,
  );
  const known = new Map(requests.map((each) => [each.id, each]));
  const events = [
    ...decisions.map((each) => eventOf(each, known, all, formats)),
    ...byOperator.map((each) => operatorsEvent(each, all, formats)),
  ].sort((a, b) => b.at.getTime() - a.at.getTime());
  const { some, more } = useSome(events);
  return (
    <Panel title={words.decided}>
      <Timeline events={some} empty={<p>{words.decidedEmpty}</p>} />
      {more}
    </Panel>
  );
}

function eventOf(
  decision: DeskDecision,
  requests: ReadonlyMap<string, DeskRequest>,
  words: Words,
  formats: Formats,
): TimelineEvent {
  const told = words.authority.decisions;
  const request = "request" in decision ? requests.get(decision.request) : undefined;
  const who =
    decision.kind === "revoke-attributes"
      ? isolate(formats.shortId(decision.account))
      : decision.kind === "revoke-certificate"
        ? isolate(formats.shortId(decision.fingerprint))
        : request === undefined
          ? told.somebody
          : applicantOf(request, formats);
  return {
    id: `${decision.kind}-${decision.nonce}`,
    at: new Date(decision.time * 1000),
    title: told[decision.kind](who),
    tone: !decision.done ? "warn" : toneOf(decision.kind),
    detail: (
      <>
        {"attributes" in decision && <AttributeNames attributes={decision.attributes} />}
        {"reason" in decision && (
          <p>
            <Sentence pieces={told.reason(decision.reason)} />
          </p>
        )}
        {"until" in decision && <p>{told.until(formats.date(new Date(decision.until * 1000)))}</p>}
        <p>{told.by(isolate(formats.shortId(decision.officer)))}</p>
        {!decision.done && <p>{told.undone}</p>}
      </>
    ),
  };
}

function operatorsEvent(request: DeskRequest, words: Words, formats: Formats): TimelineEvent {
  const told = words.authority.decisions;
  const kind =
    request.state === "refused"
      ? "refuse"
      : ({ application: "approve", enrolment: "certify", revocation: "revoke-certificate" } as const)[
          request.kind
        ];
  return {
    id: `operator-${request.id}`,
    at: new Date((request.decided ?? request.received) * 1000),
    title: told[kind](applicantOf(request, formats)),
    tone: toneOf(kind),
    detail: (
      <>
        {request.reason !== "" && (
          <p>
            <Sentence pieces={told.reason(request.reason)} />
          </p>
        )}
        <p>{told.operator}</p>
      </>
    ),
  };
}

function toneOf(kind: DeskDecision["kind"]): "good" | "bad" | "warn" {
  if (kind === "refuse") return "bad";
  return kind === "approve" || kind === "certify" ? "good" : "warn";
}
