/** The authority's side of doctors' certificates: it sees a doctor's public key only (PKCS#10), never the signing key. */
import forge from "node-forge";
import { hex, randomBytes } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import type { SubjectName } from "./subject.ts";
import {
  bitsOf,
  certificateInvalid,
  importDoctorKey,
  nameFields,
  readableByForge,
  readSigned,
  replaceKey,
  sha256WithRsa,
  signStructure,
  standInKey,
  subjectName,
  toBinary,
  toDer,
  verifySigned,
} from "./x509.ts";

const { asn1, pki } = forge;

/** What an authority needs to certify: its own certificate (DER) and its private key (PKCS#8, a secret). */
export interface CertificateAuthority {
  certificate: Uint8Array;
  privateKey: Uint8Array;
}

/** From when until when a certificate holds. */
export interface Validity {
  notBefore: Date;
  notAfter: Date;
}

/** What getTBSCertificate of forge reads and its types leave out. */
type Draft = forge.pki.Certificate & { signatureOid: string; siginfo: { algorithmOid: string } };

function draftCertificate(serial: Uint8Array, validity: Validity): Draft {
  if (!(validity.notBefore < validity.notAfter))
    throw new DiptychError("argument-invalid", "A certificate's notAfter must be later than its notBefore.");
  const draft = pki.createCertificate() as Draft;
  draft.publicKey = standInKey;
  draft.serialNumber = hex(serial).slice(2);
  draft.validity.notBefore = validity.notBefore;
  draft.validity.notAfter = validity.notAfter;
  draft.signatureOid = sha256WithRsa;
  draft.siginfo.algorithmOid = sha256WithRsa;
  return draft;
}

/** The part to be signed, with the key in `spki`. */
function certify(draft: Draft, spki: Uint8Array): forge.asn1.Asn1 {
  const { getTBSCertificate } = pki as unknown as { getTBSCertificate: (draft: Draft) => forge.asn1.Asn1 };
  return replaceKey(getTBSCertificate(draft), 6, asn1.fromDer(toBinary(spki)));
}

/** SHA-1 of the key's bits (RFC 5280 section 4.2.1.2, method 1): a name for the key, nothing that security rests on. */
function keyIdentifier(spki: Uint8Array): string {
  const [, bits] = asn1.fromDer(toBinary(spki)).value as forge.asn1.Asn1[];
  return forge.md.sha1
    .create()
    .update(toBinary(bitsOf(bits!).bytes))
    .digest()
    .getBytes();
}

/** The extension that holds the key's identifier: OCTET STRING. */
const subjectKeyIdentifier = (spki: Uint8Array) => ({
  name: "subjectKeyIdentifier",
  value: asn1
    .toDer(asn1.create(asn1.Class.UNIVERSAL, asn1.Type.OCTETSTRING, false, keyIdentifier(spki)))
    .getBytes(),
});

/** 16 random bytes that read as a positive integer with no leading zero byte. */
function makeSerial(): Uint8Array {
  const serial = randomBytes(16);
  serial[0] = (serial[0]! & 0x3f) | 0x40;
  return serial;
}

const years = (from: Date, count: number): Date => {
  const date = new Date(from);
  date.setUTCFullYear(date.getUTCFullYear() + count);
  return date;
};

/** A fresh authority: RSA 3072 key by WebCrypto and a self-signed certificate, valid for ten years unless told. */
export async function createCertificateAuthority(
  name: SubjectName,
  validity?: Validity,
): Promise<CertificateAuthority> {
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", modulusLength: 3072 };
  const pair = await crypto.subtle.generateKey(
    { ...algorithm, publicExponent: Uint8Array.of(1, 0, 1) },
    true,
    ["sign", "verify"],
  );
  const spki = new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey));
  const privateKey = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
  // An hour back, for clocks that are behind.
  const start = new Date(Date.now() - 3_600_000);
  const draft = draftCertificate(makeSerial(), validity ?? { notBefore: start, notAfter: years(start, 10) });
  draft.setSubject(nameFields(name));
  draft.setIssuer(nameFields(name));
  draft.setExtensions([
    { name: "basicConstraints", cA: true, pathLenConstraint: 0, critical: true },
    { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    subjectKeyIdentifier(spki),
  ]);
  return { certificate: await signStructure(certify(draft, spki), privateKey), privateKey };
}

/** What stands in a PKCS#10 request: whom it names and the key it is for (SubjectPublicKeyInfo, DER). */
export interface CertificateRequest {
  subject: SubjectName;
  spki: Uint8Array;
}

/**
 * Reads a PKCS#10 request (RFC 2986, DER) and demands that the requester holds the key: self-signature, a key of a suite
 * of ces. Throws `certificate-invalid`.
 */
export async function readRequest(request: Uint8Array): Promise<CertificateRequest> {
  const structure = readSigned(request, ["rsa-pss", "ed25519", "p256"]);
  let subject: SubjectName;
  try {
    subject = subjectName(pki.certificationRequestFromAsn1(readableByForge(structure, 2)).subject.attributes);
  } catch (cause) {
    throw cause instanceof DiptychError ? cause : certificateInvalid("it isn't a PKCS#10 request", cause);
  }
  const spki = toDer(structure.fields[2]!);
  await verifySigned(structure, spki);
  await importDoctorKey(spki);
  return { subject, spki };
}

/**
 * Certifies the key in a PKCS#10 request for signing records: end entity, digitalSignature and nonRepudiation. Whether the
 * subject is who they say is for the caller to verify first. `serial` is 1 to 20 bytes, random unless given. Returns the
 * certificate's DER. Throws `certificate-invalid` for a request that doesn't hold, `argument-invalid`.
 */
export async function issueCertificate(
  authority: CertificateAuthority,
  request: Uint8Array,
  options: Validity & { serial?: Uint8Array },
): Promise<Uint8Array> {
  const { subject, spki } = await readRequest(request);
  const serial = options.serial ?? makeSerial();
  const canonical = serial[0]! > 0 && serial[0]! < 0x80;
  if (serial.length < 1 || serial.length > 20 || !canonical)
    throw new DiptychError("argument-invalid", "A serial is 1 to 20 bytes and starts with 0x01 to 0x7f.");
  const issuer = pki.certificateFromAsn1(readSigned(authority.certificate).node);
  const draft = draftCertificate(serial, options);
  draft.setSubject(nameFields(subject));
  draft.setIssuer(nameFields(subjectName(issuer.subject.attributes)));
  draft.setExtensions([
    { name: "basicConstraints", cA: false, critical: true },
    { name: "keyUsage", digitalSignature: true, nonRepudiation: true, critical: true },
    subjectKeyIdentifier(spki),
    { name: "authorityKeyIdentifier", keyIdentifier: issuer.generateSubjectKeyIdentifier().getBytes() },
  ]);
  const certificate = await signStructure(certify(draft, spki), authority.privateKey);
  // A private key that isn't the certificate's would go unnoticed until a reader refuses.
  await verifySigned(readSigned(certificate), toDer(readSigned(authority.certificate).fields[6]!));
  return certificate;
}
