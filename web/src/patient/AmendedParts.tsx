/** The parts that a correction changes: what each said and would say, and on which side new ones would stand. */
import { Button, Checkbox } from "@mantine/core";
import { useState } from "react";
import type { CorrectedPart, Correction } from "../engine/patientAmending.ts";
import { Isolated } from "../look/Isolated.tsx";
import { isolate } from "../look/isolate.ts";
import lines from "../look/lines.module.css";
import { ShowMore } from "../look/ShowMore.tsx";
import { useWords } from "../words/useWords.ts";
import { AmendedPartDialog } from "./AmendedPartDialog.tsx";
import styles from "./AmendedParts.module.css";

export type AmendedPartsProps = {
  id: string;
  correction: Correction;
  nameOf: (position: number) => string;
  /** New parts on the shared side; left out while there is nothing to choose. */
  share?: readonly number[];
  /** New parts of which there is no choice. */
  fixed?: readonly number[];
  onShare?: (share: readonly number[]) => void;
};

export function AmendedParts({ id, correction, nameOf, share, fixed = [], onShare }: AmendedPartsProps) {
  const words = useWords().patient.amend.look;
  const [shown, setShown] = useState<CorrectedPart>();
  const { parts } = correction;
  if (parts.length === 0) return null;
  const choose = (position: number, wanted: boolean) => {
    const others = (share ?? []).filter((each) => each !== position);
    onShare?.(wanted ? [...others, position] : others);
  };
  return (
    <div>
      <p className={styles.count}>{words.parts(parts.length)}</p>
      <ShowMore
        items={parts}
        keyOf={({ position }) => position}
        list={(items) => <ul className={lines.list}>{items}</ul>}
      >
        {(part) => {
          const { position, change } = part;
          const name = nameOf(position);
          // A choice that can't be made isn't shown; one that is made already is.
          const mayStand = !fixed.includes(position) || share?.includes(position) === true;
          const action = change === "new" ? words.read : words.compare;
          return (
            <li className={lines.line}>
              <div className={lines.what}>
                <span className={lines.name}>
                  <Isolated>{name}</Isolated> <span className={styles.change}>{words.change[change]}</span>
                </span>
                <Saying part={part} />
                {change === "new" && share !== undefined && mayStand && (
                  <Checkbox
                    label={words.sharing(isolate(name))}
                    checked={share.includes(position)}
                    disabled={fixed.includes(position)}
                    onChange={(event) => choose(position, event.currentTarget.checked)}
                  />
                )}
              </div>
              <Button
                variant="default"
                aria-label={words.labelled(action, isolate(name))}
                onClick={() => setShown(part)}
              >
                {action}
              </Button>
            </li>
          );
        }}
      </ShowMore>
      {shown && (
        <AmendedPartDialog
          id={id}
          part={shown}
          name={nameOf(shown.position)}
          onClose={() => setShown(undefined)}
        />
      )}
    </div>
  );
}

/** The first words of what stood there and of what would. */
function Saying({ part: { change, before, after } }: { part: CorrectedPart }) {
  const words = useWords().patient.amend.look;
  if (change === "new") return after === "" ? null : <Isolated>{after}</Isolated>;
  return (
    <dl className={styles.sayings}>
      {before !== undefined && before !== "" && (
        <div>
          <dt>{words.before}</dt>
          <dd>
            <Isolated>{before}</Isolated>
          </dd>
        </div>
      )}
      <div>
        <dt>{words.after}</dt>
        <dd>{change === "struck" ? words.struck : <Isolated>{after}</Isolated>}</dd>
      </div>
    </dl>
  );
}
