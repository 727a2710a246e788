/** The key that opens what one is let in to: collected from the authority, checked here. */
import { Button, Stack } from "@mantine/core";
import { IconKey } from "@tabler/icons-react";
import type { Standing } from "../engine/requesterStanding.ts";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { LoadingState } from "../look/LoadingState.tsx";
import { Note } from "../look/Note.tsx";
import { Panel } from "../look/Panel.tsx";
import { useSession } from "../session/Session.tsx";
import { useAct } from "../session/useAct.ts";
import { useWords } from "../words/useWords.ts";
import { useOwnWords } from "./attributeWords.ts";
import styles from "./requester.module.css";

export type KeyPanelProps = { standing: Standing; onCollected: () => Promise<unknown> };

export function KeyPanel({ standing: { key, missing }, onCollected }: KeyPanelProps) {
  const words = useWords().requester.who;
  const { engine } = useSession();
  const { all } = useOwnWords();
  const collecting = useAct((actId) => engine.requester.collect(actId));
  const collect = async () => {
    await collecting.run();
    await onCollected();
  };
  const due = key === undefined || missing.length > 0;
  return (
    <Panel title={words.key}>
      <Stack gap="md">
        {key === undefined ? (
          <p>{words.keyNone}</p>
        ) : (
          <p>{key.length === 0 ? words.keyBare : words.keyHeld(all(key))}</p>
        )}
        {key !== undefined && missing.length > 0 && <Note tone="warn" title={words.keyOld(all(missing))} />}
        {collecting.state === "running" ? (
          <LoadingState label={words.collecting} />
        ) : (
          <Button
            className={styles.button}
            variant={due ? "filled" : "default"}
            leftSection={<IconKey size={20} aria-hidden />}
            onClick={() => void collect()}
          >
            {key === undefined ? words.collect : words.collectAgain}
          </Button>
        )}
        {collecting.state === "done" && !due && <Note tone="good" role="status" title={words.collected} />}
        {collecting.state === "failed" && (
          <ErrorNote
            code={collecting.failure.code}
            message={collecting.failure.message}
            onRetry={() => void collect()}
            onDismiss={collecting.reset}
          />
        )}
      </Stack>
    </Panel>
  );
}
