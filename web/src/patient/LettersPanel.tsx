/** Invitations that are out, and the records that came for them: through the letterbox, or as a file. */
import { Button, Stack } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import type { Invitation, Waiting } from "../engine/patientLetters.ts";
import { ConfirmDialog } from "../look/ConfirmDialog.tsx";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { FileDrop } from "../look/FileDrop.tsx";
import { isolate } from "../look/isolate.ts";
import { Note } from "../look/Note.tsx";
import { Panel } from "../look/Panel.tsx";
import { ActProgress } from "../session/ActProgress.tsx";
import { useSession } from "../session/Session.tsx";
import { useAct } from "../session/useAct.ts";
import { useTrying } from "../session/useTrying.ts";
import { useFormats, useWords } from "../words/useWords.ts";
import { InvitationCode } from "./InvitationCode.tsx";

/** The longest record that a file brings in: 256 MB and its seal. */
const longestFile = 270_000_000;

/** Invitations that are out. */
export function useInvitations() {
  const { engine } = useSession();
  return useQuery({ queryKey: ["patient", "invitations"], queryFn: () => engine.patient.invitations() });
}

export function LettersPanel() {
  const words = useWords().patient.invitation;
  const { engine } = useSession();
  const invitations = useInvitations();
  const pending = invitations.data ?? [];
  const letters = useQuery({
    queryKey: ["patient", "letters"],
    queryFn: () => engine.patient.letters(),
    enabled: pending.length > 0,
    refetchInterval: 5_000,
  });
  if (pending.length === 0) return null;
  return (
    <Panel title={words.pending}>
      <Stack gap="lg">
        {letters.error && <Note tone="warn" title={words.lettersFailed} />}
        {pending.map((each) => (
          <PendingInvitation
            key={each.id}
            invitation={each}
            letters={(letters.data ?? []).filter(({ invitationId }) => invitationId === each.id)}
          />
        ))}
        <RecordFile />
      </Stack>
    </Panel>
  );
}

function PendingInvitation({ invitation, letters }: { invitation: Invitation; letters: readonly Waiting[] }) {
  const words = useWords().patient.invitation;
  const formats = useFormats();
  const { engine } = useSession();
  const queries = useQueryClient();
  const [shown, setShown] = useState(false);
  const [withdrawing, setWithdrawing] = useState(false);
  const { id, nickname, made } = invitation;
  const { busy, failure, trying, forgive } = useTrying();
  const withdraw = () =>
    trying(async () => {
      await engine.patient.withdrawInvitation(id);
      setWithdrawing(false);
      await queries.invalidateQueries({ queryKey: ["patient"] });
    });
  const name = nickname === undefined ? words.unnamed : words.pendingOf(isolate(nickname));
  return (
    <Stack gap="sm">
      <div>
        <h3>{name}</h3>
        <p>{words.made(formats.relative(new Date(made)))}</p>
      </div>
      {letters.map((letter) => (
        <Letter key={letter.id} letter={letter} />
      ))}
      {letters.length === 0 && <p role="status">{words.noLetters}</p>}
      <Button.Group>
        <Button
          variant="default"
          aria-expanded={shown}
          aria-label={words.labelled(shown ? words.hide : words.show, name)}
          onClick={() => setShown(!shown)}
        >
          {shown ? words.hide : words.show}
        </Button>
        <Button
          variant="default"
          aria-label={words.labelled(words.withdraw, name)}
          onClick={() => setWithdrawing(true)}
        >
          {words.withdraw}
        </Button>
      </Button.Group>
      {shown && <InvitationCode invitation={invitation} />}
      <ConfirmDialog
        open={withdrawing}
        title={words.withdrawTitle}
        can={words.withdrawCan}
        cannot={words.withdrawCannot}
        confirmLabel={words.withdrawConfirm}
        busy={busy}
        error={failure && <ErrorNote code={failure.code} message={failure.message} />}
        onConfirm={() => void withdraw()}
        onCancel={() => {
          setWithdrawing(false);
          forgive();
        }}
      />
    </Stack>
  );
}

function useArrival(): (id: string | undefined) => Promise<void> {
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  return async (id) => {
    if (id === undefined) return;
    await queries.invalidateQueries({ queryKey: ["patient"] });
    navigate(`/patient/records/${id}`);
  };
}

function Letter({ letter }: { letter: Waiting }) {
  const words = useWords().patient.invitation;
  const formats = useFormats();
  const { engine } = useSession();
  const arrive = useArrival();
  const taking = useAct((actId) => engine.patient.takeLetter(actId, letter));
  const take = async () => arrive(await taking.run());
  return (
    <Note
      tone="good"
      role="status"
      title={words.letters}
      actions={taking.state === "idle" && <Button onClick={() => void take()}>{words.take}</Button>}
    >
      <p>
        {words.letterFrom(formats.relative(new Date(letter.time * 1000)), formats.bytes(letter.size))}{" "}
        {words.letterUntil(formats.date(new Date(letter.until * 1000)))}
      </p>
      <ActProgress act={taking} label={words.taking} onRetry={() => void take()} />
    </Note>
  );
}

function RecordFile() {
  const words = useWords().patient.invitation;
  const { engine } = useSession();
  const arrive = useArrival();
  const taking = useAct((actId, file: Uint8Array) => engine.patient.takeFile(actId, file));
  const take = async (file: File) => arrive(await taking.run(new Uint8Array(await file.arrayBuffer())));
  return (
    <Stack gap="sm">
      <h3>{words.dropTitle}</h3>
      <FileDrop
        label={words.drop}
        hint={words.dropHint}
        maxBytes={longestFile}
        busy={taking.state === "running"}
        onFile={(file) => void take(file)}
      />
      <ActProgress act={taking} label={words.taking} onDismiss={taking.reset} />
    </Stack>
  );
}
