/** The part of a record that nobody can redact: which record this is, of whom, by whom, and what may be extracted. */
import { Reader, Writer } from "../core/encoding.ts";
import { DiptychError } from "../core/errors.ts";
import { type Ceas, checkCeas, readCeas, writeCeas } from "./ceas.ts";
import { domainHash } from "./domainHash.ts";
import { isPlainText } from "./label.ts";

/** What every extraction shows: nothing of it can be redacted. */
export interface Header {
  /** How the parts make up a file: "emr9", "fhir-r4" or another text of 1 to 64 bytes. */
  schema: string;
  /** 32 bytes; the same in all revisions of one EMR. */
  emrId: Uint8Array;
  /** 1 for the first, one more for each amendment. */
  revision: number;
  /** Digest of the header that this one amends; 32 zero bytes in revision 1. */
  amends: Uint8Array;
  /** 32 bytes: hash of the key that P derived for this EMR. */
  pseudonym: Uint8Array;
  /** Subject of the doctor's certificate, 1 to 1,024 bytes. */
  issuer: string;
  /** Time of signing, in unix seconds. */
  time: number;
  /** Number of parts, 1 to 65,535. */
  n: number;
  ceas: Ceas;
}

const formatVersion = 1;
/** The most parts that a record can have. */
export const maxParts = 65_535;

const invalid = (why: string) => new DiptychError("ces-header-invalid", `This header ${why}.`);

function checkHeader(header: Header): void {
  if (!isPlainText(header.schema, 64)) throw invalid("needs a schema of 1 to 64 bytes of plain text");
  if (!isPlainText(header.issuer, 1024)) throw invalid("needs an issuer of 1 to 1,024 bytes of plain text");
  for (const name of ["emrId", "amends", "pseudonym"] as const)
    if (header[name].length !== 32) throw invalid(`needs 32 bytes of ${name}`);
  const { revision, time, n } = header;
  if (!Number.isInteger(revision) || revision < 1 || revision > 0xffff_ffff)
    throw invalid("has no revision from 1 up");
  if (!Number.isSafeInteger(time) || time < 0) throw invalid("has no time in unix seconds");
  if (!Number.isInteger(n) || n < 1 || n > maxParts)
    throw invalid("has a number of parts outside 1 to 65,535");
  const first = header.amends.every((byte) => byte === 0);
  if (first !== (revision === 1))
    throw invalid("must amend another header from revision 2 on, and only then");
  checkCeas(header.ceas, n);
}

/**
 * Canonical bytes: u8 format version 1, text schema, emrId (32), u32 revision, amends (32), pseudonym (32), text issuer,
 * u64 time, u16 n, CEAS. Throws `ces-header-invalid` when the header breaks its own rules.
 */
export function encodeHeader(header: Header): Uint8Array {
  checkHeader(header);
  const writer = new Writer()
    .u8(formatVersion)
    .text(header.schema)
    .fixed(header.emrId)
    .u32(header.revision)
    .fixed(header.amends)
    .fixed(header.pseudonym)
    .text(header.issuer)
    .u64(header.time)
    .u16(header.n);
  writeCeas(writer, header.ceas);
  return writer.finish();
}

/** The header in these bytes; throws `encoding-invalid` or `ces-header-invalid`. */
export function decodeHeader(bytes: Uint8Array): Header {
  const reader = new Reader(bytes, "header").version(formatVersion);
  const header: Header = {
    schema: reader.text(64),
    emrId: reader.fixed(32),
    revision: reader.u32(),
    amends: reader.fixed(32),
    pseudonym: reader.fixed(32),
    issuer: reader.text(1024),
    time: Number(reader.u64()),
    n: reader.u16(),
    ceas: readCeas(reader),
  };
  reader.end();
  checkHeader(header);
  return header;
}

const hashHeader = domainHash("diptych/ces/header/v1");

/** 32 bytes that stand for a header, from its canonical bytes (`encodeHeader`). */
export function headerDigest(header: Uint8Array): Uint8Array {
  return hashHeader(header);
}
