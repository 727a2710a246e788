/** One request: how it stands now, and the record that it lets one open. */
import { Button, Stack } from "@mantine/core";
import { IconFileText, IconSearch } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { RequestFacts } from "../engine/requesterAsking.ts";
import type { OpenRecord } from "../engine/requesterHeld.ts";
import { EmptyState } from "../look/EmptyState.tsx";
import { FactList } from "../look/FactList.tsx";
import { Isolated } from "../look/Isolated.tsx";
import { Note } from "../look/Note.tsx";
import { Panel } from "../look/Panel.tsx";
import { ScreenTitle } from "../look/ScreenTitle.tsx";
import { SideBadge } from "../look/SideBadge.tsx";
import { SignedMark } from "../look/SignedMark.tsx";
import { purposeWords } from "../record/purposes.ts";
import { ActProgress } from "../session/ActProgress.tsx";
import { Asking } from "../session/Asking.tsx";
import { useSession } from "../session/Session.tsx";
import { useAct } from "../session/useAct.ts";
import { useFormats, useWords } from "../words/useWords.ts";
import { MissingKey } from "./MissingKey.tsx";
import { OpenedRecord } from "./OpenedRecord.tsx";
import { useRequests } from "./queries.ts";
import { standingOf } from "./RequestList.tsx";
import { findPath } from "./recordText.ts";
import styles from "./requester.module.css";

export function RequestScreen({ id }: { id: string }) {
  const words = useWords().requester;
  const requests = useRequests();
  const request = requests.data?.find(({ requestId }) => requestId === id);
  const { record, requests: list } = words;
  const title =
    request === undefined
      ? list.title
      : request.opened === undefined
        ? record.untitled[request.side]
        : list.signedBy(request.opened.by.name);
  return (
    <>
      <ScreenTitle
        title={<Isolated>{title}</Isolated>}
        back={{ label: record.back, href: "#/requester/requests" }}
      />
      <Stack gap="lg">
        <Asking query={requests} label={list.loading} />
        {requests.data && request === undefined && (
          <EmptyState icon={IconSearch} title={record.missing}>
            {record.missingBody}
          </EmptyState>
        )}
        {request && <Request request={request} />}
      </Stack>
    </>
  );
}

function Request({ request }: { request: RequestFacts }) {
  const { record } = useWords().requester;
  const { engine } = useSession();
  const queries = useQueryClient();
  const { requestId, status, answerable } = request;
  const opened = useQuery({
    queryKey: ["requester", "opened", requestId],
    queryFn: () => engine.requester.opened(requestId),
  }).data;
  const opening = useAct((actId) => engine.requester.open(actId, requestId));
  const open = async () => {
    await opening.run();
    await queries.invalidateQueries({ queryKey: ["requester"] });
  };
  const live = status === "live";
  return (
    <>
      <StandingNote request={request} />
      <Panel>
        <RequestFactList request={request} />
      </Panel>
      {live && !answerable && <Note tone="warn" title={record.elsewhere} />}
      {live && opened && <Newer opened={opened} onOpen={() => void open()} />}
      {live && answerable && (opening.state === "idle" || opening.state === "done") && !opened && (
        <Panel title={record.open}>
          <Stack gap="md">
            <p>{record.openLead}</p>
            <MissingKey />
            <Button
              className={styles.button}
              leftSection={<IconFileText size={20} aria-hidden />}
              onClick={() => void open()}
            >
              {record.open}
            </Button>
          </Stack>
        </Panel>
      )}
      {opening.state === "failed" && <Untrusted code={opening.failure.code} />}
      <ActProgress
        act={opening}
        label={record.opening}
        onCancel={opening.cancel}
        onRetry={() => void open()}
        onDismiss={opening.reset}
      />
      {opened && opening.state !== "running" && <OpenedRecord record={opened} />}
    </>
  );
}

/** What didn't verify is called that, beside what the error says. */
function Untrusted({ code }: { code: string }) {
  const { untrusted } = useWords().requester.record;
  if (code === "certificate-invalid")
    return <SignedMark state={{ kind: "untrusted", reason: untrusted["certificate-invalid"] }} />;
  if (code !== "ces-verification-failed" && code !== "ces-subset-forbidden") return null;
  return <SignedMark state={{ kind: "untrusted", reason: untrusted.other }} />;
}

function StandingNote({ request }: { request: RequestFacts }) {
  const words = useWords().requester;
  const standing = standingOf(request);
  if (standing === "live") return null;
  const { sentence, kept, again } = words.status;
  const refused = request.decision === "granted" ? undefined : words.why.answered[request.decision];
  return (
    <Note
      tone={standing === "denied" ? "bad" : "warn"}
      role="status"
      title={refused ?? sentence[standing]}
      actions={
        <Button component="a" variant="default" href={`#${findPath(request.link)}`}>
          {again}
        </Button>
      }
    >
      {standing !== "denied" && <p>{kept}</p>}
    </Note>
  );
}

function RequestFactList({ request }: { request: RequestFacts }) {
  const words = useWords();
  const formats = useFormats();
  const { record, requests, find } = words.requester;
  const { side, purpose, asked, until, status } = request;
  return (
    <FactList
      facts={[
        {
          label: find.side,
          value: (
            <>
              <SideBadge side={side === "storage" ? "private" : "shared"} /> {find.sides[side]}
            </>
          ),
        },
        {
          label: record.purpose,
          value: purpose === undefined ? requests.noPurpose : purposeWords(words, purpose),
        },
        { label: record.asked, value: formats.dateTime(new Date(asked * 1000)) },
        ...(status === "live"
          ? [{ label: record.until, value: formats.dateTime(new Date(until * 1000)) }]
          : []),
      ]}
    />
  );
}

/** Tells when what is shown isn't the newest any more. */
function Newer({ opened, onOpen }: { opened: OpenRecord; onOpen: () => void }) {
  const { record } = useWords().requester;
  const { engine } = useSession();
  const { data } = useQuery({
    queryKey: ["requester", "newest", opened.requestId],
    queryFn: () => engine.requester.newest(opened.requestId),
    refetchInterval: 8_000,
  });
  if (data === undefined || data <= opened.version) return null;
  return (
    <Note
      title={record.newer}
      role="status"
      actions={
        <Button variant="default" onClick={onOpen}>
          {record.openAgain}
        </Button>
      }
    >
      <p>{record.newerBody}</p>
    </Note>
  );
}
