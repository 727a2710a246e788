import { decodeHeader, type Extraction, type Header, verify, verifyCommitments } from "../ces/index.ts";
import { DiptychError } from "../core/errors.ts";
import { type CheckedCertificate, checkCertificate, type RevocationCheck } from "./certificate.ts";

/** How far a doctor's clock may be ahead of the reader's, in seconds. */
const clockSkew = 600;

/** What a verifier takes for given when it checks a doctor's certificate. */
export interface Trust {
  /** DER of the authority's certificate. */
  authority: Uint8Array;
  revoked: RevocationCheck;
  /** The reader's clock; the real one unless given. */
  now?: Date;
}

async function checkIssuer(
  header: Uint8Array,
  certificateChain: readonly Uint8Array[],
  trust: Trust,
): Promise<CheckedCertificate> {
  const { time, issuer } = decodeHeader(header);
  const now = (trust.now ?? new Date()).getTime() / 1000;
  const invalid = (why: string) =>
    new DiptychError("certificate-invalid", `This certificate can't be trusted: ${why}.`);
  if (time > now + clockSkew) throw invalid("the record says it was signed in the future");
  const { authority, revoked } = trust;
  const at = new Date(time * 1000);
  const certificate = await checkCertificate({ chain: certificateChain, authority, at, revoked });
  if (certificate.subject !== issuer) throw invalid("the record names another issuer");
  return certificate;
}

/** What a reader knows after checking. */
export interface CheckedRecord {
  header: Header;
  certificate: CheckedCertificate;
}

/**
 * Everything a reader checks of an extraction, whole or not: the certificate at the time of signing, that it is the issuer's
 * whom the header names, commitments, signature, CEAS (paper, 5.1.2 and 5.2.3). Throws `certificate-invalid`,
 * `ces-verification-failed`, `ces-subset-forbidden`, `encoding-invalid` or `ces-header-invalid` for an unreadable header.
 */
export async function checkRecord(
  record: { extraction: Extraction; certificateChain: readonly Uint8Array[] },
  trust: Trust,
): Promise<CheckedRecord> {
  const certificate = await checkIssuer(record.extraction.header, record.certificateChain, trust);
  return { header: await verify(record.extraction, certificate.publicKey), certificate };
}

/** The same from all commitments, for P who restores a record before its parts are there. */
export async function checkCommittedRecord(
  record: {
    header: Uint8Array;
    signature: Uint8Array;
    commitments: readonly Uint8Array[];
    certificateChain: readonly Uint8Array[];
  },
  trust: Trust,
): Promise<CheckedRecord> {
  const certificate = await checkIssuer(record.header, record.certificateChain, trust);
  return { header: await verifyCommitments(record, certificate.publicKey), certificate };
}
