/** Reads a record's code out of a picture. The picture goes nowhere. */
import { useState } from "react";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { FileDrop } from "../look/FileDrop.tsx";
import { readCodes } from "../record/codes.ts";
import { useTrying } from "../session/useTrying.ts";
import { useWords } from "../words/useWords.ts";

const largest = 30_000_000;

/** `onCode` tells whether what a code says leads to a record. */
export function CodePhoto({ onCode }: { onCode: (text: string) => boolean }) {
  const words = useWords().requester.read;
  const [wrong, setWrong] = useState(false);
  const { busy, failure, trying } = useTrying();
  const read = (file: File) => {
    setWrong(false);
    return trying(async () => setWrong(!(await readCodes(file)).some(onCode)));
  };
  return (
    <>
      <FileDrop
        label={words.photo}
        accept="image/*"
        maxBytes={largest}
        hint={words.photoHint}
        busy={busy}
        error={wrong ? words.noCode : undefined}
        onFile={(file) => void read(file)}
      />
      {failure && <ErrorNote code={failure.code} message={failure.message} />}
    </>
  );
}
