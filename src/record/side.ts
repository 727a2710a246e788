/** Which side of a record a part stands on: what identifies or tells the past is private, what treats is shared. */
export type Side = "private" | "shared";

/** Label of the part that holds everything around the others; always private, in no proper extraction. */
export const envelopeLabel = "envelope";
