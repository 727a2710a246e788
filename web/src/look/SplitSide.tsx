import { useDroppable } from "@dnd-kit/core";
import { Button } from "@mantine/core";
import { type ReactNode, useId, useState } from "react";
import { useWords } from "../words/useWords.ts";
import { Isolated } from "./Isolated.tsx";
import type { SplitPart } from "./PartCard.tsx";
import { sideIcons } from "./SideBadge.tsx";
import styles from "./SplitSide.module.css";
import type { Side } from "./sides.ts";

/** So many cards are drawn at first, and so many more each time: records may have tens of thousands of parts. */
const STEP = 20;

export interface SplitSideProps {
  side: Side;
  parts: readonly SplitPart[];
  /** How many parts stand here when nothing is filtered. */
  total: number;
  readers: readonly string[];
  /** The id of the page's heading: the side is named after both. */
  headingId: string;
  drawCard: (part: SplitPart) => ReactNode;
}

/** One leaf of the split page. */
export function SplitSide({ side, parts, total, readers, headingId, drawCard }: SplitSideProps) {
  const { sides, split } = useWords().look;
  const { setNodeRef, isOver } = useDroppable({ id: side });
  const [limit, setLimit] = useState(STEP);
  const id = useId();
  const Icon = sideIcons[side];
  const shown = parts.slice(0, limit);
  return (
    <section
      ref={setNodeRef}
      className={styles.side}
      data-side={side}
      data-over={isOver}
      aria-labelledby={`${headingId} ${id}`}
    >
      <div className={styles.head}>
        <Icon size={24} aria-hidden className={styles.icon} />
        <h3 id={id}>{sides[side]}</h3>
        <span className={styles.count}>{split.count(total)}</span>
      </div>
      <div className={styles.readers}>
        <p className={styles.readBy}>{split.readBy}</p>
        <ul>
          {(readers.length > 0 ? readers : [split.nobody]).map((reader) => (
            <li key={reader}>
              <Isolated>{reader}</Isolated>
            </li>
          ))}
        </ul>
      </div>
      {shown.length > 0 ? (
        <ul className={styles.cards}>
          {shown.map((part) => (
            <li key={part.id}>{drawCard(part)}</li>
          ))}
        </ul>
      ) : (
        <p className={styles.none}>{total > 0 ? split.noMatch : split.empty[side]}</p>
      )}
      {parts.length > shown.length && (
        <Button variant="default" onClick={() => setLimit(limit + STEP)}>
          {split.showMore(Math.min(STEP, parts.length - shown.length))}
        </Button>
      )}
      {isOver && (
        <p className={styles.drop} aria-hidden="true">
          {split.dropHere}
        </p>
      )}
    </section>
  );
}
