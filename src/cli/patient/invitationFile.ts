/** invitation.json as a command reads it: what is off with it is off with the command line. */
import { utf8Decode } from "../../core/bytes.ts";
import { DiptychError } from "../../core/errors.ts";
import type { EmrInvitation } from "../../roles/info1.ts";
import { parseInvitation } from "../../roles/invitation.ts";

/** Reads an invitation's file; `name` stands in the message. @throws DiptychError `usage` for anything else */
export function readInvitationFile(bytes: Uint8Array, name: string): EmrInvitation {
  try {
    return parseInvitation(utf8Decode(bytes));
  } catch (cause) {
    throw new DiptychError(
      "usage",
      `${name} can't be read: ${(cause as Error).message} \`diptych patient invite\` writes one.`,
      { cause },
    );
  }
}
