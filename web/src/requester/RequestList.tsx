/** Requests as a list: what was asked for, and how each stands. */
import type { RequestFacts } from "../engine/requesterAsking.ts";
import { Isolated } from "../look/Isolated.tsx";
import { SideBadge } from "../look/SideBadge.tsx";
import { purposeWords } from "../record/purposes.ts";
import { useFormats, useWords } from "../words/useWords.ts";
import styles from "./requester.module.css";

export function RequestList({ requests }: { requests: readonly RequestFacts[] }) {
  return (
    <ul className={styles.list}>
      {requests.map((each) => (
        <RequestLine key={each.requestId} request={each} />
      ))}
    </ul>
  );
}

function RequestLine({ request }: { request: RequestFacts }) {
  const words = useWords();
  const formats = useFormats();
  const { requests, status } = words.requester;
  const { requestId, side, purpose, asked, until, opened } = request;
  const standing = standingOf(request);
  const end = new Date(until * 1000);
  return (
    <li className={styles.request} data-side={side}>
      <a className={styles.link} href={`#/requester/requests/${requestId}`}>
        <span className={styles.title}>
          {opened === undefined ? (
            requests.of[side]
          ) : (
            <Isolated>{requests.signedBy(opened.by.name)}</Isolated>
          )}
        </span>
        <span className={styles.facts}>
          {purpose === undefined ? requests.noPurpose : requests.askedFor(purposeWords(words, purpose))}
          {" · "}
          {requests.asked(formats.dateTime(new Date(asked * 1000)))}
          {opened !== undefined && ` · ${requests.readParts(opened.parts, opened.of)}`}
        </span>
        <span className={styles.badges}>
          <span className={styles.state} data-tone={toneOf(standing)}>
            {status.word[standing]}
          </span>
          <SideBadge side={side === "storage" ? "private" : "shared"} />
          {standing === "live" && (
            <span className={styles.facts}>
              {requests.until(formats.dateTime(end), formats.relative(end))}
            </span>
          )}
        </span>
      </a>
    </li>
  );
}

/** How a request stands, denials included. */
export type Standing = RequestFacts["status"] | "denied";

export function standingOf({ decision, status }: Pick<RequestFacts, "decision" | "status">): Standing {
  return decision === "granted" ? status : "denied";
}

function toneOf(standing: Standing): "good" | "warn" | "bad" {
  if (standing === "live") return "good";
  return standing === "denied" || standing === "blocked" ? "bad" : "warn";
}
