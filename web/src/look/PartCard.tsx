import { Button } from "@mantine/core";
import { IconArrowsLeftRight, IconLink } from "@tabler/icons-react";
import type { ReactNode, Ref } from "react";
import { useWords } from "../words/useWords.ts";
import { Isolated } from "./Isolated.tsx";
import { isolate } from "./isolate.ts";
import styles from "./PartCard.module.css";
import { otherSide, type Side } from "./sides.ts";

/** A part of a record as cards show it. */
export interface SplitPart {
  readonly id: string;
  readonly label: string;
  /** The first words of what it says. */
  readonly summary?: string;
  readonly side: Side;
  /** Why it can't be moved. */
  readonly locked?: string;
  /** Something to know about it, such as "goes with Symptoms". */
  readonly note?: string;
  /** The page asks something before it moves. */
  readonly asks?: boolean;
}

export interface PartCardProps {
  part: SplitPart;
  /** Moved, and not saved yet. */
  changed?: boolean;
  /** Without it the card can't be moved. */
  onMove?: ((id: string, to: Side) => void) | undefined;
  onOpen?: ((id: string) => void) | undefined;
  busy?: boolean;
  /** What the card can be dragged by. */
  dragHandle?: ReactNode;
  dragging?: boolean;
  moveRef?: Ref<HTMLButtonElement>;
  /** What the part says, where it is open. */
  children?: ReactNode;
}

/** One part of a record. */
export function PartCard(props: PartCardProps) {
  const {
    part,
    changed = false,
    onMove,
    onOpen,
    busy = false,
    dragHandle,
    dragging,
    moveRef,
    children,
  } = props;
  const words = useWords().look.split;
  const to = otherSide(part.side);
  const movable = onMove !== undefined && part.locked === undefined;
  return (
    <div className={styles.card} data-side={part.side} data-changed={changed} data-dragging={dragging}>
      <div className={styles.head}>
        {movable && dragHandle}
        <div className={styles.text}>
          <p className={styles.label}>
            <Isolated>{part.label}</Isolated>
          </p>
          {part.summary && (
            <p className={styles.summary}>
              <Isolated>{part.summary}</Isolated>
            </p>
          )}
          {changed && <p className={styles.changed}>{words.moved}</p>}
          {part.note && <p className={styles.note}>{part.note}</p>}
          {part.locked !== undefined && (
            <p className={styles.note}>
              <IconLink size={16} aria-hidden className={styles.noteIcon} />
              {words.lockedBecause(part.locked)}
            </p>
          )}
        </div>
      </div>
      {children}
      {(movable || onOpen !== undefined) && (
        <div className={styles.actions}>
          {onOpen && (
            <Button
              variant="subtle"
              px="xs"
              aria-label={words.openLabel(isolate(part.label))}
              onClick={() => onOpen(part.id)}
            >
              {words.open}
            </Button>
          )}
          {movable && (
            <Button
              variant="default"
              px="sm"
              ref={moveRef}
              disabled={busy}
              leftSection={<IconArrowsLeftRight size={18} aria-hidden />}
              aria-label={words.moveLabel(isolate(part.label), to)}
              onClick={() => onMove(part.id, to)}
            >
              {words.moveTo[to]}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}
