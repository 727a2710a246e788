/**
 * Signature suites. A key belongs to exactly one suite, by its algorithm; each suite takes one spelling of a key and one
 * of a signature, so that nothing signed can be spelled anew.
 */
import { equal, hex } from "../core/bytes.ts";

/**
 * `rsa-pss` (suite 1): RSA-PSS (RFC 8017 section 8.1), 3072 to 8192 bits, exponent 65537, SHA-256, MGF1-SHA-256, salt of
 * 32 bytes. `ed25519` (suite 2): RFC 8032 section 5.1. `p256` (suite 3): ECDSA on P-256 with SHA-256 (FIPS 186-5), r and
 * s of 32 bytes each, s in the lower half.
 */
export type SignatureSuite = "rsa-pss" | "ed25519" | "p256";

/** What differs from suite to suite. */
export interface SuiteRules {
  name: SignatureSuite;
  /** First byte of each signature. */
  id: number;
  /** What WebCrypto needs to make or import a key. */
  keyAlgorithm: RsaHashedKeyGenParams | EcKeyGenParams | Algorithm;
  /** What WebCrypto needs to sign and verify. */
  algorithm: RsaPssParams | EcdsaParams | Algorithm;
  /** DER of the AlgorithmIdentifier that stands in its keys (RFC 8017 A.1, RFC 8410, RFC 5480). */
  identifier: Uint8Array;
  /** Whether a key is of this suite, and strong enough as far as its parameters tell. */
  accepts: (key: CryptoKey) => boolean;
  /** Whether the key in a SubjectPublicKeyInfo of this suite is sound and in its one spelling. */
  isSound: (spki: Uint8Array) => boolean;
  /** Bytes of a signature under this key, without the suite's id. */
  signatureSize: (key: CryptoKey) => number;
  /** The one spelling of a signature that this suite takes; WebCrypto's is the other one, if there are two. */
  canonical: (signature: Uint8Array) => Uint8Array | undefined;
}

// Not `slice`, which is a view where the caller hands over a Buffer of Node's: reversing would spoil it.
const littleEndian = (bytes: Uint8Array): bigint => BigInt(hex(Uint8Array.from(bytes).reverse()));
const bigEndian = (bytes: Uint8Array): bigint => BigInt(hex(bytes));

const rsaPss: SuiteRules = {
  name: "rsa-pss",
  id: 1,
  keyAlgorithm: {
    name: "RSA-PSS",
    hash: "SHA-256",
    modulusLength: 3072,
    publicExponent: Uint8Array.of(1, 0, 1),
  },
  algorithm: { name: "RSA-PSS", saltLength: 32 },
  identifier: Uint8Array.of(0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 1, 5, 0),
  accepts: (key) => {
    const { name, hash, modulusLength, publicExponent } = key.algorithm as RsaHashedKeyAlgorithm;
    if (name !== "RSA-PSS" || hash.name !== "SHA-256") return false;
    const exponent = publicExponent.reduce((value, byte) => value * 256 + byte, 0);
    return modulusLength >= 3072 && modulusLength <= 8192 && exponent === 65_537;
  },
  isSound: () => true,
  signatureSize: (key) => Math.ceil((key.algorithm as RsaHashedKeyAlgorithm).modulusLength / 8),
  canonical: (signature) => signature,
};

/** Field size and group order of Ed25519 (RFC 8032 section 5.1). */
const field25519 = 2n ** 255n - 19n;
const order25519 = 2n ** 252n + 27742317777372353535851937790883648493n;
/** y of the points of order 4, 1, 2, 8 and 8: keys under which a signature holds for more than one message. */
const smallOrder = new Set([
  0n,
  1n,
  field25519 - 1n,
  0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n,
  0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n,
]);

const ed25519: SuiteRules = {
  name: "ed25519",
  id: 2,
  keyAlgorithm: { name: "Ed25519" },
  algorithm: { name: "Ed25519" },
  identifier: Uint8Array.of(0x30, 5, 6, 3, 0x2b, 0x65, 0x70),
  accepts: (key) => key.algorithm.name === "Ed25519",
  isSound: (spki) => {
    const y = littleEndian(spki.subarray(-32)) & (2n ** 255n - 1n);
    return spki.length === 44 && y < field25519 && !smallOrder.has(y);
  },
  signatureSize: () => 64,
  canonical: (signature) => (littleEndian(signature.subarray(32)) < order25519 ? signature : undefined),
};

/** Group order of P-256 (SP 800-186 section 3.2.1.3). */
const orderP256 = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

const p256: SuiteRules = {
  name: "p256",
  id: 3,
  keyAlgorithm: { name: "ECDSA", namedCurve: "P-256" },
  algorithm: { name: "ECDSA", hash: "SHA-256" },
  identifier: Uint8Array.of(
    ...[0x30, 19, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1],
    ...[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7],
  ),
  accepts: ({ algorithm }) =>
    algorithm.name === "ECDSA" && (algorithm as EcKeyAlgorithm).namedCurve === "P-256",
  // A point that isn't compressed: head of 26 bytes, 0x04, x, y.
  isSound: (spki) => spki.length === 91 && spki[26] === 4,
  signatureSize: () => 64,
  canonical: (signature) => {
    const [r, s] = [bigEndian(signature.subarray(0, 32)), bigEndian(signature.subarray(32))];
    if (r === 0n || r >= orderP256 || s === 0n || s >= orderP256) return undefined;
    if (s <= orderP256 / 2n) return signature;
    const low = (orderP256 - s).toString(16).padStart(64, "0");
    return Uint8Array.from(signature, (byte, at) =>
      at < 32 ? byte : Number.parseInt(low.slice(2 * at - 64, 2 * at - 62), 16),
    );
  },
};

const suites: readonly SuiteRules[] = [rsaPss, ed25519, p256];

/** The rules of the suite to which this key belongs, if to any. */
export function rulesOf(key: CryptoKey): SuiteRules | undefined {
  return suites.find((each) => each.accepts(key));
}

/** The rules of a suite by name. */
export function rulesFor(name: SignatureSuite): SuiteRules | undefined {
  return suites.find((each) => each.name === name);
}

/** The rules of the suite of the key in a SubjectPublicKeyInfo or PKCS#8 PrivateKeyInfo (DER), if of any. */
export function rulesOfDer(der: Uint8Array, format: "spki" | "pkcs8"): SuiteRules | undefined {
  const length = der[1] ?? 0;
  const head = 2 + (length < 0x80 ? 0 : length & 0x7f);
  // PKCS#8 has its version, three bytes, before the AlgorithmIdentifier.
  const at = format === "spki" ? head : head + 3;
  return suites.find(({ identifier }) => equal(der.subarray(at, at + identifier.length), identifier));
}
