import { IconUpload } from "@tabler/icons-react";
import { type DragEvent, useId, useState } from "react";
import { useFormats, useWords } from "../words/useWords.ts";
import styles from "./FileDrop.module.css";

export interface FileDropProps {
  label: string;
  /** As of `<input accept>`: ".json,application/fhir+json". Checked for dropped files too. */
  accept?: string;
  maxBytes?: number;
  onFile: (file: File) => void;
  /** Told why a file wasn't taken; the field says it too. */
  onRefused?: (reason: string) => void;
  /** What was wrong with the file that was read. */
  error?: string | undefined;
  hint?: string;
  busy?: boolean;
}

/** Takes one file, dropped or chosen. It is a plain file field to keyboards and screen readers. */
export function FileDrop({
  label,
  accept,
  maxBytes,
  onFile,
  onRefused,
  error,
  hint,
  busy = false,
}: FileDropProps) {
  const words = useWords().look.file;
  const formats = useFormats();
  const [over, setOver] = useState(false);
  const [refused, setRefused] = useState<string>();
  const [name, setName] = useState<string>();
  const id = useId();

  const take = (files: FileList | null) => {
    const file = files?.[0];
    if (!files || !file) return;
    const reason =
      files.length > 1
        ? words.several
        : !isAccepted(file, accept)
          ? words.wrongKind
          : file.size === 0
            ? words.empty
            : maxBytes !== undefined && file.size > maxBytes
              ? words.tooLarge(formats.bytes(maxBytes))
              : undefined;
    setRefused(reason);
    setName(reason === undefined ? file.name : undefined);
    if (reason === undefined) onFile(file);
    else onRefused?.(reason);
  };
  const dragged = (event: DragEvent, inside: boolean) => {
    event.preventDefault();
    setOver(inside && !busy);
  };
  const wrong = refused ?? error;
  return (
    <div className={styles.field}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping adds to the field inside, which keyboards use */}
      <div
        className={styles.drop}
        data-over={over}
        data-wrong={wrong !== undefined}
        onDragOver={(event) => dragged(event, true)}
        onDragLeave={(event) => dragged(event, false)}
        onDrop={(event) => {
          dragged(event, false);
          if (!busy) take(event.dataTransfer.files);
        }}
      >
        <IconUpload size={28} stroke={1.6} aria-hidden />
        <label htmlFor={id} className={styles.label}>
          {label}
        </label>
        <p className={styles.how}>
          <span className={styles.button} aria-hidden="true">
            {words.choose}
          </span>{" "}
          {words.orDrop}
        </p>
        {name !== undefined && (
          <p>
            <bdi>{name}</bdi>
          </p>
        )}
        <input
          id={id}
          type="file"
          className={styles.input}
          accept={accept}
          disabled={busy}
          aria-describedby={`${id}-hint ${id}-wrong`}
          aria-invalid={wrong !== undefined}
          onChange={(event) => {
            take(event.currentTarget.files);
            // The same file can be chosen again after it was corrected.
            event.currentTarget.value = "";
          }}
        />
      </div>
      <p id={`${id}-hint`} className={styles.hint}>
        {busy ? `${words.reading}…` : hint}
      </p>
      <p id={`${id}-wrong`} role="alert" className={styles.wrong}>
        {wrong}
      </p>
    </div>
  );
}

function isAccepted(file: File, accept: string | undefined): boolean {
  if (accept === undefined) return true;
  const name = file.name.toLowerCase();
  return accept
    .split(",")
    .map((kind) => kind.trim().toLowerCase())
    .some((kind) =>
      kind.startsWith(".")
        ? name.endsWith(kind)
        : kind.endsWith("/*")
          ? file.type.startsWith(kind.slice(0, -1))
          : file.type === kind,
    );
}
