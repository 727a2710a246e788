/** Stands before what lies on the desk: opens it by one signature, says whose it is, closes it. */
import { Button, Stack } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { failureOf } from "../engine/failures.ts";
import type { OpenDesk } from "../engine/officerDesk.ts";
import { EmptyState } from "../look/EmptyState.tsx";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { Isolated } from "../look/Isolated.tsx";
import { LoadingState } from "../look/LoadingState.tsx";
import { Note } from "../look/Note.tsx";
import { useConnection, useSession } from "../session/Session.tsx";
import { useFormats, useWords } from "../words/useWords.ts";
import styles from "./Desk.module.css";
import { useDesk } from "./useDesk.ts";

export function Desk({ children }: { children: ReactNode }) {
  const words = useWords().authority.desk;
  const { data: desk, error, refetch } = useDesk();
  if (error) {
    const { code, message } = failureOf(error);
    return <ErrorNote code={code} message={message} onRetry={() => void refetch()} />;
  }
  if (desk === undefined) return <LoadingState label={words.opening} />;
  if (desk === null) return <ClosedDesk />;
  return (
    <Stack gap="lg">
      <OpenBar desk={desk} />
      {children}
    </Stack>
  );
}

function ClosedDesk() {
  const words = useWords().authority.desk;
  const { engine } = useSession();
  const queries = useQueryClient();
  const opening = useMutation({
    mutationFn: () => engine.officer.openDesk(),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["officer"] }),
  });
  const failure = opening.error && failureOf(opening.error);
  return (
    <Stack gap="lg">
      <EmptyState
        icon={IconLock}
        title={words.closed}
        action={
          <Button loading={opening.isPending} onClick={() => opening.mutate()}>
            {words.open}
          </Button>
        }
      >
        <p>{words.lead}</p>
      </EmptyState>
      {failure?.code === "not-officer" && <NotOfficer />}
      {failure && failure.code !== "not-officer" && (
        <ErrorNote code={failure.code} message={failure.message} onRetry={() => opening.mutate()} />
      )}
    </Stack>
  );
}

function NotOfficer() {
  const words = useWords().authority.desk;
  const { config, connection } = useSession();
  const { accounts } = useConnection();
  const [before, account, after] = words.yours(accounts?.storage ?? "");
  return (
    <Note
      tone="bad"
      role="alert"
      title={words.notOfficer}
      actions={
        <Button variant="default" onClick={() => connection.disconnect()}>
          {words.disconnect}
        </Button>
      }
    >
      <p>{words.notOfficerBody}</p>
      <ul>
        {words.notOfficerSteps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ul>
      {config.local === true && <p>{words.trial}</p>}
      <p>
        {before}
        <Isolated mono>{account}</Isolated>
        {after}
      </p>
    </Note>
  );
}

function OpenBar({ desk }: { desk: OpenDesk }) {
  const words = useWords().authority.desk;
  const formats = useFormats();
  const { engine } = useSession();
  const queries = useQueryClient();
  const close = async () => {
    await engine.officer.closeDesk();
    queries.removeQueries({ queryKey: ["officer"] });
    await queries.invalidateQueries({ queryKey: ["officer"] });
  };
  const [before, account, after] = words.openedFor(formats.shortId(desk.officer));
  return (
    <div className={styles.bar}>
      <p>
        {before}
        <Isolated mono>{account}</Isolated>
        {after} · {words.openUntil(formats.time(new Date(desk.until * 1000)))}
      </p>
      <Button variant="default" onClick={() => void close()}>
        {words.close}
      </Button>
    </div>
  );
}
