/** What the components' props speak of. */

/** The two sides of a record: what stays with the patient and whom they trust with all of it, and what is shared. */
export type Side = "private" | "shared";

/** The two chains: of whole records, and of shared sides. */
export type ChainName = "storage" | "shared";

/** An attribute that a rule can ask for, and the words for those who hold it: "role:doctor", "doctors". */
export interface Choice {
  readonly attribute: string;
  readonly word: string;
}

/** The other side. */
export function otherSide(side: Side): Side {
  return side === "private" ? "shared" : "private";
}
