import { IconHourglass, IconRosetteDiscountCheck, IconShieldX } from "@tabler/icons-react";
import { useFormats, useWords } from "../words/useWords.ts";
import { Isolated } from "./Isolated.tsx";
import styles from "./SignedMark.module.css";

/** What is known of a record's signature. */
export type SignedState =
  | { kind: "checking" }
  | { kind: "unchanged"; by: string; on: Date }
  | { kind: "untrusted"; reason: string; by?: string };

/** Who signed a record, when, and whether it stands unchanged. Says "unchanged" only when told so by what verified it. */
export function SignedMark({ state }: { state: SignedState }) {
  const words = useWords().look.signed;
  const formats = useFormats();
  if (state.kind === "checking")
    return (
      <div className={styles.mark} data-kind="checking" role="status">
        <IconHourglass size={28} aria-hidden />
        <p className={styles.title}>{words.checking}…</p>
      </div>
    );
  if (state.kind === "unchanged") {
    const [before, name, after] = words.by(state.by);
    return (
      <div className={styles.mark} data-kind="unchanged">
        <IconRosetteDiscountCheck size={28} aria-hidden />
        <div>
          <p className={styles.title}>{words.unchanged}</p>
          <p>
            {before}
            <Isolated>{name}</Isolated>
            {after} {words.on(formats.date(state.on))}. {words.since}
          </p>
        </div>
      </div>
    );
  }
  const claims = state.by === undefined ? undefined : words.claims(state.by);
  return (
    <div className={styles.mark} data-kind="untrusted" role="alert">
      <IconShieldX size={28} aria-hidden />
      <div>
        <p className={styles.title}>{words.untrusted}</p>
        <p>{state.reason}</p>
        {claims && (
          <p>
            {claims[0]}
            <Isolated>{claims[1]}</Isolated>
            {claims[2]}
          </p>
        )}
      </div>
    </div>
  );
}
