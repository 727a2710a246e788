/** Certificates as files: PEM, which every tool reads; DER is taken too. */
import { X509Certificate } from "node:crypto";
import { DiptychError } from "../../core/errors.ts";
import { readInput } from "../frame/input.ts";

const largest = 1 << 20;

/** What a certificate says of itself, for people. */
export type CertificateWords = {
  subject: string;
  issuer: string;
  /** SHA-256 of its DER, hex. */
  fingerprint: string;
  notBefore: Date;
  notAfter: Date;
};

/** Reads one certificate, PEM or DER; its DER. @throws DiptychError `usage`, `certificate-invalid` */
export async function readCertificateFile(path: string): Promise<Uint8Array> {
  return derOf(await readInput(path, largest), path);
}

/** The DER of a certificate in PEM or DER. @throws DiptychError `certificate-invalid` */
export function derOf(bytes: Uint8Array, name: string): Uint8Array {
  return new Uint8Array(parse(bytes, name).raw);
}

/** A certificate in PEM. @throws DiptychError `certificate-invalid` */
export function pemOf(der: Uint8Array): string {
  return parse(der, "this").toString();
}

/** The public key in a certificate: SubjectPublicKeyInfo, DER. @throws DiptychError `certificate-invalid` */
export function publicKeyIn(der: Uint8Array): Uint8Array {
  return new Uint8Array(parse(der, "this").publicKey.export({ type: "spki", format: "der" }));
}

/** What a certificate says of itself. @throws DiptychError `certificate-invalid` */
export function describeCertificate(der: Uint8Array): CertificateWords {
  const { subject, issuer, fingerprint256, validFrom, validTo } = parse(der, "this");
  return {
    subject: nameInOneLine(subject),
    issuer: nameInOneLine(issuer),
    fingerprint: `0x${fingerprint256.replaceAll(":", "").toLowerCase()}`,
    notBefore: new Date(validFrom),
    notAfter: new Date(validTo),
  };
}

/** Node writes one part of a name a line, from the last; RFC 4514 has the first one first. */
function nameInOneLine(name: string | undefined): string {
  return (name ?? "").split("\n").reverse().join(",");
}

function parse(bytes: Uint8Array, name: string): X509Certificate {
  try {
    return new X509Certificate(bytes);
  } catch (cause) {
    throw new DiptychError(
      "certificate-invalid",
      `${name} is no certificate: give an X.509 certificate in PEM or DER.`,
      { cause },
    );
  }
}
