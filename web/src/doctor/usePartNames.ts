/** What parts are called. */
import { useMemo } from "react";
import type { Draft } from "../engine/doctorDraft.ts";
import { partName } from "../record/partName.ts";
import { useWords } from "../words/useWords.ts";

/** A part's name by its position. */
export function usePartNames({ parts }: Pick<Draft, "parts">): (position: number) => string {
  const words = useWords();
  return useMemo(
    () => (position) => {
      const part = parts[position - 1];
      return part === undefined ? "" : partName(part.label, words);
    },
    [parts, words],
  );
}
