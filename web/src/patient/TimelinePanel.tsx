/** What happened, from both chains, as a timeline. */
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { failureOf } from "../engine/failures.ts";
import type { Happening } from "../engine/patientWatching.ts";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { isolate } from "../look/isolate.ts";
import { LoadingState } from "../look/LoadingState.tsx";
import { RuleSentence } from "../look/RuleSentence.tsx";
import { Timeline, type TimelineEvent } from "../look/Timeline.tsx";
import { capitalise, type NameOfAccount, useNameOfAccount, usePeople } from "../record/people.ts";
import { purposeWords } from "../record/purposes.ts";
import { useSession } from "../session/Session.tsx";
import type { NameOf } from "../words/describeRule.ts";
import type { Formats } from "../words/formats.ts";
import { useFormats, useWords, type Words } from "../words/useWords.ts";
import { useTitles } from "./titles.ts";

export type TimelinePanelProps = {
  /** One record; all without it. */
  id?: string;
  /** The level of the days' headings. */
  level?: 3 | 4;
};

export function TimelinePanel({ id, level = 3 }: TimelinePanelProps) {
  const words = useWords();
  const formats = useFormats();
  const { engine } = useSession();
  const { nameOf } = usePeople();
  const nameOfAccount = useNameOfAccount();
  const titleOf = useTitles();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["patient", "timeline", id],
    queryFn: () => engine.patient.timeline(id),
    refetchInterval: 8_000,
  });
  const failure = error && failureOf(error);
  const events = (data ?? []).map((each) =>
    eventOf(each, id === undefined ? titleOf(each.recordId) : undefined),
  );
  return (
    <>
      {isPending && <LoadingState label={words.patient.timeline.loading} />}
      {failure && <ErrorNote code={failure.code} message={failure.message} onRetry={() => void refetch()} />}
      {data && <Timeline events={events} level={level} empty={<p>{words.patient.timeline.empty}</p>} />}
    </>
  );

  function eventOf(happening: Happening, record: string | undefined): TimelineEvent {
    const { id: key, time, side } = happening;
    const { title, detail, tone } = tell(happening, words, formats, nameOf, nameOfAccount);
    return {
      id: key,
      at: new Date(time * 1000),
      chain: side,
      title: capitalise(title),
      ...(tone === undefined ? {} : { tone }),
      detail: (
        <>
          {record !== undefined && <p>{words.patient.timeline.record(record)}</p>}
          {detail}
        </>
      ),
    };
  }
}

type Told = { title: string; detail?: ReactNode; tone?: "good" | "warn" | "bad" };

function tell(
  happening: Happening,
  all: Words,
  formats: Formats,
  nameOf: NameOf,
  nameOfAccount: NameOfAccount,
): Told {
  const words = all.patient.timeline;
  const account = "account" in happening ? happening.account : undefined;
  const known = account === undefined ? undefined : nameOfAccount(account, happening.attributes);
  const who = known === undefined ? "" : isolate(known.who);
  const identity = known && known.detail !== account && <p>{known.detail}</p>;
  const purposes = (code: string | undefined) =>
    code === undefined ? "" : ` ${words.purpose(purposeWords(all, code))}`;
  switch (happening.kind) {
    case "published":
      return {
        title: happening.version === 1 ? words.published.first : words.published.again,
        detail: (
          <>
            <p>{words.publishedSide[happening.side]}</p>
            {happening.policy !== undefined && (
              <p>
                {words.rule} <RuleSentence policy={happening.policy} nameOf={nameOf} />
              </p>
            )}
          </>
        ),
      };
    case "closed":
      return {
        title: happening.forChange ? words.ended : words.closed,
        detail: <p>{(happening.forChange ? words.endedSide : words.publishedSide)[happening.side]}</p>,
        tone: "warn",
      };
    case "granted": {
      const until = words.grantedUntil(formats.dateTime(new Date(happening.until * 1000)));
      const detail = (
        <>
          {identity}
          <p>{until + purposes(happening.purpose)}</p>
        </>
      );
      return { title: words.granted(who), detail, tone: "good" };
    }
    case "denied": {
      const why = words.why[happening.why] ?? happening.why;
      const detail = (
        <>
          {identity}
          <p>{why + purposes(happening.purpose)}</p>
        </>
      );
      return { title: words.denied(who), detail, tone: "bad" };
    }
    case "transfer-offered":
      return who === ""
        ? { title: words["transfer-withdrawn"], tone: "warn" }
        : { title: words["transfer-offered"](who), detail: identity, tone: "warn" };
    default:
      return { title: words[happening.kind](who), detail: identity, tone: "warn" };
  }
}
