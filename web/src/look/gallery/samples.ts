/** What the gallery shows: made-up people, and texts that try to break a page. */
import type { SplitPart } from "../SplitPage.tsx";

/** Markup, another direction, an override that would turn what follows, and an emoji of several characters. */
export const hostileName = "<script>alert(1)</script> \u202Eevil\u202C د. ليلى 👩🏽‍⚕️";

/** A word that no line takes. */
export const longWord = "Pneumonoultramicroscopicsilicovolcanoconiosis".repeat(4);

const part = (id: string, label: string, side: "private" | "shared", more: Partial<SplitPart> = {}) => ({
  id,
  label,
  side,
  ...more,
});

/** The nine parts of the paper's record. */
export const nineParts: SplitPart[] = [
  part("1", "Name", "private", { summary: "Li Example" }),
  part("8", "Examination report", "private", { summary: "Chest X-ray of 3 March: nothing unusual." }),
  part("9", "Medical history", "private"),
  part("2", "Gender", "shared", { summary: "female" }),
  part("3", "Date of birth", "shared", { summary: "5 March 1981" }),
  part("4", "ID number", "shared"),
  part("5", "Symptoms", "shared", { summary: "Cough for two weeks, no fever." }),
  part("6", "Diagnosis", "shared", { locked: "it has to go with Symptoms, the doctor says" }),
  part("7", "Prescription", "shared", { note: "Goes with Diagnosis." }),
];

/** Parts that no page expects. */
export const hostileParts: SplitPart[] = [
  part("a", hostileName, "private", { summary: `${longWord} ${hostileName}` }),
  part("b", longWord, "shared", { locked: "the doctor says so" }),
];
