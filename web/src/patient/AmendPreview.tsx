/** What a correction would change, before it is taken; then how far it is. */
import { Button, Group, Stack } from "@mantine/core";
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import type { AmendmentEffect } from "../engine/amendmentPreview.ts";
import { failureOf } from "../engine/failures.ts";
import type { Correction } from "../engine/patientAmending.ts";
import type { RecordFacts } from "../engine/patientRecords.ts";
import { ChangePreview } from "../look/ChangePreview.tsx";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { isolate } from "../look/isolate.ts";
import { LoadingState } from "../look/LoadingState.tsx";
import { Note } from "../look/Note.tsx";
import { partName } from "../record/partName.ts";
import { capitalise, usePeople } from "../record/people.ts";
import { ActProgress } from "../session/ActProgress.tsx";
import { useSession } from "../session/Session.tsx";
import { useAct } from "../session/useAct.ts";
import { useFormats, useWords, type Words } from "../words/useWords.ts";
import { AmendedParts } from "./AmendedParts.tsx";

export type AmendPreviewProps = {
  facts: RecordFacts;
  correction: Correction;
  onWorking: (working: boolean) => void;
  /** Told when nothing is asked any more. */
  onClose: (outcome?: "taken" | "refused") => void;
};

/** Refusals that come before anything is done. */
const untouched = new Set(["home-locked", "version-moved"]);

export function AmendPreview({ facts: given, correction, onWorking, onClose }: AmendPreviewProps) {
  const all = useWords();
  const words = all.patient.amend;
  const formats = useFormats();
  const { engine } = useSession();
  const queries = useQueryClient();
  // What was shown is what is confirmed: while it is taken the record comes to stand as it says.
  const [facts] = useState(given);
  const [wanted, setWanted] = useState<readonly number[]>([]);
  const begun = useRef(false);
  const people = usePeople(facts.rights?.full ?? "", facts.rights?.shared ?? "");
  const nameOf = useNamesWith(facts, correction);
  const { id } = facts;
  // It takes the place of the field that the file was brought to.
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const preview = useQuery({
    queryKey: ["patient", "preview", id, correction.revision, wanted],
    queryFn: () => engine.amending.preview(id, wanted),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    gcTime: 0,
    placeholderData: keepPreviousData,
  });
  const act = useAct(async (actId, share: readonly number[]) => {
    await engine.amending.take(actId, id, share, begun.current ? undefined : correction.standing);
    return true;
  });
  const moved = act.state === "failed" && act.failure.code === "version-moved" && !begun.current;
  if (act.state === "failed" && !untouched.has(act.failure.code)) begun.current = true;
  const take = async (share: readonly number[]) => {
    onWorking(true);
    const done = await act.run(share);
    await queries.invalidateQueries({
      queryKey: ["patient"],
      predicate: ({ queryKey }) => queryKey[1] !== "preview" && queryKey[1] !== "opened",
    });
    onWorking(false);
    if (done === true) onClose("taken");
  };
  const effect = preview.data;
  const failure = preview.error && failureOf(preview.error);
  const idle = act.state === "idle";
  return (
    <Stack gap="md">
      <h3 ref={heading} tabIndex={-1}>
        {words.look.title(formats.number(correction.revision))}
      </h3>
      <div>
        <p>
          {words.look.signed(
            isolate(correction.by.name),
            formats.dateTime(new Date(correction.signed * 1000)),
          )}
        </p>
        {correction.otherDoctor && <p>{words.look.otherDoctor}</p>}
      </div>
      <AmendedParts
        id={id}
        correction={correction}
        nameOf={nameOf}
        {...(facts.rights !== undefined && effect && idle
          ? { share: effect.share, fixed: effect.fixed, onShare: setWanted }
          : {})}
      />
      {preview.isPending && <LoadingState label={words.look.loading} />}
      {failure && <ErrorNote code={failure.code} message={failure.message} onDismiss={() => onClose()} />}
      {effect && (
        <ChangePreview
          gains={effect.gains.map(({ policy, positions }) => ({
            who: capitalise(people.sentenceOf(policy)),
            what: positions.map(nameOf),
          }))}
          loses={[]}
          notes={notesOf(facts, correction, effect, all)}
        />
      )}
      {effect && <MisplacedNote effect={effect} nameOf={nameOf} />}
      {effect && idle && (
        <Group gap="sm">
          <Button disabled={isMisplaced(effect)} onClick={() => void take(effect.share)}>
            {words.take}
          </Button>
          <Button variant="default" onClick={() => onClose("refused")}>
            {words.refuse}
          </Button>
        </Group>
      )}
      {effect && (
        <ActProgress
          act={act}
          label={words.taking}
          onCancel={act.cancel}
          {...(moved ? {} : { onRetry: () => void take(effect.share) })}
          onDismiss={() => onClose()}
        />
      )}
    </Stack>
  );
}

/** What parts are called, those that a correction brings among them. */
function useNamesWith({ sides }: RecordFacts, { parts }: Correction): (position: number) => string {
  const words = useWords();
  return useMemo(() => {
    const labels = new Map([...sides, ...parts].map(({ position, label }) => [position, label]));
    return (position) => partName(labels.get(position) ?? "", words);
  }, [sides, parts, words]);
}

function isMisplaced({ misplaced: { toShared, toPrivate } }: AmendmentEffect): boolean {
  return toShared.length + toPrivate.length > 0;
}

/** The doctor's new rule forbids where old parts stand: moving them is a change of its own, with people who lose something. */
function MisplacedNote({
  effect,
  nameOf,
}: {
  effect: AmendmentEffect;
  nameOf: (position: number) => string;
}) {
  const words = useWords().patient.amend.look;
  const formats = useFormats();
  if (!isMisplaced(effect)) return null;
  const { toShared, toPrivate } = effect.misplaced;
  const names = (positions: readonly number[]) =>
    formats.list(positions.map((position) => isolate(nameOf(position))));
  return (
    <Note tone="warn" role="status" title={words.misplaced}>
      {toPrivate.length > 0 && <p>{words.toPrivate(names(toPrivate))}</p>}
      {toShared.length > 0 && <p>{words.toShared(names(toShared))}</p>}
      <p>{words.again}</p>
    </Note>
  );
}

/** What to know before saying yes, a sentence each. */
function notesOf(
  { rights, views }: RecordFacts,
  { parts, untouched: same, newRule }: Correction,
  { entries, gains }: AmendmentEffect,
  { patient }: Words,
): string[] {
  const { look, notes } = patient.amend;
  const { change } = patient.record;
  const closed = Object.values(views).some((view) => view.closed);
  const old = parts.some((part) => part.change !== "new");
  return [
    ...(same === 0 ? [] : [look.untouched(same)]),
    ...(newRule ? [look.newRule] : []),
    ...(rights === undefined
      ? [notes.unstored]
      : [
          ...(old ? [notes.readers, notes.kept] : []),
          ...(closed ? [change.closedNote] : []),
          ...(parts.length === 0 ? [] : [notes.encrypted(parts.length)]),
          change.entries(entries.storage, entries.shared),
          ...(gains.length > 0 ? [change.lasting] : []),
        ]),
  ];
}
