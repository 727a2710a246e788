/**
 * X.509 and PKCS#10 structures by node-forge, keys and signatures by WebCrypto. Input is read strictly: canonical DER
 * only, and certificates signed with sha256WithRSAEncryption (RFC 8017 section 8.2) alone, so that one signed certificate
 * has one spelling and one fingerprint.
 */
import forge from "node-forge";
import { importVerifyKey, type SignatureSuite, suiteOf } from "../ces/index.ts";
import { buffer, concat, equal } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import { largestCertificate } from "./certificateChain.ts";
import { ecdsaFromDer, ecdsaToDer } from "./certificateEcdsa.ts";
import type { SubjectName } from "./subject.ts";

const { asn1, pki } = forge;
type Asn1 = forge.asn1.Asn1;

export const sha256WithRsa = pki.oids.sha256WithRSAEncryption!;
const rsaPkcs1 = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };

/** How a key of each suite signs requests: the DER of the AlgorithmIdentifier (RFC 8017, 5758, 8410) and WebCrypto's terms. */
const signatureKinds = {
  "rsa-pss": {
    // PKCS#1 v1.5, which authorities read, with the NULL that belongs to it.
    identifier: Uint8Array.of(0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 11, 5, 0),
    key: rsaPkcs1,
    algorithm: rsaPkcs1,
  },
  ed25519: {
    identifier: Uint8Array.of(0x30, 5, 6, 3, 0x2b, 0x65, 0x70),
    key: { name: "Ed25519" },
    algorithm: { name: "Ed25519" },
  },
  p256: {
    identifier: Uint8Array.of(0x30, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2),
    key: { name: "ECDSA", namedCurve: "P-256" },
    algorithm: { name: "ECDSA", hash: "SHA-256" },
  },
} as const satisfies Record<SignatureSuite, unknown>;

export const certificateInvalid = (why: string, cause?: unknown) =>
  new DiptychError("certificate-invalid", `This certificate can't be trusted: ${why}.`, { cause });

export const toBinary = (bytes: Uint8Array): string => forge.util.binary.raw.encode(bytes);
const fromBinary = (binary: string): Uint8Array => forge.util.binary.raw.decode(binary);
export const toDer = (node: Asn1): Uint8Array => fromBinary(asn1.toDer(node).getBytes());

/**
 * forge reads and writes RSA keys only. While it reads or writes the rest, this stands where the key does, whatever the
 * key is: keys are WebCrypto's.
 */
export const standInKey = pki.setRsaPublicKey(
  new forge.jsbn.BigInteger("15", 10),
  new forge.jsbn.BigInteger("3", 10),
);

/** The same structure, its tags kept, with another node in the place of the SubjectPublicKeyInfo, which stands at `index`. */
export function replaceKey(structure: Asn1, index: number, key: Asn1): Asn1 {
  return { ...structure, value: children(structure).with(index, key) };
}

/** A signed structure as forge can read it: with the stand-in where its key is. */
export function readableByForge({ node }: SignedStructure, index: number): Asn1 {
  const [signed, ...rest] = children(node);
  return { ...node, value: [replaceKey(signed!, index, pki.publicKeyToAsn1(standInKey)), ...rest] };
}

/** The three fields of a signed structure (certificate or request), and the bytes under the signature. */
export interface SignedStructure {
  node: Asn1;
  /** Fields of the signed part. */
  fields: Asn1[];
  signedBytes: Uint8Array;
  signature: Uint8Array;
  /** The suite whose keys sign so. */
  suite: SignatureSuite;
}

const children = (node: Asn1 | undefined): Asn1[] =>
  Array.isArray(node?.value) ? (node.value as Asn1[]) : [];

/** What stands in a BIT STRING: behind tag and length the number of unused bits, then the bits. */
export function bitsOf(bitString: Asn1): { unused: number; bytes: Uint8Array } {
  const der = toDer(bitString);
  const head = der[1]! < 0x80 ? 2 : 2 + (der[1]! & 0x7f);
  return { unused: der[head]!, bytes: der.slice(head + 1) };
}

/**
 * Reads SEQUENCE { signed part, AlgorithmIdentifier, BIT STRING }, signed as keys of these suites sign (the authority's,
 * RSA, unless told otherwise); throws `certificate-invalid`.
 */
export function readSigned(
  der: Uint8Array,
  suites: readonly SignatureSuite[] = ["rsa-pss"],
): SignedStructure {
  if (der.length > largestCertificate) throw certificateInvalid("it is larger than 64 KiB");
  let node: Asn1;
  try {
    node = asn1.fromDer(toBinary(der));
  } catch (cause) {
    throw certificateInvalid("it isn't DER", cause);
  }
  const [signed, algorithm, bits, ...more] = children(node);
  if (
    signed === undefined ||
    algorithm === undefined ||
    bits?.type !== asn1.Type.BITSTRING ||
    more.length > 0
  )
    throw certificateInvalid("it lacks a field, or has one too many");
  if (!equal(toDer(node), der)) throw certificateInvalid("it isn't canonical DER");
  const identifier = toDer(algorithm);
  const suite = suites.find((each) => equal(signatureKinds[each].identifier, identifier));
  if (suite === undefined) throw certificateInvalid("it isn't signed with an algorithm that is taken here");
  const { unused, bytes: signature } = bitsOf(bits);
  if (unused !== 0) throw certificateInvalid("its signature isn't whole bytes");
  return { node, fields: children(signed), signedBytes: toDer(signed), signature, suite };
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

/** The doctor's key in a SubjectPublicKeyInfo, of any suite; throws `certificate-invalid`. */
export async function importDoctorKey(spki: Uint8Array): Promise<CryptoKey> {
  try {
    return await importVerifyKey(spki);
  } catch (cause) {
    throw certificateInvalid(
      "its key isn't RSA of 3072 to 8192 bits with exponent 65537, Ed25519, or on P-256",
      cause,
    );
  }
}

/** Demands that the holder of the key in `spki` signed this structure; throws `certificate-invalid`. */
export async function verifySigned(structure: SignedStructure, spki: Uint8Array): Promise<void> {
  const { suite, signedBytes } = structure;
  const key = suite === "rsa-pss" ? await importIssuerKey(spki) : await importDoctorKey(spki);
  if (suite !== "rsa-pss" && suiteOf(key) !== suite)
    throw certificateInvalid("its signature and its key are of two kinds");
  const signature = suite === "p256" ? ecdsaFromDer(structure.signature) : structure.signature;
  const { algorithm } = signatureKinds[suite];
  const sound =
    signature && (await crypto.subtle.verify(algorithm, key, buffer(signature), buffer(signedBytes)));
  if (!sound) throw certificateInvalid("its signature doesn't hold");
}

/** DER of SEQUENCE { signed part, algorithm, signature by `pkcs8` }, a key of this suite. */
export async function signStructure(
  signed: Asn1,
  pkcs8: Uint8Array,
  suite: SignatureSuite = "rsa-pss",
): Promise<Uint8Array> {
  const kind = signatureKinds[suite];
  const key = await crypto.subtle.importKey("pkcs8", buffer(pkcs8), kind.key, false, ["sign"]);
  const made = new Uint8Array(await crypto.subtle.sign(kind.algorithm, key, buffer(toDer(signed))));
  const bits = toBinary(concat(Uint8Array.of(0), suite === "p256" ? ecdsaToDer(made) : made));
  const node = asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, [
    signed,
    asn1.fromDer(toBinary(kind.identifier)),
    asn1.create(asn1.Class.UNIVERSAL, asn1.Type.BITSTRING, false, bits),
  ]);
  return toDer(node);
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
