/** What a doctor is given to write a record: an invitation as a link of this page, or as its text. */
import { DiptychError, type EmrInvitation, parseInvitation } from "diptych";
import { signPlace } from "./signPlace.ts";

const place = `#${signPlace}`;
/** An invitation has some hundred characters. */
const longest = 10_000;

/** Reads an invitation from its text, a link to this page's place for it, or what stands after that place. @throws DiptychError `encoding-invalid` */
export function readInvitationText(given: string): EmrInvitation {
  if (given.length > longest)
    throw new DiptychError("encoding-invalid", "This is too long for an invitation: copy just the link.");
  const at = given.indexOf(place);
  const text = (at < 0 ? given : given.slice(at + place.length)).trim();
  // The text itself has no percent sign; some programs decode parts of a link.
  return parseInvitation(text.includes("%") ? decode(text) : text);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new DiptychError("encoding-invalid", "This link was cut short: copy all of it.", { cause });
  }
}
