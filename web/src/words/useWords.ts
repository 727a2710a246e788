import { createContext, useContext } from "react";
import { en } from "./en.ts";
import { type Formats, makeFormats } from "./formats.ts";

/** All words of the page in one language. A second language is another object of this type. */
export type Words = typeof en;

interface Language {
  readonly words: Words;
  readonly formats: Formats;
}

/** The language that the page speaks; English words, and dates and numbers as the browser's locale writes them. */
export const LanguageContext = createContext<Language>({ words: en, formats: makeFormats() });

/** The catalogue of the page's language. */
export function useWords(): Words {
  return useContext(LanguageContext).words;
}

/** Dates, numbers and lists as the reader's locale writes them. */
export function useFormats(): Formats {
  return useContext(LanguageContext).formats;
}
