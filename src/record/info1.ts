import { decodeExtraction, type Extraction, encodeExtraction } from "../ces/index.ts";
import { Reader, Writer } from "../core/encoding.ts";
import { DiptychError } from "../core/errors.ts";
import { readCertificateChain } from "./certificateChain.ts";

/** Info1 (paper, 5.1.1): what D hands to P, sealed by the caller to P's record key. */
export interface Info1 {
  /** The whole record: header, all parts with their salts, signature. */
  extraction: Extraction;
  /** DER; the doctor's certificate first. */
  certificateChain: Uint8Array[];
}

/** u8 format version 1, bytes extraction, list of bytes certificate. */
export function encodeInfo1({ extraction, certificateChain }: Info1): Uint8Array {
  return new Writer()
    .u8(1)
    .bytes(encodeExtraction(extraction))
    .list(certificateChain, (writer, certificate) => writer.bytes(certificate))
    .finish();
}

/** Info1 in these bytes, not verified (see `checkRecord`); throws `info1-invalid`. */
export function decodeInfo1(bytes: Uint8Array): Info1 {
  try {
    const reader = new Reader(bytes, "Info1").version(1);
    const extraction = decodeExtraction(reader.bytes());
    const certificateChain = readCertificateChain(reader);
    reader.end();
    if (extraction.proof.length > 0 || certificateChain.length === 0)
      throw reader.invalid("it isn't complete");
    return { extraction, certificateChain };
  } catch (cause) {
    throw new DiptychError(
      "info1-invalid",
      "This isn't a record from a doctor: ask the doctor to send it again.",
      {
        cause,
      },
    );
  }
}
