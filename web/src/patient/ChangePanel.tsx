/** What a change would come to, before it is confirmed; then how far it is. */
import { Button, Group, Stack } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { failureOf } from "../engine/failures.ts";
import type { Preview, Shift, Wish } from "../engine/patientPreview.ts";
import type { RecordFacts } from "../engine/patientRecords.ts";
import { type AccessChange, ChangePreview } from "../look/ChangePreview.tsx";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { LoadingState } from "../look/LoadingState.tsx";
import { capitalise, type People } from "../record/people.ts";
import { ActProgress } from "../session/ActProgress.tsx";
import { useSession } from "../session/Session.tsx";
import { useAct } from "../session/useAct.ts";
import { useWords, type Words } from "../words/useWords.ts";

export type ChangePanelProps = {
  facts: RecordFacts;
  wish: Wish;
  people: People;
  labelOf: (position: number) => string;
  onWorking?: (working: boolean) => void;
  /** Told when nothing is asked any more; `done` when it was carried out. */
  onClose: (done: boolean) => void;
  confirmLabel?: string;
  workingLabel?: string;
};

/** Refusals that come before anything is done. */
const untouched = new Set(["home-locked", "version-moved"]);
/** So many parts are named; the rest is counted. */
const named = 8;

export function ChangePanel({ facts, people, labelOf, onWorking, onClose, ...given }: ChangePanelProps) {
  const all = useWords();
  const words = all.patient.record;
  const { engine } = useSession();
  const queries = useQueryClient();
  // What was shown is what is confirmed, whatever is published meanwhile, by the act itself too.
  const [{ wish, first, shown }] = useState({
    wish: given.wish,
    first: facts.rights === undefined,
    shown: facts.standing,
  });
  // From then on it is this act that changes how the record stands.
  const begun = useRef(false);
  const { id } = facts;
  const preview = useQuery({
    queryKey: ["patient", "preview", id, wish],
    queryFn: async () => ({
      preview: await engine.patient.preview(id, wish),
      gates: first ? await engine.patient.sidesWithoutGates() : [],
    }),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    gcTime: 0,
  });
  const act = useAct(async (actId) => {
    if (first && wish.shared !== undefined && wish.rights !== undefined)
      await engine.patient.publish(actId, id, wish.shared, wish.rights);
    else await engine.patient.change(actId, id, wish, begun.current ? undefined : shown);
    return true;
  });
  const moved = act.state === "failed" && act.failure.code === "version-moved" && !begun.current;
  if (act.state === "failed" && !untouched.has(act.failure.code)) begun.current = true;
  const begin = async () => {
    onWorking?.(true);
    const done = await act.run();
    await queries.invalidateQueries({
      queryKey: ["patient"],
      predicate: ({ queryKey }) => queryKey[1] !== "preview" && queryKey[1] !== "opened",
    });
    onWorking?.(false);
    if (done === true) onClose(true);
  };
  const confirmLabel = given.confirmLabel ?? (first ? words.publish.confirm : words.change.confirm);
  const workingLabel = given.workingLabel ?? (first ? words.publish.working : words.change.working);
  if (preview.isPending) return <LoadingState label={words.change.loading} />;
  if (preview.error) {
    const { code, message } = failureOf(preview.error);
    return <ErrorNote code={code} message={message} onDismiss={() => onClose(false)} />;
  }
  const { gains, loses, nothing } = preview.data.preview;
  const describe = (shifts: readonly Shift[]): AccessChange[] =>
    shifts.map(({ policy, positions }) => ({
      who: capitalise(people.sentenceOf(policy)),
      what: partsNamed(positions, facts.parts, labelOf, words.change),
    }));
  const blocked = preview.data.preview.blocked.map((account) => ({
    who: words.change.account(account),
    what: [words.change.all],
  }));
  const notes = notesOf(preview.data.preview, first, preview.data.gates.length > 0, wish, all);
  return (
    <Stack gap="md">
      <ChangePreview gains={describe(gains)} loses={[...describe(loses), ...blocked]} notes={notes} />
      {act.state === "idle" && (
        <Group gap="sm">
          <Button disabled={nothing} onClick={() => void begin()}>
            {confirmLabel}
          </Button>
          <Button variant="default" onClick={() => onClose(false)}>
            {all.look.cancel}
          </Button>
        </Group>
      )}
      <ActProgress
        act={act}
        label={workingLabel}
        onCancel={act.cancel}
        {...(moved ? {} : { onRetry: () => void begin() })}
        onDismiss={() => onClose(false)}
      />
    </Stack>
  );
}

type ChangeWords = Words["patient"]["record"]["change"];

function partsNamed(
  positions: readonly number[],
  count: number,
  labelOf: (position: number) => string,
  words: ChangeWords,
): string[] {
  if (positions.length === count) return [words.all];
  const shown = positions.slice(0, named).map(labelOf);
  return positions.length > named ? [...shown, words.and(positions.length - named)] : shown;
}

/** What to know before saying yes, a sentence each. */
function notesOf(preview: Preview, first: boolean, gates: boolean, wish: Wish, { patient }: Words): string[] {
  const { change, publish } = patient.record;
  if (preview.nothing) return [change.nothing];
  const { encrypted, grantsEnd, purposes, entries, gains, loses, blocked } = preview;
  return [
    ...(encrypted.length === 0
      ? []
      : [first ? publish.encrypted(encrypted.length) : change.encrypted(encrypted.length)]),
    ...grantsEnd.map((side) => change.grantsEnd[side]),
    ...purposes.map((side) => change.purposes[side]),
    ...(wish.reopen !== undefined && wish.reopen.length > 0 ? [change.closedNote] : []),
    ...(gates ? [publish.gates] : []),
    change.entries(entries.storage, entries.shared),
    ...(gates ? [publish.gateEntries] : []),
    ...(loses.length + blocked.length > 0 ? [change.kept] : []),
    ...(gains.length > 0 ? [change.lasting] : []),
  ];
}
