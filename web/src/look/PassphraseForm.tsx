import { Button, Checkbox, TextInput } from "@mantine/core";
import { type FormEvent, useId, useState } from "react";
import { useWords } from "../words/useWords.ts";
import styles from "./PassphraseForm.module.css";

export interface PassphraseFormProps {
  mode: "new" | "unlock";
  onSubmit: (passphrase: string) => void;
  error?: string | undefined;
  busy?: boolean;
  /** Characters that a new one has at least; 12 unless told. */
  minimum?: number;
  submitLabel?: string;
}

/** From here on a passphrase of plain words resists a search with much hardware. */
const STRONG = 24;

/** Asks for a passphrase, or for a new one twice. What is typed stands in no URL, no log and no attribute. */
export function PassphraseForm(props: PassphraseFormProps) {
  const { mode, onSubmit, error, busy = false, minimum = 12, submitLabel } = props;
  const words = useWords().look.passphrase;
  const [passphrase, setPassphrase] = useState("");
  const [repeated, setRepeated] = useState("");
  const [shown, setShown] = useState(false);
  const [tried, setTried] = useState(false);
  const adviceId = useId();
  const fresh = mode === "new";
  const length = [...passphrase].length;
  const short = fresh && length < minimum;
  const different = fresh && passphrase !== repeated;
  const type = shown ? "text" : "password";

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (passphrase !== "" && !short && !different && !busy) onSubmit(passphrase);
  };
  const wrong =
    error ??
    (tried && passphrase === "" ? words.missing : tried && short ? words.short(minimum - length) : undefined);
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      {fresh && (
        <p id={adviceId} className={styles.advice}>
          {words.advice}
        </p>
      )}
      <TextInput
        type={type}
        label={fresh ? words.new : words.current}
        autoComplete={fresh ? "new-password" : "current-password"}
        autoCapitalize="none"
        spellCheck={false}
        required
        withAsterisk={false}
        value={passphrase}
        error={wrong}
        {...(fresh ? { "aria-describedby": adviceId } : {})}
        onChange={(event) => setPassphrase(event.currentTarget.value)}
      />
      {fresh && <Strength length={length} minimum={minimum} />}
      {fresh && (
        <TextInput
          type={type}
          label={words.repeat}
          autoComplete="new-password"
          autoCapitalize="none"
          spellCheck={false}
          required
          withAsterisk={false}
          value={repeated}
          error={tried && !short && different ? words.different : undefined}
          onChange={(event) => setRepeated(event.currentTarget.value)}
        />
      )}
      <Checkbox
        className={styles.show}
        label={words.show}
        checked={shown}
        onChange={(event) => setShown(event.currentTarget.checked)}
      />
      <Button type="submit" loading={busy} className={styles.submit}>
        {submitLabel ?? (fresh ? words.set : words.unlock)}
      </Button>
    </form>
  );
}

function Strength({ length, minimum }: { length: number; minimum: number }) {
  const words = useWords().look.passphrase;
  const strength = length < minimum ? "weak" : length < STRONG ? "fair" : "strong";
  return (
    <div className={styles.strength}>
      <meter
        className={styles.meter}
        aria-label={words.strengthLabel}
        min={0}
        max={STRONG}
        low={minimum}
        high={STRONG - 1}
        optimum={STRONG}
        value={Math.min(length, STRONG)}
      />
      <p aria-live="polite" className={styles.words} data-strength={strength}>
        {length > 0 && (strength === "weak" ? words.short(minimum - length) : words.strength[strength])}
      </p>
    </div>
  );
}
