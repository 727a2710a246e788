/**
 * How a doctor asks for the end of a key: an enrolment whose evidence says so. Its PKCS#10 request is signed with the key, which
 * shows that the key's holder asks.
 */
import { utf8 } from "../../core/bytes.ts";
import { DiptychError } from "../../core/errors.ts";

const pattern = /^Revoke certificate (0x[0-9a-f]{64}): ([\s\S]+)$/;
const longest = 4000;

/** The evidence of such a request. @throws DiptychError `usage` for a reason that is empty or too long */
export function revocationEvidence(fingerprint: string, reason: string): string {
  if (reason.trim() === "" || utf8(reason).length > longest)
    throw new DiptychError("usage", "--reason takes a sentence that tells the authority why.");
  return `Revoke certificate ${fingerprint}: ${reason}`;
}

/** What an evidence asks to revoke, if it is such a request. */
export function readRevocation(evidence: string): { fingerprint: string; reason: string } | undefined {
  const [, fingerprint, reason] = pattern.exec(evidence) ?? [];
  return fingerprint === undefined ? undefined : { fingerprint, reason: reason! };
}
