/** Plurals by a language's own rules (Unicode CLDR, through Intl). */

/** The forms that a language has; "other" always. */
export type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

/** Picks the form for a number; `#` in it becomes the number as the language writes it. */
export function pluralsOf(language: string): (count: number, forms: Forms) => string {
  const rules = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(language);
  return (count, forms) => (forms[rules.select(count)] ?? forms.other).replaceAll("#", numbers.format(count));
}

/** Plurals of the English catalogue. */
export const plural = pluralsOf("en");
