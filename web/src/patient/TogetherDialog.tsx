/** Asks before parts move along with another: which they are, and why they go together. */
import { ConfirmDialog } from "../look/ConfirmDialog.tsx";
import { isolate } from "../look/isolate.ts";
import type { Side } from "../look/sides.ts";
import { useFormats, useWords } from "../words/useWords.ts";
import styles from "./TogetherDialog.module.css";

/** A move that takes others along. `positions` are all of them; `ties`: the first is shared only with the second. */
export type JointMove = {
  positions: readonly number[];
  to: Side;
  ties: readonly (readonly [number, number])[];
};

/** So many parts are named, and so many reasons. */
const mostTold = 12;

export type TogetherDialogProps = {
  /** Nothing is asked without one. */
  move: JointMove | undefined;
  labelOf: (position: number) => string;
  onConfirm: (move: JointMove) => void;
  onCancel: () => void;
};

export function TogetherDialog({ move, labelOf, onConfirm, onCancel }: TogetherDialogProps) {
  const { together: words, others } = useWords().patient.record;
  const formats = useFormats();
  const name = (position: number) => isolate(labelOf(position));
  const namesOf = (positions: readonly number[]) => {
    const more = positions.length - mostTold;
    const told = positions.slice(0, mostTold).map(name);
    return formats.list(more > 0 ? [...told, others(more)] : told);
  };
  const count = move?.positions.length ?? 0;
  return (
    <ConfirmDialog
      open={move !== undefined}
      title={words.title(count)}
      confirmLabel={words.confirm(count)}
      cancelLabel={words.cancel}
      onConfirm={() => move && onConfirm(move)}
      onCancel={onCancel}
    >
      {move && (
        <>
          <p>{words.lead[move.to](namesOf(move.positions))}</p>
          <p>{words.because}</p>
          <ul className={styles.ties}>
            {move.ties.slice(0, mostTold).map(([one, other]) => (
              <li key={`${one} ${other}`}>{words.tie(name(one), name(other))}</li>
            ))}
          </ul>
        </>
      )}
    </ConfirmDialog>
  );
}
