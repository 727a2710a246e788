/** A correction that came as a file: opened and verified, looked at, then taken or not. */
import { Button, Stack } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useLocation } from "wouter";
import type { Correction } from "../engine/patientAmending.ts";
import type { RecordFacts } from "../engine/patientRecords.ts";
import { FileDrop } from "../look/FileDrop.tsx";
import { Note } from "../look/Note.tsx";
import { ActProgress } from "../session/ActProgress.tsx";
import { useSession } from "../session/Session.tsx";
import { useAct } from "../session/useAct.ts";
import { useFormats, useWords } from "../words/useWords.ts";
import { AmendPreview } from "./AmendPreview.tsx";
import { useTitles } from "./titles.ts";

/** A record of 256 MiB and its seal. */
const longestCorrection = 270_000_000;

export type AmendArrivalProps = { facts: RecordFacts; onWorking: (working: boolean) => void };

export function AmendArrival({ facts, onWorking }: AmendArrivalProps) {
  const words = useWords().patient.amend.arrival;
  const { engine } = useSession();
  const [outcome, setOutcome] = useState<"taken" | "refused">();
  const reviewing = useAct((actId, file: Uint8Array) => engine.amending.review(actId, facts.id, file));
  const review = async (given: File) => {
    setOutcome(undefined);
    await reviewing.run(new Uint8Array(await given.arrayBuffer()));
  };
  const correction = reviewing.state === "done" ? reviewing.result : undefined;
  const looking = correction?.id === facts.id && !correction.stands;
  const close = (told?: "taken" | "refused") => {
    if (told === "refused") void engine.amending.refuse();
    setOutcome(told);
    reviewing.reset();
  };
  return (
    <Stack gap="md">
      {!looking && (
        <FileDrop
          label={words.file}
          hint={words.fileHint}
          maxBytes={longestCorrection}
          busy={reviewing.state === "running"}
          onFile={(given) => void review(given)}
        />
      )}
      <ActProgress
        act={reviewing}
        label={words.checking}
        onCancel={reviewing.cancel}
        onDismiss={reviewing.reset}
      />
      {correction && !looking && <ElsewhereNote correction={correction} id={facts.id} />}
      {correction && looking && (
        <AmendPreview facts={facts} correction={correction} onWorking={onWorking} onClose={close} />
      )}
      {outcome && <OutcomeNote key={outcome} outcome={outcome} />}
    </Stack>
  );
}

/** How it ended: what was under the focus is gone by then. */
function OutcomeNote({ outcome }: { outcome: "taken" | "refused" }) {
  const words = useWords().patient.amend.arrival;
  const note = useRef<HTMLDivElement>(null);
  useEffect(() => note.current?.focus(), []);
  return (
    <div ref={note} tabIndex={-1}>
      <Note tone={outcome === "taken" ? "good" : "plain"} role="status" title={words[outcome]}>
        <p>{words[`${outcome}Body`]}</p>
      </Note>
    </div>
  );
}

/** A correction that there is nothing to do about here. */
function ElsewhereNote({ correction, id }: { correction: Correction; id: string }) {
  const words = useWords().patient.amend.arrival;
  const formats = useFormats();
  const titleOf = useTitles();
  const [, navigate] = useLocation();
  if (correction.id === id)
    return (
      <Note role="status" title={words.stands}>
        <p>{words.standsBody(formats.number(correction.revision))}</p>
      </Note>
    );
  return (
    <Note
      tone="warn"
      role="status"
      title={words.other}
      actions={
        <Button variant="default" onClick={() => navigate(`/patient/records/${correction.id}`)}>
          {words.toOther(titleOf(correction.id))}
        </Button>
      }
    >
      <p>{words.otherBody}</p>
    </Note>
  );
}
