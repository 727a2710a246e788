/** Marks that reorder what follows them: "\u202Elive" reads "evil". */
const reorderingMarks = /[\u061c\u200e\u200f\u202a-\u202e]/g;
const isolatingMarks = /[\u2066-\u2069]/g;

/** A text without the marks that reorder what follows them: a name can't be made to read as another. */
export function withoutReordering(text: string): string {
  return text.replace(reorderingMarks, "");
}

/**
 * A foreign text inside a sentence of ours: it keeps its own direction and can't turn the words around it (Unicode UAX 9:
 * first strong isolate). For sentences that are plain strings, such as labels; elsewhere take `Isolated`.
 */
export function isolate(text: string): string {
  return `\u2068${withoutReordering(text).replace(isolatingMarks, "")}\u2069`;
}
