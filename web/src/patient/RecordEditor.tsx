/** The two sides of a record, moved and confirmed; its rules; storing it for the first time. */
import { Button, Group, Stack } from "@mantine/core";
import { envelopeLabel } from "diptych/record";
import { useMemo, useState } from "react";
import type { OpenedRecord } from "../engine/patientOpening.ts";
import type { RecordFacts } from "../engine/patientRecords.ts";
import { Note } from "../look/Note.tsx";
import { Panel } from "../look/Panel.tsx";
import { SplitPage, type SplitPart } from "../look/SplitPage.tsx";
import { partName } from "../record/partName.ts";
import { usePeople } from "../record/people.ts";
import { useFormats, useWords } from "../words/useWords.ts";
import { ChangePanel } from "./ChangePanel.tsx";
import { type Draft, useDraft } from "./draft.ts";
import { alongWith, type Lock, movesOf, type PlacedPart, tiesWithin } from "./moving.ts";
import { PartDialog } from "./PartDialog.tsx";
import styles from "./RecordEditor.module.css";
import { RulesPanel } from "./RulesPanel.tsx";
import { type JointMove, TogetherDialog } from "./TogetherDialog.tsx";

export type RecordEditorProps = {
  facts: RecordFacts;
  opened: OpenedRecord | undefined;
  usual: readonly number[];
};

export function RecordEditor({ facts, opened, usual }: RecordEditorProps) {
  const words = useWords().patient.record;
  const draft = useDraft(facts, usual);
  const people = usePeople(draft.rights.full, draft.rights.shared);
  const labelOf = useLabels(facts);
  const [shown, setShown] = useState<number>();
  const [joint, setJoint] = useState<JointMove>();
  // What is looked at before it is confirmed: while it is carried out, a first publish comes to look like a change.
  const [looking, setLooking] = useState<"publish" | "change">();
  const [working, setWorking] = useState(false);
  const [done, setDone] = useState<string>();
  const parts = useParts(facts, opened, draft, labelOf);
  const first = facts.rights === undefined;
  const changed = useMemo(() => new Set(draft.moved.map(String)), [draft.moved]);
  // While it is carried out, what stands comes to be what is wanted.
  const pending = looking !== undefined || first || draft.moved.length > 0 || draft.rightsChanged;
  const closed =
    facts.state === "closed" || facts.views.full?.closed === true || facts.views.shared?.closed === true;
  return (
    <Stack gap="lg">
      {first && (
        <Note title={words.publish.title}>
          <p>{words.publish.lead}</p>
        </Note>
      )}
      <SplitPage
        {...(first ? { heading: words.publish.sides } : {})}
        parts={parts}
        readers={{
          private: people.groupsOf(draft.rights.full),
          shared: people.groupsOf(draft.rights.shared),
        }}
        changed={first ? nothing : changed}
        busy={working}
        {...(opened === undefined ? {} : { onOpen: (part: string) => setShown(Number(part)) })}
        onMove={(part, to) => {
          setLooking(undefined);
          setDone(undefined);
          const along = alongWith(Number(part), placedOf(facts, draft.shared), facts.ceas);
          const positions = [Number(part), ...along].sort((a, b) => a - b);
          if (along.length === 0) draft.move(positions, to);
          else setJoint({ positions, to, ties: tiesWithin(positions, facts.ceas) });
        }}
      />
      <TogetherDialog
        move={joint}
        labelOf={labelOf}
        onCancel={() => setJoint(undefined)}
        onConfirm={({ positions, to }) => {
          setJoint(undefined);
          draft.move(positions, to);
        }}
      />
      <RulesPanel
        facts={facts}
        draft={draft}
        people={people}
        busy={working}
        onEdit={() => setLooking(undefined)}
      />
      {pending && (
        <Panel title={first ? words.publish.check : title(draft.moved.length, words.change)}>
          {looking === undefined && (
            <>
              {!first && <p className={styles.hint}>{words.change.barHint}</p>}
              <Group gap="sm">
                <Button
                  disabled={draft.fault !== undefined}
                  onClick={() => setLooking(first ? "publish" : "change")}
                >
                  {first ? words.publish.look : words.change.look}
                </Button>
                {!first && (
                  <Button variant="default" onClick={draft.undo}>
                    {words.change.undo}
                  </Button>
                )}
              </Group>
            </>
          )}
          {looking !== undefined && (
            <ChangePanel
              facts={facts}
              wish={closed ? { ...draft.wish, reopen: closedViews(facts) } : draft.wish}
              people={people}
              labelOf={labelOf}
              onWorking={setWorking}
              onClose={(isDone) => {
                setLooking(undefined);
                if (!isDone) return;
                draft.undo();
                setDone(words[looking].done);
              }}
            />
          )}
        </Panel>
      )}
      {done !== undefined && <Note tone="good" role="status" title={done} />}
      {shown !== undefined && (
        <PartDialog
          id={facts.id}
          position={shown}
          label={labelOf(shown)}
          onClose={() => setShown(undefined)}
        />
      )}
    </Stack>
  );
}

const nothing: ReadonlySet<string> = new Set();

function title(moved: number, words: { bar: (n: number) => string; bar0: string }): string {
  return moved === 0 ? words.bar0 : words.bar(moved);
}

/** Views that stand closed: a change publishes them again. */
export function closedViews({ views }: Pick<RecordFacts, "views">): ("full" | "shared")[] {
  return (["full", "shared"] as const).filter((view) => views[view]?.closed === true);
}

/** Names of parts as people call them. */
function useLabels({ sides }: RecordFacts): (position: number) => string {
  const words = useWords();
  return useMemo(() => {
    const labels = new Map(sides.map(({ position, label }) => [position, label]));
    return (position) => {
      return partName(labels.get(position) ?? "", words);
    };
  }, [sides, words]);
}

/** So many parts are named on a card; the rest is counted. */
const named = 6;

function placedOf({ sides }: RecordFacts, shared: readonly number[]): PlacedPart[] {
  const here = new Set(shared);
  return sides.map(({ position, label }) => ({
    position,
    label,
    side: here.has(position) ? "shared" : "private",
  }));
}

function useParts(
  facts: RecordFacts,
  opened: OpenedRecord | undefined,
  { shared, moved }: Draft,
  labelOf: (position: number) => string,
): SplitPart[] {
  const words = useWords().patient.record;
  const formats = useFormats();
  return useMemo(() => {
    const placed = placedOf(facts, shared);
    const moves = movesOf(placed, facts.ceas);
    const back = new Set(moved);
    const summaries = new Map(opened?.summaries.map(({ position, summary }) => [position, summary]));
    const names = (positions: readonly number[]) => {
      const more = positions.length - named;
      const told = positions.slice(0, named).map(labelOf);
      return formats.list(more > 0 ? [...told, words.others(more)] : told);
    };
    const say = (lock: Lock) =>
      lock.kind === "needs" || lock.kind === "needed"
        ? words.locks[lock.kind](names(lock.others))
        : words.locks[lock.kind];
    const needs = new Map<number, number[]>();
    for (const { position, needs: other } of facts.ceas.implications)
      needs.set(position, [...(needs.get(position) ?? []), other]);
    return placed.map(({ position, label, side }) => {
      const { along, lock: found } = moves.get(position)!;
      // What was moved and isn't saved can always go back, even as the last one.
      const isLast = found?.kind === "lastShared" || found?.kind === "lastPrivate";
      const lock = isLast && back.has(position) ? undefined : found;
      const summary = label === envelopeLabel ? undefined : summaries.get(position);
      const others = needs.get(position);
      return {
        id: String(position),
        label: labelOf(position),
        side,
        ...(summary ? { summary } : {}),
        ...(lock === undefined ? {} : { locked: say(lock) }),
        ...(along.length > 0 && lock === undefined
          ? { note: words.movesWith(names(along)), asks: true }
          : others !== undefined
            ? { note: words.goesWith(names(others)) }
            : {}),
      };
    });
  }, [facts, opened, shared, moved, labelOf, words, formats]);
}
