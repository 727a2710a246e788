/** Whom a certificate names, and what names a certificate. */
import { sha256 } from "../core/hash.ts";

/** Who a certificate speaks of. */
export interface SubjectName {
  commonName: string;
  organization?: string;
}

/** The name as one text, as RFC 4514 writes it: `CN=Dr. Example,O=Some Hospital`. */
export function printSubject({ commonName, organization }: SubjectName): string {
  const escaped = (value: string) => value.replace(/[,+"\\<>;=]|^[# ]| $/g, "\\$&");
  return `CN=${escaped(commonName)}${organization === undefined ? "" : `,O=${escaped(organization)}`}`;
}

/** SHA-256 of a certificate's DER: what a revocation names. 32 bytes. */
export function fingerprintOf(certificate: Uint8Array): Uint8Array {
  return sha256(certificate);
}
