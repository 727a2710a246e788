/** What a record can be asked for, in the order in which a form offers it. */
import { purposes } from "diptych/policy";
import type { Words } from "../words/useWords.ts";

/** Those that most people look for, in this order. */
export const usualPurposes: readonly string[] = [
  "TREAT",
  "ETREAT",
  "HRESCH",
  "HPAYMT",
  "HOPERAT",
  "PUBHLTH",
  "PATRQT",
  "FAMRQT",
];

/** Codes under one heading. */
export type PurposeGroup = { group: "allowed" | "usual" | "others" | "notAllowed"; codes: string[] };

const all = purposes.map(({ code }) => code);

/** What the record allows comes first; where it allows everything, what is often used. */
export function groupPurposes(allowed: readonly string[]): PurposeGroup[] {
  const first = allowed.length > 0 ? inOrder(allowed) : [...usualPurposes];
  const rest = all.filter((code) => !first.includes(code));
  const names = allowed.length > 0 ? (["allowed", "notAllowed"] as const) : (["usual", "others"] as const);
  return [{ group: names[0], codes: first }, ...(rest.length > 0 ? [{ group: names[1], codes: rest }] : [])];
}

/** What those who have a role usually ask for. */
const purposesOfRoles: Readonly<Record<string, string>> = {
  "role:doctor": "TREAT",
  "role:nurse": "TREAT",
  "role:pharmacist": "TREAT",
  "role:emergency": "ETREAT",
  "role:researcher": "HRESCH",
  "role:insurer": "HPAYMT",
  "role:government": "PUBHLTH",
};

/** What a form starts with: what fits whoever has these attributes, else treatment, if the record may be asked for that. */
export function firstPurpose(allowed: readonly string[], attributes: readonly string[] = []): string {
  const fitting = Object.entries(purposesOfRoles)
    .filter(([role, code]) => attributes.includes(role) && (allowed.length === 0 || allowed.includes(code)))
    .map(([, code]) => code);
  return inOrder(fitting)[0] ?? groupPurposes(allowed)[0]?.codes[0] ?? "TREAT";
}

/** A purpose in words; its code where there are none. */
export function purposeWords(words: Words, code: string): string {
  const known = words.purposes;
  return Object.hasOwn(known, code) ? known[code]! : code;
}

/** Those that most people know come first. */
function inOrder(codes: readonly string[]): string[] {
  const place = (code: string) =>
    usualPurposes.includes(code) ? usualPurposes.indexOf(code) : Number.POSITIVE_INFINITY;
  return [...codes].sort((a, b) => {
    const [one, other] = [place(a), place(b)];
    return one === other ? all.indexOf(a) - all.indexOf(b) : one - other;
  });
}
