/** A record that was opened and verified in this browser: who signed it, what it says, and how to take it along. */
import { Button, Stack } from "@mantine/core";
import { IconDownload, IconShieldCheck } from "@tabler/icons-react";
import type { OpenRecord } from "../engine/requesterHeld.ts";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { Isolated } from "../look/Isolated.tsx";
import { Panel } from "../look/Panel.tsx";
import { SignedMark } from "../look/SignedMark.tsx";
import { saveFile } from "../record/saveFile.ts";
import { useSession } from "../session/Session.tsx";
import { useAct } from "../session/useAct.ts";
import { useWords } from "../words/useWords.ts";
import { PartList } from "./PartList.tsx";
import styles from "./requester.module.css";

export function OpenedRecord({ record }: { record: OpenRecord }) {
  const words = useWords().requester.record;
  const { by, signed, parts, of, gates, revision } = record;
  return (
    <>
      <SignedMark state={{ kind: "unchanged", by: by.name, on: new Date(signed * 1000) }} />
      <Panel title={words.parts}>
        <Stack gap="md">
          <div>
            {by.organisation !== undefined && (
              <p>
                <Isolated>{by.organisation}</Isolated>
              </p>
            )}
            <p>{parts.length === of ? words.whole(of) : words.some(parts.length, of)}</p>
            {revision > 1 && <p>{words.revision(revision)}</p>}
            <p>{words.gates(gates.answered, gates.failed)}</p>
          </div>
          <PartList record={record} />
        </Stack>
      </Panel>
      <SavePanel record={record} />
    </>
  );
}

function SavePanel({ record: { requestId, parts, of, schema } }: { record: OpenRecord }) {
  const words = useWords().requester.record;
  const { engine } = useSession();
  const saving = useAct(async (_actId, what: "file" | "proof") => {
    if (what === "proof") {
      saveFile(words.fileName.proof, await engine.requester.proof(requestId), "application/octet-stream");
      return;
    }
    const { bytes, whole } = await engine.requester.file(requestId);
    const type = schema === "fhir-r4" ? "application/fhir+json" : "application/json";
    saveFile(whole ? words.fileName.whole : words.fileName.parts, bytes, type);
  });
  const busy = saving.state === "running";
  const whole = parts.length === of;
  return (
    <Panel title={words.save}>
      <Stack gap="md">
        <div className={styles.save}>
          <Button
            className={styles.button}
            leftSection={<IconDownload size={20} aria-hidden />}
            disabled={busy}
            onClick={() => void saving.run("file")}
          >
            {whole ? words.saveWhole : (words.saveParts[schema] ?? words.savePartsOther)}
          </Button>
          <p>{whole ? words.saveWholeHint : words.savePartsHint}</p>
        </div>
        <div className={styles.save}>
          <Button
            className={styles.button}
            variant="default"
            leftSection={<IconShieldCheck size={20} aria-hidden />}
            disabled={busy}
            onClick={() => void saving.run("proof")}
          >
            {words.saveProof}
          </Button>
          <p>{words.saveProofHint}</p>
        </div>
        {saving.state === "failed" && (
          <ErrorNote code={saving.failure.code} message={saving.failure.message} onDismiss={saving.reset} />
        )}
      </Stack>
    </Panel>
  );
}
