/** A doctor's certificate: asking for one, and checking one (paper, 5.1.1). */
import forge from "node-forge";
import { exportSigningKey, exportVerifyKey, type SigningKeyPair, suiteOf } from "../ces/index.ts";
import { equal } from "../core/bytes.ts";
import { fingerprintOf, printSubject, type SubjectName } from "./subject.ts";
import {
  certificateInvalid,
  importDoctorKey,
  nameFields,
  readableByForge,
  readSigned,
  replaceKey,
  type SignedStructure,
  sha256WithRsa,
  signStructure,
  standInKey,
  subjectName,
  toBinary,
  toDer,
  verifySigned,
} from "./x509.ts";

const { asn1, pki } = forge;

/**
 * PKCS#10 request (RFC 2986, DER) for the doctor's own key, of any suite: the authority never sees the private half. The
 * key must be extractable, since an RSA key signs the request with PKCS#1 v1.5, which authorities read.
 */
export async function requestCertificate(keys: SigningKeyPair, subject: SubjectName): Promise<Uint8Array> {
  const request = pki.createCertificationRequest();
  request.publicKey = standInKey;
  request.setSubject(nameFields(subject));
  const { getCertificationRequestInfo } = pki as unknown as {
    getCertificationRequestInfo: (request: unknown) => forge.asn1.Asn1;
  };
  const spki = asn1.fromDer(toBinary(await exportVerifyKey(keys.publicKey)));
  const info = replaceKey(getCertificationRequestInfo(request), 2, spki);
  return signStructure(info, await exportSigningKey(keys.privateKey), suiteOf(keys.publicKey));
}

interface Certificate {
  structure: SignedStructure;
  parsed: forge.pki.Certificate;
  extensions: Map<string, Extension>;
}

/** What forge reads from an extension; names that don't apply are undefined. */
interface Extension {
  name?: string;
  critical?: boolean;
  cA?: boolean;
  digitalSignature?: boolean;
  keyCertSign?: boolean;
  cRLSign?: boolean;
}

const understood = new Set([
  "basicConstraints",
  "keyUsage",
  "subjectKeyIdentifier",
  "authorityKeyIdentifier",
]);

function readCertificate(der: Uint8Array): Certificate {
  const structure = readSigned(der);
  let parsed: forge.pki.Certificate;
  try {
    parsed = pki.certificateFromAsn1(readableByForge(structure, 6));
  } catch (cause) {
    throw certificateInvalid("it isn't an X.509 certificate", cause);
  }
  const { siginfo } = parsed as unknown as { siginfo: { algorithmOid: string } };
  if (parsed.version !== 2 || siginfo.algorithmOid !== sha256WithRsa)
    throw certificateInvalid("it isn't version 3 or names two signature algorithms");
  const extensions = new Map<string, Extension>();
  for (const each of parsed.extensions as (Extension & { id: string })[]) {
    const name = each.name ?? each.id;
    if (extensions.has(name)) throw certificateInvalid("it has an extension twice");
    if (each.critical && !understood.has(name))
      throw certificateInvalid("it has an unknown critical extension");
    extensions.set(name, each);
  }
  return { structure, parsed, extensions };
}

function demandValid({ parsed: { validity } }: Certificate, at: Date, whose: string): void {
  // Comparing with a date that isn't one is false either way.
  if (Number.isNaN(validity.notBefore.getTime()) || Number.isNaN(validity.notAfter.getTime()))
    throw certificateInvalid(`${whose} has a date that can't be read`);
  if (Number.isNaN(at.getTime()) || at < validity.notBefore)
    throw certificateInvalid(`${whose} wasn't valid yet at that time`);
  if (at > validity.notAfter) throw certificateInvalid(`${whose} had expired at that time`);
}

/** Checks an authority's own certificate as a trust anchor: CA, keyCertSign, self-signed. Throws `certificate-invalid`. */
async function readAuthority(der: Uint8Array): Promise<Certificate> {
  const authority = readCertificate(der);
  const usage = authority.extensions.get("keyUsage");
  if (authority.extensions.get("basicConstraints")?.cA !== true || usage?.keyCertSign !== true)
    throw certificateInvalid("its issuer may not certify");
  await verifySigned(authority.structure, toDer(authority.structure.fields[6]!));
  return authority;
}

/** A certificate that held: what it says. */
export interface CheckedCertificate {
  /** For `verify` of ces. */
  publicKey: CryptoKey;
  /** As RFC 4514 writes it, and as the record's header must name its issuer. */
  subject: string;
  /** SHA-256 of the certificate's DER, 32 bytes. */
  fingerprint: Uint8Array;
  notBefore: Date;
  notAfter: Date;
}

/** Whether the certificate with this fingerprint (32 bytes) was revoked: the chain's word, where there is one. */
export type RevocationCheck = (fingerprint: Uint8Array) => boolean | Promise<boolean>;

/**
 * Demands that `chain` (the doctor's certificate and, if at all, then the authority's) was issued by `authority` (DER, the
 * trust anchor) for signing, was valid at `at`, the time of signing, and isn't revoked now: a revoked key's signatures
 * don't count whatever time they claim. The doctor's key is of any suite of ces; weak keys, other algorithms and non-canonical DER are refused. Throws
 * `certificate-invalid` saying which of these failed.
 */
export async function checkCertificate(options: {
  chain: readonly Uint8Array[];
  authority: Uint8Array;
  at: Date;
  revoked: RevocationCheck;
}): Promise<CheckedCertificate> {
  const [der, issuer, ...more] = options.chain;
  if (der === undefined || more.length > 0 || (issuer && !equal(issuer, options.authority)))
    throw certificateInvalid("its chain doesn't end at the authority");
  const authority = await readAuthority(options.authority);
  const leaf = readCertificate(der);
  const issuedBy = leaf.structure.fields[3];
  const named = authority.structure.fields[5];
  if (!issuedBy || !named || !equal(toDer(issuedBy), toDer(named)))
    throw certificateInvalid("another authority issued it");
  await verifySigned(leaf.structure, toDer(authority.structure.fields[6]!));
  const usage = leaf.extensions.get("keyUsage");
  const certifies =
    leaf.extensions.get("basicConstraints")?.cA === true || usage?.keyCertSign || usage?.cRLSign;
  if (certifies || usage?.digitalSignature !== true)
    throw certificateInvalid("it isn't one for signing records");
  demandValid(authority, options.at, "the authority's certificate");
  demandValid(leaf, options.at, "it");
  const publicKey = await importDoctorKey(toDer(leaf.structure.fields[6]!));
  const fingerprint = fingerprintOf(der);
  if (await options.revoked(fingerprint)) throw certificateInvalid("the authority has revoked it");
  const subject = printSubject(subjectName(leaf.parsed.subject.attributes as { type?: string }[]));
  const { notBefore, notAfter } = leaf.parsed.validity;
  return { publicKey, subject, fingerprint, notBefore, notAfter };
}
