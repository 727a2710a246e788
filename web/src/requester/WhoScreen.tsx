/** Who I am: what the authority confirmed, what waits for it, and the key that is made of it. */
import { Stack } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import type { Application, HeldAttribute, Standing } from "../engine/requesterStanding.ts";
import { EmptyState } from "../look/EmptyState.tsx";
import { Isolated } from "../look/Isolated.tsx";
import { Panel } from "../look/Panel.tsx";
import { ScreenTitle } from "../look/ScreenTitle.tsx";
import { capitalise } from "../record/people.ts";
import { Asking } from "../session/Asking.tsx";
import { useFormats, useWords } from "../words/useWords.ts";
import { ApplyPanel } from "./ApplyPanel.tsx";
import { useOwnWords } from "./attributeWords.ts";
import { KeyPanel } from "./KeyPanel.tsx";
import { useStanding } from "./queries.ts";
import styles from "./requester.module.css";

export function WhoScreen() {
  const words = useWords().requester.who;
  const queries = useQueryClient();
  const standing = useStanding();
  const { data } = standing;
  const again = () => queries.invalidateQueries({ queryKey: ["requester"] });
  return (
    <>
      <ScreenTitle title={words.title} lead={words.lead} />
      <Stack gap="lg">
        <Asking query={standing} label={words.loading} />
        {data && (
          <>
            <Confirmed standing={data} />
            {data.applications.length > 0 && <Applications applications={data.applications} />}
            <KeyPanel standing={data} onCollected={again} />
            <ApplyPanel
              account={data.account}
              begun={data.applying}
              waiting={data.applications.some(({ state }) => state === "pending")}
              onApplied={again}
            />
          </>
        )}
      </Stack>
    </>
  );
}

function Confirmed({ standing: { held } }: { standing: Standing }) {
  const words = useWords().requester.who;
  if (held.length === 0) return <EmptyState title={words.nothing}>{words.nothingBody}</EmptyState>;
  return (
    <Panel title={words.held}>
      <ul className={styles.list}>
        {held.map((each) => (
          <HeldLine key={each.attribute} held={each} />
        ))}
      </ul>
    </Panel>
  );
}

function HeldLine({ held: { attribute, until } }: { held: HeldAttribute }) {
  const words = useWords().requester.who;
  const formats = useFormats();
  const { one } = useOwnWords();
  const { storage, shared } = until;
  const end = Math.min(storage ?? Number.POSITIVE_INFINITY, shared ?? Number.POSITIVE_INFINITY);
  const date = formats.dateTime(new Date(end * 1000));
  const only = storage === undefined ? "shared" : shared === undefined ? "storage" : undefined;
  const over = end * 1000 < Date.now();
  return (
    <li>
      <Isolated>{capitalise(one(attribute))}</Isolated>
      <span className={styles.note}>
        {over ? words.ended(date) : words.until(date)}
        {only !== undefined && `, ${words.oneSide[only]}`}
      </span>
    </li>
  );
}

function Applications({ applications }: { applications: readonly Application[] }) {
  const words = useWords().requester.who;
  return (
    <Panel title={words.applications}>
      <ul className={styles.list}>
        {applications.map((each) => (
          <ApplicationLine key={each.id} application={each} />
        ))}
      </ul>
    </Panel>
  );
}

const tones = { pending: "warn", approved: "good", refused: "bad", unknown: "warn" } as const;

function ApplicationLine({ application }: { application: Application }) {
  const words = useWords().requester.who;
  const formats = useFormats();
  const { all } = useOwnWords();
  const { attributes, time, state, reason } = application;
  return (
    <li>
      <Isolated>{capitalise(all(attributes))}</Isolated>
      <span className={styles.note}>{words.applied(formats.dateTime(new Date(time * 1000)))}</span>
      <span className={styles.state} data-tone={tones[state]} role="status">
        {words.states[state]}
      </span>
      {state === "refused" && (
        <p>
          {words.reason}: {reason === "" ? words.noReason : <Isolated>{reason}</Isolated>}
        </p>
      )}
    </li>
  );
}
