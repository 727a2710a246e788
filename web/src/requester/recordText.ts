/** Which record is meant by what somebody pasted, scanned or followed. */
import { parseRecordTarget } from "diptych";

/** A link or id as it stands in a longer text. */
const named = /diptych:(?:storage|shared)\/\d+\/0x[0-9a-f]{40}\/0x[0-9a-f]{64}|\b0x[0-9a-f]{64}\b/i;

/** The link or id in a text: alone, within other words, or as a page's address has it. Undefined where there is none. */
export function recordIn(text: string): string | undefined {
  const found = named.exec(decoded(text))?.[0] ?? named.exec(text)?.[0];
  if (found === undefined) return undefined;
  parseRecordTarget(found);
  return found;
}

/** Where the screen of a record stands in this page. */
export function findPath(link: string): string {
  return `/requester/find/${encodeURIComponent(link)}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
