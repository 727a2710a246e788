import { Button } from "@mantine/core";
import { useFormats, useWords } from "../words/useWords.ts";
import styles from "./AccessList.module.css";
import { Isolated } from "./Isolated.tsx";
import { isolate } from "./isolate.ts";
import { SideBadge } from "./SideBadge.tsx";
import type { Side } from "./sides.ts";

/** Someone who may read now. */
export interface Access {
  readonly id: string;
  readonly who: string;
  /** Such as the account's short number, or the place they work at. */
  readonly detail?: string;
  /** "private" reads the whole record. */
  readonly side: Side;
  readonly since?: Date;
  readonly until?: Date;
  readonly purpose?: string;
}

export interface AccessListProps {
  people: readonly Access[];
  onRevoke?: ((id: string) => void) | undefined;
  onBlock?: ((id: string) => void) | undefined;
  /** Whose access is being changed now. */
  busy?: ReadonlySet<string>;
}

/** Who has access now, and until when. */
export function AccessList({ people, onRevoke, onBlock, busy }: AccessListProps) {
  const words = useWords().look.access;
  if (people.length === 0) return <p className={styles.empty}>{words.empty}</p>;
  return (
    <ul className={styles.list}>
      {people.map((one) => (
        <li key={one.id} className={styles.person} data-side={one.side}>
          <div className={styles.text}>
            <p className={styles.who}>
              <Isolated>{one.who}</Isolated>
            </p>
            {one.detail && (
              <p className={styles.detail}>
                <Isolated>{one.detail}</Isolated>
              </p>
            )}
            <p className={styles.reads}>
              <SideBadge side={one.side} /> {words.reads[one.side]}
            </p>
            {one.purpose && <p>{words.purpose(isolate(one.purpose))}</p>}
            <p className={styles.detail}>
              <Term access={one} />
            </p>
          </div>
          <div className={styles.actions}>
            {onBlock && (
              <Button
                variant="subtle"
                color="red"
                disabled={busy?.has(one.id) ?? false}
                aria-label={words.blockLabel(isolate(one.who))}
                onClick={() => onBlock(one.id)}
              >
                {words.block}
              </Button>
            )}
            {onRevoke && (
              <Button
                variant="default"
                loading={busy?.has(one.id) ?? false}
                aria-label={words.revokeLabel(isolate(one.who))}
                onClick={() => onRevoke(one.id)}
              >
                {words.revoke}
              </Button>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}

function Term({ access: { since, until } }: { access: Access }) {
  const words = useWords().look.access;
  const formats = useFormats();
  const end =
    until === undefined
      ? words.noEnd
      : until.getTime() <= Date.now()
        ? words.ended
        : words.until(formats.dateTime(until), formats.relative(until));
  return <>{words.term([...(since ? [words.since(formats.date(since))] : []), end])}</>;
}
