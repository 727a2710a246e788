/** My records: what there is, what came, what isn't finished. */
import { Button, Stack } from "@mantine/core";
import { IconAlertTriangle, IconFileText, IconMailPlus } from "@tabler/icons-react";
import { useLocation } from "wouter";
import { failureOf } from "../engine/failures.ts";
import type { LostRecord, RecordCard } from "../engine/patientRecords.ts";
import { EmptyState } from "../look/EmptyState.tsx";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { Isolated } from "../look/Isolated.tsx";
import { LoadingState } from "../look/LoadingState.tsx";
import { Note } from "../look/Note.tsx";
import { ScreenTitle } from "../look/ScreenTitle.tsx";
import { StepList } from "../look/StepList.tsx";
import { useFormats, useWords } from "../words/useWords.ts";
import { BegunNotes } from "./BegunNotes.tsx";
import { LettersPanel, useInvitations } from "./LettersPanel.tsx";
import styles from "./RecordsScreen.module.css";
import { useRecords, useTitleOf } from "./titles.ts";

export function RecordsScreen() {
  const all = useWords().patient;
  const words = all.records;
  const [, navigate] = useLocation();
  const { data, error, isPending, refetch } = useRecords();
  const pending = useInvitations().data?.length ?? 0;
  const invite = (
    <Button leftSection={<IconMailPlus size={20} aria-hidden />} onClick={() => navigate("/patient/invite")}>
      {words.invite}
    </Button>
  );
  return (
    <>
      <ScreenTitle
        title={all.title}
        lead={words.lead}
        actions={data && data.records.length + pending > 0 ? invite : undefined}
      />
      <Stack gap="lg">
        {isPending && <LoadingState label={words.loading} detail={words.loadingDetail} />}
        {error && <ErrorNote {...shown(error)} onRetry={() => void refetch()} />}
        {data && <BegunNotes begun={data.begun} />}
        {data && <LettersPanel />}
        {data && data.records.length > 0 && (
          <ul className={styles.list}>
            {data.records.map((card) => (
              <RecordLine key={card.id} card={card} />
            ))}
          </ul>
        )}
        {data && data.records.length + pending === 0 && (
          <EmptyState icon={IconFileText} title={words.empty.title} action={invite}>
            <p>{words.empty.body}</p>
            <div className={styles.steps}>
              <StepList label={words.empty.body} steps={words.empty.steps.map((title) => ({ title }))} />
            </div>
          </EmptyState>
        )}
        {data && data.lost.length > 0 && <Lost lost={data.lost} />}
      </Stack>
    </>
  );
}

function shown(error: unknown) {
  const { code, message } = failureOf(error);
  return { code, message };
}

function RecordLine({ card }: { card: RecordCard }) {
  const words = useWords().patient.records;
  const formats = useFormats();
  const titleOf = useTitleOf();
  const title = titleOf(card);
  const { name, organisation } = card.doctor;
  return (
    <li className={styles.record} data-state={card.state}>
      <a className={styles.link} href={`#/patient/records/${card.id}`}>
        <span className={styles.title}>
          <Isolated>{title}</Isolated>
        </span>
        <span className={styles.facts}>
          <Isolated>{words.by(name)}</Isolated>
          {organisation !== undefined && <Isolated>{words.of(organisation)}</Isolated>}
          {" · "}
          {formats.date(new Date(card.signed * 1000))}
          {" · "}
          {words.parts(card.parts, card.shared)}
        </span>
        <span className={styles.badges}>
          <span className={styles.state} data-state={card.state}>
            {words.state[card.state]}
          </span>
          {card.distrust !== undefined && (
            <span className={styles.warning}>
              <IconAlertTriangle size={18} aria-hidden /> {words.distrusted}
            </span>
          )}
        </span>
      </a>
    </li>
  );
}

function Lost({ lost }: { lost: readonly LostRecord[] }) {
  const words = useWords().patient.records;
  return (
    <Note tone="warn" title={words.lost(lost.length)}>
      <p>{words.lostBody}</p>
      {lost.map(({ ledgerRecordId, code, message }) => (
        <ErrorNote key={ledgerRecordId} code={code} message={`${ledgerRecordId}: ${message}`} />
      ))}
    </Note>
  );
}
