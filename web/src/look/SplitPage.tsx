import { DndContext, type DragEndEvent, DragOverlay, type DragStartEvent } from "@dnd-kit/core";
import { TextInput, VisuallyHidden } from "@mantine/core";
import { useEffect, useId, useMemo, useRef, useState } from "react";
import { useWords } from "../words/useWords.ts";
import { DraggablePart } from "./DraggablePart.tsx";
import { findSide, useSideSensors } from "./dragging.ts";
import { isolate } from "./isolate.ts";
import { PartCard, type SplitPart } from "./PartCard.tsx";
import styles from "./SplitPage.module.css";
import { SplitSide } from "./SplitSide.tsx";
import type { Side } from "./sides.ts";
import { useMoveAnnouncements } from "./useMoveAnnouncements.ts";

export type { SplitPart } from "./PartCard.tsx";

export interface SplitPageProps {
  parts: readonly SplitPart[];
  /** Who reads each side, a sentence or name each; nobody: "Nobody but you". */
  readers: Record<Side, readonly string[]>;
  /** Without it the page shows, and nothing moves. The caller changes `parts`. */
  onMove?: ((id: string, to: Side) => void) | undefined;
  onOpen?: ((id: string) => void) | undefined;
  /** Parts that were moved and aren't saved. */
  changed?: ReadonlySet<string>;
  busy?: boolean;
  /** The h2 above; "Your record" unless told. */
  heading?: string;
}

/** A move that was asked for and hasn't come about yet. */
type Moving = { id: string; to: Side; byButton: boolean };

/** From here on a field to find a part helps. */
const MANY = 12;

/**
 * The record as a page of two hinged leaves: what stays private, what is shared, and who reads which. Parts move from one
 * to the other by pointer, by finger, by keyboard, or by a plain button; every move is announced.
 */
export function SplitPage(props: SplitPageProps) {
  const { parts, readers, onMove, onOpen, changed, busy = false, heading } = props;
  const words = useWords().look.split;
  const sensors = useSideSensors();
  const announcements = useMoveAnnouncements();
  const [dragged, setDragged] = useState<SplitPart>();
  const [wanted, setWanted] = useState("");
  const [told, setTold] = useState("");
  const moving = useRef<Moving>(undefined);
  const before = useRef(parts);
  const moveButton = useRef<HTMLButtonElement>(null);
  const id = useId();

  const bySide = useMemo(() => {
    const find = wanted.trim().toLocaleLowerCase();
    const fits = (part: SplitPart) => find === "" || part.label.toLocaleLowerCase().includes(find);
    const of = (side: Side) => {
      const all = parts.filter((part) => part.side === side);
      return { shown: all.filter(fits), total: all.length };
    };
    return { private: of("private"), shared: of("shared") };
  }, [parts, wanted]);

  // Tells what moved, others that went along too; a card that a button moved takes the focus along to where it stands now.
  useEffect(() => {
    const sides = new Map(before.current.map((part) => [part.id, part.side]));
    before.current = parts;
    const move = moving.current;
    if (move === undefined || !parts.some((part) => part.id === move.id && part.side === move.to)) return;
    moving.current = undefined;
    const went = parts.filter((part) => part.side === move.to && sides.get(part.id) !== move.to);
    setTold(went.map((part) => words.dropped(isolate(part.label), move.to)).join(" "));
    if (move.byButton) moveButton.current?.focus();
  }, [parts, words]);

  const moveByButton = (partId: string, to: Side) => {
    moving.current = { id: partId, to, byButton: true };
    setTold("");
    onMove?.(partId, to);
  };
  const start = ({ active }: DragStartEvent) => {
    moving.current = undefined;
    setDragged(parts.find((part) => part.id === active.id));
  };
  const end = ({ active, over }: DragEndEvent) => {
    const part = parts.find((one) => one.id === active.id);
    setDragged(undefined);
    if (!part || !over || over.id === part.side) return;
    const to = over.id as Side;
    // Drags announce themselves, but for what is asked first.
    if (part.asks) moving.current = { id: part.id, to, byButton: false };
    onMove?.(part.id, to);
  };
  const drawCard = (part: SplitPart) => (
    <DraggablePart
      part={part}
      changed={changed?.has(part.id) ?? false}
      busy={busy}
      onMove={onMove && moveByButton}
      onOpen={onOpen}
      {...(moving.current?.id === part.id ? { moveRef: moveButton } : {})}
    />
  );

  return (
    <section className={styles.page} aria-labelledby={id} aria-busy={busy}>
      <h2 id={id}>{heading ?? words.heading}</h2>
      {parts.length > MANY && (
        <TextInput
          type="search"
          label={words.find}
          className={styles.find}
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
      )}
      <DndContext
        sensors={sensors}
        collisionDetection={findSide}
        onDragStart={start}
        onDragEnd={end}
        onDragCancel={() => setDragged(undefined)}
        accessibility={{ announcements, screenReaderInstructions: { draggable: words.instructions } }}
      >
        <div className={styles.leaves}>
          {(["private", "shared"] as const).map((side) => (
            <SplitSide
              key={side}
              side={side}
              parts={bySide[side].shown}
              total={bySide[side].total}
              readers={readers[side]}
              headingId={id}
              drawCard={drawCard}
            />
          ))}
          <div className={styles.hinge} aria-hidden="true">
            <span />
            <span />
          </div>
        </div>
        <DragOverlay dropAnimation={null}>{dragged && <PartCard part={dragged} dragging />}</DragOverlay>
      </DndContext>
      <VisuallyHidden role="status">{told}</VisuallyHidden>
    </section>
  );
}
