/**
 * ECDH on P-256: the x of a scalar's product with a point, by what the platform has. A tenth of the time that JavaScript
 * takes, or less, and constant in the scalar.
 */
import { buffer, concat, unhex, wipe } from "../core/bytes.ts";
import { nodeCrypto } from "./nodeCrypto.ts";

/** A scalar at work. `publicKey`: its product with G, 65 bytes. */
export interface Ecdh {
  readonly publicKey: Uint8Array;
  /** The x of the product with `point`, 32 bytes. */
  agree(point: EcdhPoint): Uint8Array | Promise<Uint8Array>;
}

/** A point to multiply; WebCrypto's key of it is made once, when it is asked for. */
export class EcdhPoint {
  /** 65 bytes. */
  readonly bytes: Uint8Array;
  #key: Promise<CryptoKey> | undefined;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** The point as WebCrypto takes it. */
  get key(): Promise<CryptoKey> {
    this.#key ??= crypto.subtle.importKey("raw", buffer(this.bytes), algorithm, true, []);
    return this.#key;
  }
}

/** Puts 32 bytes of a scalar from 1 to the order - 1 to work; undefined where the platform doesn't do it this way. */
export type EcdhWay = (scalar: Uint8Array) => Promise<Ecdh | undefined>;

const algorithm = { name: "ECDH", namedCurve: "P-256" };

/** By Node's own cryptography. */
export const byNode: EcdhWay = async (scalar) => {
  const key = nodeCrypto?.createECDH("prime256v1");
  if (key === undefined) return undefined;
  key.setPrivateKey(scalar);
  return {
    publicKey: new Uint8Array(key.getPublicKey()),
    agree: ({ bytes }) => key.computeSecret(bytes),
  };
};

/** PrivateKeyInfo of P-256 (RFC 5208, RFC 5915) up to the scalar, without the public key that may follow it. */
const pkcs8Head = unhex("3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420");

/** By WebCrypto, where it imports a private key without its public half. */
export const byWebCrypto: EcdhWay = async (scalar) => {
  const encoded = concat(pkcs8Head, scalar);
  try {
    const key = await crypto.subtle.importKey("pkcs8", buffer(encoded), algorithm, true, ["deriveBits"]);
    const { x, y } = await crypto.subtle.exportKey("jwk", key);
    if (x === undefined || y === undefined) return undefined;
    return {
      publicKey: concat(Uint8Array.of(4), unbase64(x), unbase64(y)),
      agree: async (point) =>
        new Uint8Array(await crypto.subtle.deriveBits({ name: "ECDH", public: await point.key }, key, 256)),
    };
  } catch {
    // This WebCrypto wants the public key beside it.
    return undefined;
  } finally {
    wipe(encoded);
  }
};

/** The ways there are, the best one first. */
export const ecdhWays: readonly EcdhWay[] = [byNode, byWebCrypto];

/** Bytes of unpadded base64url (RFC 4648, section 5), as JSON Web Keys have them. */
function unbase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
}
