/** One record: what it says, which side each part stands on, who reads which. */
import { Button, Stack } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { failureOf } from "../engine/failures.ts";
import type { OpenedRecord, Signed } from "../engine/patientOpening.ts";
import type { RecordFacts } from "../engine/patientRecords.ts";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { Isolated } from "../look/Isolated.tsx";
import { LoadingState } from "../look/LoadingState.tsx";
import { Note } from "../look/Note.tsx";
import { Panel } from "../look/Panel.tsx";
import { ScreenTitle } from "../look/ScreenTitle.tsx";
import { SignedMark, type SignedState } from "../look/SignedMark.tsx";
import { saveFile } from "../record/saveFile.ts";
import { ActProgress } from "../session/ActProgress.tsx";
import { useSession } from "../session/Session.tsx";
import { useAct } from "../session/useAct.ts";
import { useWords, type Words } from "../words/useWords.ts";
import { AccessPanel } from "./AccessPanel.tsx";
import { AmendPanel } from "./AmendPanel.tsx";
import { BegunNotes } from "./BegunNotes.tsx";
import { BlockedPanel } from "./BlockedPanel.tsx";
import { ClosedNote, ClosingPanel } from "./ClosingPanel.tsx";
import { LinksPanel } from "./LinksPanel.tsx";
import { NamePanel } from "./NamePanel.tsx";
import { RecordEditor } from "./RecordEditor.tsx";
import { TimelinePanel } from "./TimelinePanel.tsx";
import { useRecords, useTitleOf } from "./titles.ts";

export function RecordScreen({ id }: { id: string }) {
  const words = useWords();
  const { engine } = useSession();
  const titleOf = useTitleOf();
  const begun = useRecords().data?.begun.filter(({ recordId }) => recordId === id) ?? [];
  const record = useQuery({
    queryKey: ["patient", "record", id],
    queryFn: () => engine.patient.record(id),
    refetchInterval: 6_000,
  });
  const opened = useQuery({
    queryKey: ["patient", "opened", id, record.data?.revision],
    queryFn: () => engine.patient.open(`open ${id}`, id),
    enabled: record.data !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
  // An unstored record has no sides yet: those of its schema are where its patient starts.
  const unstored = record.data?.state === "accepted";
  const usual = useQuery({
    queryKey: ["patient", "usual", id],
    queryFn: () => engine.patient.usualSides(`usual ${id}`, id),
    enabled: unstored,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const { back, loading, opening, openingDetail } = words.patient.record;
  const facts = record.data;
  const failure = record.error && failureOf(record.error);
  const unopened = (opened.error ?? usual.error) && failureOf(opened.error ?? usual.error);
  const title = facts === undefined ? words.patient.title : titleOf(facts);
  return (
    <>
      <ScreenTitle title={<Isolated>{title}</Isolated>} back={{ label: back, href: "#/patient" }} />
      <Stack gap="lg">
        {record.isPending && <LoadingState label={loading} />}
        {failure && (
          <ErrorNote code={failure.code} message={failure.message} onRetry={() => void record.refetch()} />
        )}
        <BegunNotes begun={begun} />
        {facts && <SignedMark state={signedState(opened.data?.signed, words)} />}
        {opened.data?.signed.kind === "unchecked" && (
          <Note tone="warn" title={words.patient.record.unchecked} />
        )}
        {opened.isFetching && <LoadingState label={opening} detail={openingDetail} />}
        {unopened && (
          <ErrorNote code={unopened.code} message={unopened.message} onRetry={() => void opened.refetch()} />
        )}
        {facts && !unstored && <ClosedNote facts={facts} />}
        {facts && (!unstored || usual.data) && (
          <RecordEditor facts={facts} opened={opened.data} usual={usual.data ?? []} />
        )}
        {facts && !unstored && <StoredPanels facts={facts} />}
        {facts && <AmendPanel facts={facts} />}
        {facts && <FilePanel facts={facts} opened={opened.data} />}
      </Stack>
    </>
  );
}

function StoredPanels({ facts }: { facts: RecordFacts }) {
  const words = useWords().patient.record;
  return (
    <>
      <Panel title={words.readers}>
        <AccessPanel id={facts.id} />
      </Panel>
      <BlockedPanel facts={facts} />
      <LinksPanel facts={facts} />
      <ClosingPanel facts={facts} />
      <Panel title={words.history}>
        <TimelinePanel id={facts.id} level={3} />
      </Panel>
    </>
  );
}

function FilePanel({ facts, opened }: { facts: RecordFacts; opened: OpenedRecord | undefined }) {
  const words = useWords().patient.record;
  const { engine } = useSession();
  const saving = useAct(async (actId) => {
    saveFile(words.downloadName, await engine.patient.file(actId, facts.id), "application/json");
  });
  return (
    <NamePanel facts={facts}>
      {opened && (
        <Button
          variant="default"
          leftSection={<IconDownload size={20} aria-hidden />}
          loading={saving.state === "running"}
          onClick={() => void saving.run()}
        >
          {words.download}
        </Button>
      )}
      {saving.state === "failed" && (
        <ActProgress act={saving} label={words.download} onDismiss={saving.reset} />
      )}
    </NamePanel>
  );
}

/** Says "unchanged" only of what was verified whole, in this browser, against a certificate that holds. */
function signedState(signed: Signed | undefined, words: Words): SignedState {
  if (signed === undefined || signed.kind === "unchecked") return { kind: "checking" };
  if (signed.kind === "unchanged")
    return { kind: "unchanged", by: signed.by.name, on: new Date(signed.on * 1000) };
  const { untrusted } = words.patient.record;
  const reason = signed.code === "certificate-invalid" ? untrusted["certificate-invalid"] : untrusted.other;
  return { kind: "untrusted", reason, by: signed.by.name };
}
