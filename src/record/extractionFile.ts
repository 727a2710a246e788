/** Extraction files: what anybody verifies offline. An extraction, and the certificate of the doctor who signed. */
import { decodeExtraction, type Extraction, encodeExtraction } from "../ces/index.ts";
import { Reader, Writer } from "../core/encoding.ts";
import { readCertificateChain } from "./certificateChain.ts";

/** What an extraction file holds. */
export type SignedExtraction = {
  extraction: Extraction;
  /** DER; the doctor's certificate first. */
  certificateChain: readonly Uint8Array[];
};

const magic = "diptych/extraction";

/** Text "diptych/extraction", u8 format version 1, bytes extraction, list of bytes certificate. */
export function encodeExtractionFile({ extraction, certificateChain }: SignedExtraction): Uint8Array {
  return new Writer()
    .text(magic)
    .u8(1)
    .bytes(encodeExtraction(extraction))
    .list(certificateChain, (writer, certificate) => writer.bytes(certificate))
    .finish();
}

/** What stands in an extraction file, not verified. @throws DiptychError `encoding-invalid` */
export function decodeExtractionFile(bytes: Uint8Array): SignedExtraction {
  const reader = new Reader(bytes, "extraction file");
  if (reader.text(magic.length) !== magic) throw reader.invalid("it begins otherwise");
  reader.version(1);
  const extraction = decodeExtraction(reader.bytes());
  const certificateChain = readCertificateChain(reader);
  reader.end();
  if (certificateChain.length === 0) throw reader.invalid("it has no certificate");
  return { extraction, certificateChain };
}
