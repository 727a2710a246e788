/** Words of others, and values, as a terminal may show them. */

/** A text of others on one line, without what moves a cursor or turns the direction of writing. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must go
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+/g, " ");
}

/** A time of a ledger, in unix seconds, in words. */
export function timeInWords(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** Gas with separators between thousands. */
export function gasInWords(gas: bigint): string {
  return `${gas.toLocaleString("en")} gas`;
}

/** A text of somebody else's on one line, cut at `longest` characters. */
export function shown(text: string, longest = 2000): string {
  const clean = printable(text);
  return clean.length <= longest ? clean : `${clean.slice(0, longest)} ...`;
}
