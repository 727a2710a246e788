/** Certificates that this authority has issued, and revoking them. */
import { Button, Stack, TextInput } from "@mantine/core";
import { IconBuildingBank } from "@tabler/icons-react";
import type { IssuedCertificate } from "diptych/services";
import { useState } from "react";
import { failureOf } from "../engine/failures.ts";
import { readSubject } from "../engine/subject.ts";
import { ConfirmDialog } from "../look/ConfirmDialog.tsx";
import { EmptyState } from "../look/EmptyState.tsx";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { FactList } from "../look/FactList.tsx";
import { Isolated } from "../look/Isolated.tsx";
import { isolate } from "../look/isolate.ts";
import { LoadingState } from "../look/LoadingState.tsx";
import styles from "../look/lines.module.css";
import { Note } from "../look/Note.tsx";
import { Panel } from "../look/Panel.tsx";
import { ScreenTitle } from "../look/ScreenTitle.tsx";
import { ShowMore } from "../look/ShowMore.tsx";
import { useFormats, useWords, type Words } from "../words/useWords.ts";
import { Desk } from "./Desk.tsx";
import { useDecision, useOnDesk } from "./useDesk.ts";

export function CertificatesScreen() {
  const words = useWords().authority.certificates;
  return (
    <>
      <ScreenTitle title={words.title} lead={words.lead} />
      <Desk>
        <Certificates />
      </Desk>
    </>
  );
}

function Certificates() {
  const all = useWords().authority;
  const words = all.certificates;
  const { data, error, isPending, refetch } = useOnDesk("certificates", (officer) => officer.certificates());
  const [sought, setSought] = useState("");
  const [chosen, setChosen] = useState<IssuedCertificate>();
  const [revoked, setRevoked] = useState<string>();
  const revoking = useDecision((officer, fingerprint: string) => officer.revokeCertificate(fingerprint));
  const failure = error && failureOf(error);
  const refusal = revoking.error && failureOf(revoking.error);
  const text = sought.trim().toLowerCase();
  const newest = [...(data ?? [])].sort((a, b) => b.issued - a.issued);
  const shown = newest.filter(({ subject, fingerprint }) =>
    `${subject} ${fingerprint}`.toLowerCase().includes(text),
  );
  const confirm = async () => {
    if (chosen === undefined) return;
    const outcome = await revoking.mutateAsync(chosen.fingerprint).catch(() => undefined);
    if (outcome === undefined) return;
    setRevoked(chosen.subject);
    setChosen(undefined);
  };
  return (
    <Stack gap="lg">
      {isPending && <LoadingState label={words.loading} />}
      {failure && <ErrorNote code={failure.code} message={failure.message} onRetry={() => void refetch()} />}
      {revoked !== undefined && (
        <Note tone="good" role="status" title={words.revoked(isolate(readSubject(revoked).name))} />
      )}
      {data && data.length === 0 && (
        <EmptyState icon={IconBuildingBank} title={words.empty}>
          <p>{words.emptyBody}</p>
        </EmptyState>
      )}
      {newest.length > 0 && (
        <Panel>
          <TextInput
            type="search"
            label={words.find}
            value={sought}
            maw={400}
            onChange={(event) => setSought(event.currentTarget.value)}
          />
          {shown.length === 0 && <p role="status">{words.noMatch}</p>}
          <ShowMore
            key={text}
            items={shown}
            keyOf={({ fingerprint }) => fingerprint}
            list={(lines) => <ul className={styles.list}>{lines}</ul>}
          >
            {(each) => (
              <CertificateLine
                certificate={each}
                onRevoke={() => {
                  revoking.reset();
                  setChosen(each);
                }}
              />
            )}
          </ShowMore>
        </Panel>
      )}
      {chosen && (
        <ConfirmDialog
          open
          danger
          title={words.revokeTitle(isolate(readSubject(chosen.subject).name))}
          can={words.revokeCan}
          cannot={words.revokeCannot}
          confirmLabel={words.revokeConfirm}
          busy={revoking.isPending}
          onConfirm={() => void confirm()}
          onCancel={() => setChosen(undefined)}
          error={refusal && <ErrorNote code={refusal.code} message={refusal.message} />}
        >
          <FactList facts={factsOf(chosen, all.queue)} />
          {revoking.isPending && <p role="status">{all.queue.deciding}</p>}
        </ConfirmDialog>
      )}
    </Stack>
  );
}

/** Two doctors may have one name: what is revoked is told apart by its fingerprint. */
function factsOf({ subject, fingerprint }: IssuedCertificate, words: Words["authority"]["queue"]) {
  const { organisation } = readSubject(subject);
  return [
    ...(organisation === undefined
      ? []
      : [{ label: words.place, value: <Isolated>{organisation}</Isolated> }]),
    { label: words.fingerprint, value: <Isolated mono>{fingerprint}</Isolated> },
  ];
}

type CertificateLineProps = { certificate: IssuedCertificate; onRevoke: () => void };

function CertificateLine({ certificate, onRevoke }: CertificateLineProps) {
  const all = useWords().authority;
  const words = all.certificates;
  const formats = useFormats();
  const { subject, fingerprint, issued, notAfter, revoked } = certificate;
  const { name, organisation } = readSubject(subject);
  const day = (seconds: number) => formats.date(new Date(seconds * 1000));
  const over = notAfter * 1000 < Date.now();
  const state = revoked ? "revoked" : over ? "expired" : "good";
  return (
    <li className={styles.line}>
      <div className={styles.what}>
        <span className={styles.name}>
          <Isolated>{name}</Isolated>
        </span>
        {organisation !== undefined && <Isolated>{organisation}</Isolated>}
        <span className={styles.facts}>
          <span className={styles.state} data-state={state}>
            {words.states[state]}
          </span>
          {" · "}
          {words.issued(day(issued))} · {over ? words.ended(day(notAfter)) : words.ends(day(notAfter))}
        </span>
        <span className={styles.facts}>
          <Isolated mono>{fingerprint}</Isolated>
        </span>
      </div>
      {!revoked && (
        <Button
          variant="default"
          aria-label={all.queue.labelled(words.revoke, isolate(name))}
          onClick={onRevoke}
        >
          {words.revoke}
        </Button>
      )}
    </li>
  );
}
