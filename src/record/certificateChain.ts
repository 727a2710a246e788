/** Certificate chains as formats carry them: list of bytes certificate (DER), the signer's first. */
import type { Reader } from "../core/encoding.ts";

/** The longest certificate, in bytes. */
export const largestCertificate = 65_536;
const longestChain = 8;

/** The chain that comes next, nothing of it verified; it may be empty. @throws DiptychError `encoding-invalid` */
export function readCertificateChain(reader: Reader): Uint8Array[] {
  return reader.list((each) => each.bytes(largestCertificate), longestChain);
}
