/**
 * The key schedule of HPKE when one side knows the Diffie-Hellman point rather than a private key: the owner, who must
 * know the discrete logarithm of `enc` to prove it, and the requester, who combined the point from t gates.
 */
import { type AeadInterface, DhkemP256HkdfSha256 } from "@hpke/core";
import { expand, extract } from "@noble/hashes/hkdf.js";
import { buffer, concat, utf8 } from "../core/bytes.ts";
import { sha256 } from "../core/hash.ts";
import { demandPoint } from "./curve.ts";
import { openFailed } from "./failures.ts";
import { newSuite } from "./suite.ts";

const KEM_SUITE = concat(utf8("HPKE-v1KEM"), Uint8Array.of(0x00, 0x10));

/**
 * ExtractAndExpand of RFC 9180, section 4.1, for DHKEM(P-256, HKDF-SHA256): `point` is the Diffie-Hellman result (65
 * bytes, of which the x coordinate counts), `enc` and `publicKey` are 65 bytes each. Returns the 32-byte shared secret.
 */
export function sharedSecretOf(point: Uint8Array, enc: Uint8Array, publicKey: Uint8Array): Uint8Array {
  return sharedSecretOfX(
    demandPoint(point, "Diffie-Hellman point").toBytes(false).subarray(1, 33),
    enc,
    publicKey,
  );
}

/** `sharedSecretOf` from the x of the point, 32 bytes. */
export function sharedSecretOfX(x: Uint8Array, enc: Uint8Array, publicKey: Uint8Array): Uint8Array {
  const prk = extract(sha256, concat(KEM_SUITE, utf8("eae_prk"), x), new Uint8Array());
  const info = concat(Uint8Array.of(0, 32), KEM_SUITE, utf8("shared_secret"), enc, publicKey);
  return expand(sha256, prk, info, 32);
}

/** DHKEM(P-256) whose encapsulation has already been done: it answers with the secret that it was given. */
class KnownKem extends DhkemP256HkdfSha256 {
  private readonly known: { sharedSecret: ArrayBuffer; enc: ArrayBuffer };

  constructor({ sharedSecret, enc }: SecretContext) {
    super();
    this.known = { sharedSecret: buffer(sharedSecret.slice()).buffer, enc: buffer(enc.slice()).buffer };
  }

  override async encap(): Promise<{ sharedSecret: ArrayBuffer; enc: ArrayBuffer }> {
    return this.known;
  }

  override async decap(): Promise<ArrayBuffer> {
    return this.known.sharedSecret;
  }
}

/** The suite wants a key object beside the secret; our KEM never looks at it. */
const unread = {} as CryptoKey;

/** What both sides of an HPKE message know once the shared secret (32 bytes) is agreed on. */
export interface SecretContext {
  sharedSecret: Uint8Array;
  enc: Uint8Array;
  info: Uint8Array;
}

/** The ct of the HPKE message (base mode) with this `enc` and shared secret. */
export async function sealWithSecret(
  context: SecretContext,
  plaintext: Uint8Array,
  aad: Uint8Array = new Uint8Array(),
  aead?: AeadInterface,
): Promise<Uint8Array> {
  const params = { recipientPublicKey: unread, info: buffer(context.info) };
  const sealed = await newSuite(new KnownKem(context), aead).seal(params, buffer(plaintext), buffer(aad));
  return new Uint8Array(sealed.ct);
}

/** Opens a ct of `sealWithSecret`, or of any HPKE implementation; throws `seal-open-failed`. */
export async function openWithSecret(
  context: SecretContext,
  ct: Uint8Array,
  aad: Uint8Array = new Uint8Array(),
  aead?: AeadInterface,
): Promise<Uint8Array> {
  const params = { recipientKey: unread, enc: buffer(context.enc), info: buffer(context.info) };
  try {
    return new Uint8Array(await newSuite(new KnownKem(context), aead).open(params, buffer(ct), buffer(aad)));
  } catch {
    throw openFailed();
  }
}

/** What both sides of an HPKE message know when they know the Diffie-Hellman point. */
export interface PointContext {
  point: Uint8Array;
  enc: Uint8Array;
  publicKey: Uint8Array;
  info: Uint8Array;
}

/** `sealWithSecret` from the Diffie-Hellman `point`. */
export async function sealWithPoint(
  context: PointContext,
  plaintext: Uint8Array,
  aead?: AeadInterface,
  aad?: Uint8Array,
): Promise<Uint8Array> {
  return sealWithSecret(secretContext(context), plaintext, aad, aead);
}

/** `openWithSecret` from the Diffie-Hellman `point`. */
export async function openWithPoint(
  context: PointContext,
  ct: Uint8Array,
  aead?: AeadInterface,
  aad?: Uint8Array,
): Promise<Uint8Array> {
  return openWithSecret(secretContext(context), ct, aad, aead);
}

function secretContext({ point, enc, publicKey, info }: PointContext): SecretContext {
  return { sharedSecret: sharedSecretOf(point, enc, publicKey), enc, info };
}
