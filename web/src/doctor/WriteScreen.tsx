/** Writing a record: invitation, record, parts and rules, signature. */
import { Button, Stack } from "@mantine/core";
import { useEffect, useState } from "react";
import { useLocation } from "wouter";
import type { Draft } from "../engine/doctorDraft.ts";
import type { FormValues } from "../engine/doctorForm.ts";
import { failureOf } from "../engine/failures.ts";
import { signPlace } from "../engine/signPlace.ts";
import { EmptyState } from "../look/EmptyState.tsx";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { LoadingState } from "../look/LoadingState.tsx";
import { ScreenTitle } from "../look/ScreenTitle.tsx";
import { StepList } from "../look/StepList.tsx";
import { useWords } from "../words/useWords.ts";
import { DonePanel, type Intent } from "./DonePanel.tsx";
import { emptyForm } from "./form.ts";
import { InvitationStep } from "./InvitationStep.tsx";
import type { Occasion } from "./occasion.ts";
import { RecordStep } from "./RecordStep.tsx";
import { RulesStep } from "./RulesStep.tsx";
import { SentPanel } from "./SentPanel.tsx";
import { useKeptForm } from "./useKeptForm.ts";
import { canSign, useStanding } from "./useStanding.ts";
import styles from "./WriteScreen.module.css";

export function WriteScreen() {
  const words = useWords().doctor;
  const [, navigate] = useLocation();
  const { data, error, isPending, refetch } = useStanding();
  const failure = error && failureOf(error);
  const name = data?.certificate?.subject.commonName;
  return (
    <>
      <ScreenTitle title={words.writing.title} lead={words.writing.lead} />
      <Stack gap="lg">
        {isPending && <LoadingState label={words.certificate.loading} />}
        {failure && (
          <ErrorNote code={failure.code} message={failure.message} onRetry={() => void refetch()} />
        )}
        {data && !canSign(data) && (
          <EmptyState
            title={words.writing.needCertificate}
            action={
              <Button onClick={() => navigate("/doctor/certificate")}>{words.writing.toCertificate}</Button>
            }
          >
            <p>{words.writing.needCertificateBody}</p>
          </EmptyState>
        )}
        {data && canSign(data) && name !== undefined && <Writing as={name} />}
        <SentPanel />
      </Stack>
    </>
  );
}

const stages = ["invitation", "record", "rules", "done"] as const;
type Stage = (typeof stages)[number];

function Writing({ as }: { as: string }) {
  const words = useWords().doctor.writing;
  const [location, navigate] = useLocation();
  const linked = location.startsWith(signPlace);
  const [stage, setStage] = useState<Stage>("invitation");
  const [occasion, setOccasion] = useState<Occasion>();
  const [values, setValues] = useState<FormValues>(emptyForm);
  const [draft, setDraft] = useState<Draft>();
  const [intent, setIntent] = useState<Intent>("send");

  const go = (to: Stage) => {
    setStage(to);
    // What follows is new to a screen reader, and to a phone that is scrolled down.
    document.getElementById("title")?.focus();
    window.scrollTo({ top: 0 });
  };
  // Another link was opened in this window.
  // biome-ignore lint/correctness/useExhaustiveDependencies: by the address alone
  useEffect(() => {
    if (linked) setStage("invitation");
  }, [location]);

  useKeptForm(stage === "record" ? occasion : undefined, values);

  const again = () => {
    setOccasion(undefined);
    setDraft(undefined);
    setValues(emptyForm);
    navigate("/doctor");
    go("invitation");
  };
  const at = stages.indexOf(stage);
  const steps = stages.map((each, index) => ({
    title: words.steps[each],
    state:
      index < at || stage === "done"
        ? ("done" as const)
        : index === at
          ? ("current" as const)
          : ("next" as const),
  }));
  return (
    <>
      <div className={styles.steps}>
        <StepList label={words.progress} steps={steps} />
      </div>
      {stage === "invitation" && (
        <InvitationStep
          key={location}
          {...(linked ? { given: window.location.hash } : {})}
          onChosen={(chosen, begun) => {
            setOccasion(chosen);
            setValues(begun ?? ((chosen.kind === "amend" && chosen.record.form) || emptyForm));
            go("record");
          }}
        />
      )}
      {stage === "record" && occasion && (
        <RecordStep
          occasion={occasion}
          values={values}
          onValues={setValues}
          onBack={again}
          onDraft={(made) => {
            setDraft(made);
            go("rules");
          }}
        />
      )}
      {stage === "rules" && occasion && draft && (
        <RulesStep
          as={as}
          occasion={occasion}
          draft={draft}
          onBack={() => go("record")}
          onSigned={(wished) => {
            setIntent(wished);
            // Nothing of what was filled in is needed any more.
            setValues(emptyForm);
            go("done");
          }}
        />
      )}
      {stage === "done" && occasion && <DonePanel occasion={occasion} intent={intent} onAnother={again} />}
    </>
  );
}
