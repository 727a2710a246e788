/** The doctor's certificate: what it says, how it stands, and how to get one. */
import { Button, Stack } from "@mantine/core";
import { IconSignature } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { KeptEnrolment } from "../engine/doctorPapers.ts";
import type { Standing } from "../engine/doctorStanding.ts";
import { failureOf } from "../engine/failures.ts";
import { EmptyState } from "../look/EmptyState.tsx";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { FactList } from "../look/FactList.tsx";
import { Isolated } from "../look/Isolated.tsx";
import { LoadingState } from "../look/LoadingState.tsx";
import { Note } from "../look/Note.tsx";
import { Panel } from "../look/Panel.tsx";
import { ScreenTitle } from "../look/ScreenTitle.tsx";
import { StepList } from "../look/StepList.tsx";
import { useSession } from "../session/Session.tsx";
import { useTrying } from "../session/useTrying.ts";
import { useFormats, useWords } from "../words/useWords.ts";
import styles from "./CertificateScreen.module.css";
import { EnrolForm } from "./EnrolForm.tsx";
import { useStanding } from "./useStanding.ts";

export function CertificateScreen() {
  const words = useWords().doctor.certificate;
  const { data, error, isPending, refetch } = useStanding();
  const failure = error && failureOf(error);
  return (
    <>
      <ScreenTitle title={words.title} lead={words.lead} />
      <Stack gap="lg">
        {isPending && <LoadingState label={words.loading} />}
        {failure && (
          <ErrorNote code={failure.code} message={failure.message} onRetry={() => void refetch()} />
        )}
        {data && <StandingView standing={data} />}
      </Stack>
    </>
  );
}

/** What passes by itself; anything else is told as it is. */
const unreached: ReadonlySet<string> = new Set(["service-unreachable", "chain-unreachable"]);

function StandingView({ standing }: { standing: Standing }) {
  const words = useWords().doctor.certificate;
  const { enrolment, certificate, unasked, asking: begun } = standing;
  const [asking, setAsking] = useState(begun !== undefined && certificate !== undefined);
  const { engine } = useSession();
  const queries = useQueryClient();
  const { failure, trying } = useTrying();
  const waiting = enrolment?.state === "pending";
  const first = enrolment === undefined && certificate === undefined;
  const failed = enrolment?.state === "refused" || enrolment?.state === "lost";
  const cancel = () =>
    trying(async () => {
      await engine.doctor.forgetAsking();
      await queries.invalidateQueries({ queryKey: ["doctor", "standing"] });
      setAsking(false);
    });
  const known = enrolment?.subject ?? certificate?.subject;
  return (
    <>
      {unasked &&
        (unreached.has(unasked.code) ? (
          <Note tone="warn" role="status" title={words.unasked}>
            <p>{words.unaskedBody}</p>
          </Note>
        ) : (
          <ErrorNote code={unasked.code} message={unasked.message} />
        ))}
      {certificate && <CertificatePanel certificate={certificate} />}
      {enrolment && <EnrolmentNote enrolment={enrolment} />}
      {first && (
        <EmptyState icon={IconSignature} title={words.none.title}>
          <p>{words.none.body}</p>
          <div className={styles.steps}>
            <StepList label={words.none.body} steps={words.none.steps.map((title) => ({ title }))} />
          </div>
        </EmptyState>
      )}
      {certificate && !waiting && !failed && !asking && (
        <div>
          <Button variant="default" onClick={() => setAsking(true)}>
            {words.renew}
          </Button>
        </div>
      )}
      {!waiting && (first || failed || asking) && (
        <EnrolForm
          known={known}
          begun={begun}
          again={!first}
          newKey={certificate?.trouble === "revoked"}
          onDone={() => setAsking(false)}
          {...(asking ? { onCancel: () => void cancel() } : {})}
        />
      )}
      {failure && <ErrorNote code={failure.code} message={failure.message} />}
    </>
  );
}

function EnrolmentNote({ enrolment }: { enrolment: KeptEnrolment }) {
  const words = useWords().doctor.certificate;
  const formats = useFormats();
  const { state, reason, handedIn } = enrolment;
  if (state === "pending")
    return (
      <Note role="status" title={words.waiting.title}>
        <p>{words.waiting.body(formats.relative(new Date(handedIn)))}</p>
      </Note>
    );
  if (state === "refused")
    return (
      <Note tone="bad" role="status" title={words.refused.title}>
        {reason.trim() === "" ? (
          <p>{words.refused.noReason}</p>
        ) : (
          <p>
            {words.refused.reason} <Isolated>{reason}</Isolated>
          </p>
        )}
      </Note>
    );
  if (state === "lost")
    return (
      <Note tone="warn" role="status" title={words.lost.title}>
        <p>{words.lost.body}</p>
      </Note>
    );
  return null;
}

/** A month before its end it is time for the next. */
const notice = 30 * 24 * 3600_000;

function CertificatePanel({ certificate }: { certificate: NonNullable<Standing["certificate"]> }) {
  const words = useWords().doctor.certificate;
  const formats = useFormats();
  const { subject, fingerprint, notBefore, notAfter, trouble } = certificate;
  const until = formats.date(new Date(notAfter));
  return (
    <Panel title={<Isolated>{subject.commonName}</Isolated>}>
      <Stack gap="md">
        {trouble === "revoked" && (
          <Note tone="bad" role="status" title={words.revoked}>
            <p>{words.revokedBody}</p>
          </Note>
        )}
        {trouble === "expired" && (
          <Note tone="warn" role="status" title={words.expired}>
            <p>{words.expiredBody}</p>
          </Note>
        )}
        {trouble === undefined && (
          <Note tone="good" role="status" title={words.valid}>
            <p>{words.validBody(until)}</p>
          </Note>
        )}
        {trouble === undefined && notAfter - Date.now() < notice && (
          <Note tone="warn" title={words.soon}>
            <p>{words.soonBody}</p>
          </Note>
        )}
        <FactList
          facts={[
            { label: words.facts.name, value: <Isolated>{subject.commonName}</Isolated> },
            ...(subject.organization === undefined
              ? []
              : [{ label: words.facts.organisation, value: <Isolated>{subject.organization}</Isolated> }]),
            { label: words.facts.from, value: formats.date(new Date(notBefore)) },
            { label: words.facts.until, value: until },
            { label: words.facts.fingerprint, value: <Isolated mono>{fingerprint}</Isolated> },
          ]}
        />
      </Stack>
    </Panel>
  );
}
