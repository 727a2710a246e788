import { ActionIcon } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { type ReactNode, useId, useLayoutEffect, useRef } from "react";
import { useWords } from "../words/useWords.ts";
import styles from "./Dialog.module.css";

export interface DialogProps {
  open: boolean;
  /** Asked for by escape, by the cross, or by a click beside the dialog. */
  onClose: () => void;
  title: ReactNode;
  children: ReactNode;
  footer?: ReactNode;
  /** While true nothing closes it. */
  busy?: boolean;
  role?: "dialog" | "alertdialog";
}

/** The browser's own modal dialog: it keeps the focus inside, and gives it back to where it was. */
export function Dialog({ open, ...props }: DialogProps) {
  return open ? <Modal {...props} /> : null;
}

function Modal({
  onClose,
  title,
  children,
  footer,
  busy = false,
  role = "dialog",
}: Omit<DialogProps, "open">) {
  const words = useWords().look;
  const dialog = useRef<HTMLDialogElement>(null);
  const shown = useRef(false);
  const id = useId();
  // Layout effects end before React takes the element out of the page: only then does closing give the focus back.
  useLayoutEffect(() => {
    const element = dialog.current;
    if (!element) return;
    shown.current = true;
    element.showModal();
    return () => {
      shown.current = false;
      element.close();
    };
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: escape does for keyboards what a click beside it does
    <dialog
      ref={dialog}
      role={role}
      className={styles.dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        if (!busy) onClose();
      }}
      // Browsers let a second escape through.
      onClose={() => {
        if (shown.current) onClose();
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget && !busy) onClose();
      }}
    >
      <div className={styles.sheet}>
        <div className={styles.head}>
          <h2 id={id} className={styles.title} tabIndex={-1}>
            {title}
          </h2>
          <ActionIcon aria-label={words.close} onClick={onClose} disabled={busy}>
            <IconX size={22} aria-hidden />
          </ActionIcon>
        </div>
        <div className={styles.body}>{children}</div>
        {footer && <div className={styles.footer}>{footer}</div>}
      </div>
    </dialog>
  );
}
