/** Reads a record's code out of a picture, where the browser can. The picture goes nowhere. */
import { useState } from "react";
import { FileDrop } from "../look/FileDrop.tsx";
import { canReadCodes, readCodes } from "../record/codes.ts";
import { useWords } from "../words/useWords.ts";

const largest = 30_000_000;

/** `onCode` tells whether what a code says leads to a record. */
export function CodePhoto({ onCode }: { onCode: (text: string) => boolean }) {
  const words = useWords().requester.read;
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState(false);
  if (!canReadCodes()) return <p>{words.noReader}</p>;
  const read = async (file: File) => {
    setBusy(true);
    setWrong(false);
    const codes = await readCodes(file);
    setWrong(!codes.some(onCode));
    setBusy(false);
  };
  return (
    <FileDrop
      label={words.photo}
      accept="image/*"
      maxBytes={largest}
      hint={words.photoHint}
      busy={busy}
      error={wrong ? words.noCode : undefined}
      onFile={(file) => void read(file)}
    />
  );
}
