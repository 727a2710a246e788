/** What parts are called. */
import { useMemo } from "react";
import type { Draft } from "../engine/doctorDraft.ts";
import { useWords } from "../words/useWords.ts";

/** A part's name by its position: the catalogue's word for its label, else the label. */
export function usePartNames({ parts }: Pick<Draft, "parts">): (position: number) => string {
  const words = useWords();
  return useMemo(
    () => (position) => {
      const part = parts[position - 1];
      if (part === undefined) return "";
      if (part.frame) return words.doctor.writing.parts.frame;
      return (Object.hasOwn(words.parts, part.label) && words.parts[part.label]) || part.label;
    },
    [parts, words],
  );
}
