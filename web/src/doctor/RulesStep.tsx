/** The parts that a record was cut into, the rules on what stays together, and the signature. */
import { Button, Group } from "@mantine/core";
import { useState } from "react";
import type { Draft } from "../engine/doctorDraft.ts";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { Panel } from "../look/Panel.tsx";
import { ProgressSteps } from "../look/ProgressSteps.tsx";
import { Sentence } from "../look/Sentence.tsx";
import { useSession } from "../session/Session.tsx";
import { useAct } from "../session/useAct.ts";
import { useFormats, useWords } from "../words/useWords.ts";
import { type Intent, longestLetter } from "./DonePanel.tsx";
import { idOf, type Occasion } from "./occasion.ts";
import { PartsPanel } from "./PartsPanel.tsx";
import { findContradiction } from "./partRules.ts";
import { RulesPanel } from "./RulesPanel.tsx";

export type RulesStepProps = {
  /** The name in the certificate. */
  as: string;
  occasion: Occasion;
  draft: Draft;
  onBack: () => void;
  onSigned: (intent: Intent) => void;
};

export function RulesStep({ as, occasion, draft, onBack, onSigned }: RulesStepProps) {
  const all = useWords().doctor.writing;
  const words = all.sign;
  const formats = useFormats();
  const { engine } = useSession();
  const [rules, setRules] = useState(draft.rules);
  const signing = useAct((actId) =>
    occasion.kind === "new"
      ? engine.doctor.sign(actId, occasion.invitation.text, rules)
      : engine.doctor.signAmendment(actId, rules),
  );
  const busy = signing.state === "running";
  const contradicts = findContradiction(rules, draft.parts.length) !== undefined;
  const sign = async (intent: Intent) => {
    const signed = await signing.run();
    if (signed !== undefined) onSigned(signed.size > longestLetter ? "too-long" : intent);
  };
  return (
    <>
      <PartsPanel draft={draft} onBack={onBack} />
      <RulesPanel draft={draft} rules={rules} onRules={setRules} />
      <Panel title={words.title}>
        <p>{words.lead}</p>
        <p>
          <Sentence pieces={words.as(as)} />
        </p>
        <p>
          {occasion.kind === "new"
            ? all.invitation.chosen(formats.shortId(idOf(occasion)))
            : words.revision(occasion.record.revision + 1)}
        </p>
        {busy && (
          <ProgressSteps
            label={words.working}
            steps={[{ id: "sign", label: words.signing, state: "running" }]}
          />
        )}
        {signing.state === "failed" && (
          <ErrorNote code={signing.failure.code} message={signing.failure.message} />
        )}
        <Group gap="sm">
          {occasion.kind === "new" && (
            <Button disabled={busy || contradicts} onClick={() => void sign("send")}>
              {words.send}
            </Button>
          )}
          <Button
            variant={occasion.kind === "new" ? "default" : "filled"}
            disabled={busy || contradicts}
            onClick={() => void sign("file")}
          >
            {words.file}
          </Button>
          <Button variant="subtle" disabled={busy} onClick={onBack}>
            {all.parts.back}
          </Button>
        </Group>
      </Panel>
    </>
  );
}
