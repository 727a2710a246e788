import { parsePolicy } from "diptych/policy";
import { describeRule, type NameOf } from "../words/describeRule.ts";
import { useFormats, useWords } from "../words/useWords.ts";
import { Isolated } from "./Isolated.tsx";

export interface RuleSentenceProps {
  /** The policy's text. */
  policy: string;
  /** Words for attributes that have some. */
  nameOf?: NameOf | undefined;
}

/** A rule on who may read, in words; its text where it can't be read. */
export function RuleSentence({ policy, nameOf }: RuleSentenceProps) {
  const words = useWords();
  const formats = useFormats();
  const sentence = tryTo(() => describeRule(parsePolicy(policy), words, formats, nameOf));
  return <Isolated mono={sentence === undefined}>{sentence ? capitalise(sentence) : policy}</Isolated>;
}

function capitalise(sentence: string): string {
  return sentence.replace(/\p{L}/u, (first) => first.toUpperCase());
}

function tryTo<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
