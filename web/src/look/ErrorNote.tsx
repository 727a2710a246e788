import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { explainError } from "../words/explained.ts";
import { useWords } from "../words/useWords.ts";
import styles from "./ErrorNote.module.css";
import { Isolated } from "./Isolated.tsx";
import { Note } from "./Note.tsx";

export interface ErrorNoteProps {
  /** A code of docs/errors.md, or one of the page itself (words/en/pageErrors.ts). */
  code: string | undefined;
  /** The error's own message: shown when asked for. */
  message?: string | undefined;
  onRetry?: (() => void) | undefined;
  onDismiss?: (() => void) | undefined;
  /** Further buttons. */
  actions?: ReactNode;
}

/** What people did on purpose isn't a fault. */
const gentle = new Set(["signature-refused", "cancelled", "wallet-locked", "offline", "node-behind"]);

/** An error in words: what happened, what to do, and the details for those who want them. */
export function ErrorNote({ code, message, onRetry, onDismiss, actions }: ErrorNoteProps) {
  const words = useWords();
  const { title, nextStep } = explainError(words.errors, code);
  const buttons = (onRetry || onDismiss || actions) && (
    <>
      {onRetry && (
        <Button variant="default" onClick={onRetry}>
          {words.look.retry}
        </Button>
      )}
      {actions}
      {onDismiss && (
        <Button variant="subtle" onClick={onDismiss}>
          {words.look.dismiss}
        </Button>
      )}
    </>
  );
  return (
    <Note tone={code && gentle.has(code) ? "warn" : "bad"} title={title} role="alert" actions={buttons}>
      <p>{nextStep}</p>
      {(message || code) && (
        <details className={styles.details}>
          <summary>{words.look.details}</summary>
          {message && (
            <p>
              <Isolated>{message}</Isolated>
            </p>
          )}
          {code && <p className={styles.code}>{words.look.code(code)}</p>}
        </details>
      )}
    </Note>
  );
}
