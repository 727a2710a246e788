import { Button, TextInput } from "@mantine/core";
import { IconCheck, IconX } from "@tabler/icons-react";
import { type ReactNode, useEffect, useState } from "react";
import { useWords } from "../words/useWords.ts";
import styles from "./ConfirmDialog.module.css";
import { Dialog } from "./Dialog.tsx";

export interface ConfirmDialogProps {
  open: boolean;
  title: ReactNode;
  children?: ReactNode;
  /** What it does, a sentence each. */
  can?: readonly string[];
  /** What it can't do or can't take back, a sentence each. */
  cannot?: readonly string[];
  confirmLabel: string;
  cancelLabel?: string;
  /** For what can't be undone. */
  danger?: boolean;
  busy?: boolean;
  /** A word that has to be typed before the button works. */
  typeToConfirm?: string;
  onConfirm: () => void;
  onCancel: () => void;
  /** An ErrorNote, when it failed. */
  error?: ReactNode;
}

/** Asks before something that matters, and says what it can and can't take back. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { open, title, children, can = [], cannot = [], danger = false, busy = false, typeToConfirm } = props;
  const words = useWords().look;
  const [typed, setTyped] = useState("");
  useEffect(() => {
    if (!open) setTyped("");
  }, [open]);
  const ready = typeToConfirm === undefined || typed.trim() === typeToConfirm;
  const footer = (
    <>
      <Button variant="default" onClick={props.onCancel} disabled={busy}>
        {props.cancelLabel ?? words.cancel}
      </Button>
      <Button
        {...(danger ? { color: "red" } : {})}
        onClick={props.onConfirm}
        loading={busy}
        disabled={!ready}
      >
        {props.confirmLabel}
      </Button>
    </>
  );
  return (
    <Dialog open={open} onClose={props.onCancel} title={title} footer={footer} busy={busy} role="alertdialog">
      {children}
      <Points kind="can" points={can} />
      <Points kind="cannot" points={cannot} />
      {typeToConfirm !== undefined && (
        <TextInput
          label={words.confirm.type(typeToConfirm)}
          value={typed}
          autoComplete="off"
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      )}
      {props.error}
    </Dialog>
  );
}

function Points({ kind, points }: { kind: "can" | "cannot"; points: readonly string[] }) {
  const words = useWords().look.confirm;
  const Icon = kind === "can" ? IconCheck : IconX;
  if (points.length === 0) return null;
  return (
    <div>
      <h3 className={styles.title}>{words[kind]}</h3>
      <ul className={styles.points} data-kind={kind}>
        {points.map((point) => (
          <li key={point}>
            <Icon size={20} aria-hidden className={styles.icon} />
            <span>{point}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
