import { useDraggable } from "@dnd-kit/core";
import { IconGripVertical } from "@tabler/icons-react";
import { useWords } from "../words/useWords.ts";
import styles from "./DraggablePart.module.css";
import { isolate } from "./isolate.ts";
import { PartCard, type PartCardProps } from "./PartCard.tsx";

/** A card with a handle to drag it by: pointer, finger or keyboard. */
export function DraggablePart(props: PartCardProps) {
  const { part, onMove, busy = false } = props;
  const words = useWords().look.split;
  const disabled = busy || onMove === undefined || part.locked !== undefined;
  const { attributes, listeners, setNodeRef, setActivatorNodeRef, isDragging } = useDraggable({
    id: part.id,
    disabled,
    data: { side: part.side, label: part.label, asks: part.asks === true },
  });
  const handle = (
    <button
      type="button"
      ref={setActivatorNodeRef}
      className={styles.handle}
      aria-label={words.handle(isolate(part.label))}
      aria-describedby={attributes["aria-describedby"]}
      disabled={disabled}
      {...listeners}
    >
      <IconGripVertical size={20} aria-hidden />
    </button>
  );
  return (
    <div ref={setNodeRef} className={isDragging ? styles.away : undefined}>
      <PartCard {...props} dragHandle={handle} />
    </div>
  );
}
