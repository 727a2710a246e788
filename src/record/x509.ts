/**
 * X.509 and PKCS#10 structures by node-forge, RSA by WebCrypto. Input is read strictly: canonical DER only, signed with
 * sha256WithRSAEncryption (RFC 8017 section 8.2), so that one signed certificate has one spelling and one fingerprint.
 */
import forge from "node-forge";
import { buffer, concat, equal } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import { sha256 } from "../core/hash.ts";

const { asn1, pki } = forge;
type Asn1 = forge.asn1.Asn1;

export const sha256WithRsa = pki.oids.sha256WithRSAEncryption!;
const rsaPkcs1 = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };

/** AlgorithmIdentifier of sha256WithRSAEncryption with NULL parameters: the only one taken. */
const algorithmIdentifier = Uint8Array.of(0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 11, 5, 0);

export const certificateInvalid = (why: string, cause?: unknown) =>
  new DiptychError("certificate-invalid", `This certificate can't be trusted: ${why}.`, { cause });

export const toBinary = (bytes: Uint8Array): string => forge.util.binary.raw.encode(bytes);
const fromBinary = (binary: string): Uint8Array => forge.util.binary.raw.decode(binary);
export const toDer = (node: Asn1): Uint8Array => fromBinary(asn1.toDer(node).getBytes());

/** SHA-256 of a certificate's DER: what a revocation names. 32 bytes. */
export function fingerprintOf(certificate: Uint8Array): Uint8Array {
  return sha256(certificate);
}

/** The three fields of a signed structure (certificate or request), and the bytes under the signature. */
export interface SignedStructure {
  node: Asn1;
  /** Fields of the signed part. */
  fields: Asn1[];
  signedBytes: Uint8Array;
  signature: Uint8Array;
}

const children = (node: Asn1 | undefined): Asn1[] =>
  Array.isArray(node?.value) ? (node.value as Asn1[]) : [];

/** Reads SEQUENCE { signed part, AlgorithmIdentifier, BIT STRING }; throws `certificate-invalid`. */
export function readSigned(der: Uint8Array): SignedStructure {
  if (der.length > 65_536) throw certificateInvalid("it is larger than 64 KiB");
  let node: Asn1;
  try {
    node = asn1.fromDer(toBinary(der));
  } catch (cause) {
    throw certificateInvalid("it isn't DER", cause);
  }
  const [signed, algorithm, bits] = children(node);
  if (signed === undefined || algorithm === undefined || bits?.type !== asn1.Type.BITSTRING)
    throw certificateInvalid("it lacks a field");
  if (!equal(toDer(node), der)) throw certificateInvalid("it isn't canonical DER");
  if (!equal(toDer(algorithm), algorithmIdentifier))
    throw certificateInvalid("it isn't signed with RSA and SHA-256");
  const bitString = toDer(bits);
  // Behind tag and length stands the number of unused bits, which is 0, and then the signature.
  const headSize = bitString[1]! < 0x80 ? 2 : 2 + (bitString[1]! & 0x7f);
  if (bitString[headSize] !== 0) throw certificateInvalid("its signature isn't whole bytes");
  const signature = bitString.slice(headSize + 1);
  return { node, fields: children(signed), signedBytes: toDer(signed), signature };
}

/** The RSA key in a SubjectPublicKeyInfo, for PKCS#1 signatures; throws `certificate-invalid` under 3072 bits. */
async function importIssuerKey(spki: Uint8Array): Promise<CryptoKey> {
  let key: CryptoKey;
  try {
    key = await crypto.subtle.importKey("spki", buffer(spki), rsaPkcs1, true, ["verify"]);
  } catch (cause) {
    throw certificateInvalid("its issuer's key isn't an RSA key", cause);
  }
  const { modulusLength } = key.algorithm as RsaHashedKeyAlgorithm;
  if (modulusLength < 3072 || modulusLength > 8192)
    throw certificateInvalid("its issuer's key hasn't 3072 to 8192 bits");
  return key;
}

/** Demands that the holder of the key in `spki` signed this structure; throws `certificate-invalid`. */
export async function verifySigned(structure: SignedStructure, spki: Uint8Array): Promise<void> {
  const key = await importIssuerKey(spki);
  const { signature, signedBytes } = structure;
  const sound = await crypto.subtle.verify(rsaPkcs1.name, key, buffer(signature), buffer(signedBytes));
  if (!sound) throw certificateInvalid("its signature doesn't hold");
}

/** DER of SEQUENCE { signed part, algorithm, signature by `pkcs8` }. */
export async function signStructure(signed: Asn1, pkcs8: Uint8Array): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey("pkcs8", buffer(pkcs8), rsaPkcs1, false, ["sign"]);
  const signature = new Uint8Array(await crypto.subtle.sign(rsaPkcs1.name, key, buffer(toDer(signed))));
  const bits = toBinary(concat(Uint8Array.of(0), signature));
  const node = asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, [
    signed,
    asn1.fromDer(toBinary(algorithmIdentifier)),
    asn1.create(asn1.Class.UNIVERSAL, asn1.Type.BITSTRING, false, bits),
  ]);
  return toDer(node);
}

/** Who a certificate speaks of. */
export interface SubjectName {
  commonName: string;
  organization?: string;
}

type NameField = { type?: string | undefined; value?: unknown; valueTagClass?: unknown };

/** Fields for forge, as UTF-8, the organization first as X.509 orders names from the outside in. */
export function nameFields({ commonName, organization }: SubjectName): forge.pki.CertificateField[] {
  const field = (name: string, value: string) => ({
    name,
    value,
    valueTagClass: asn1.Type.UTF8 as unknown as forge.asn1.Class,
  });
  const all = [field("commonName", commonName)];
  return organization === undefined ? all : [field("organizationName", organization), ...all];
}

const textOf = (field: NameField): string => {
  const value = String(field.value ?? "");
  return field.valueTagClass === asn1.Type.UTF8 ? forge.util.decodeUtf8(value) : value;
};

/** Common name and organization among the fields of a name, which must hold nothing else and neither twice. */
export function subjectName(fields: readonly NameField[]): SubjectName {
  const values = new Map(fields.map((field) => [field.type, textOf(field)]));
  const commonName = values.get(pki.oids.commonName);
  const organization = values.get(pki.oids.organizationName);
  const known = 1 + (organization === undefined ? 0 : 1);
  if (!commonName || organization === "" || fields.length !== known || values.size !== known)
    throw certificateInvalid("its subject must be a common name and at most an organization");
  return organization === undefined ? { commonName } : { commonName, organization };
}

/** The name as one text, as RFC 4514 writes it: `CN=Dr. Example,O=Some Hospital`. */
export function printSubject({ commonName, organization }: SubjectName): string {
  const escaped = (value: string) => value.replace(/[,+"\\<>;=]|^[# ]| $/g, "\\$&");
  return `CN=${escaped(commonName)}${organization === undefined ? "" : `,O=${escaped(organization)}`}`;
}
