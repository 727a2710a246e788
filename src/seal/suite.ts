/**
 * The one HPKE suite (RFC 9180): DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. Its hashing is done at once, in
 * JavaScript: a message hashes a few hundred bytes in a dozen of steps, and each would cost WebCrypto the import of a key
 * and two turns of the event loop.
 */
import { type AeadInterface, Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "@hpke/core";
import { expand, extract } from "@noble/hashes/hkdf.js";
import { buffer, concat, utf8 } from "../core/bytes.ts";
import { sha256 } from "../core/hash.ts";

/** What HPKE takes for bytes. */
type Bytes = ArrayBufferLike | ArrayBufferView;

/** HKDF-SHA256 as HPKE asks for it. */
export class Hkdf extends HkdfSha256 {
  override async extract(salt: Bytes, ikm: Bytes): Promise<ArrayBuffer> {
    return buffer(extract(sha256, view(ikm), view(salt))).buffer;
  }

  override async expand(prk: Bytes, info: Bytes, size: number): Promise<ArrayBuffer> {
    return buffer(expand(sha256, view(prk), view(info), size)).buffer;
  }

  override async extractAndExpand(salt: Bytes, ikm: Bytes, info: Bytes, size: number): Promise<ArrayBuffer> {
    return this.expand(await this.extract(salt, ikm), info, size);
  }
}

/** DHKEM(P-256, HKDF-SHA256) that hashes with `Hkdf`. */
export class Kem extends DhkemP256HkdfSha256 {
  constructor() {
    super();
    this._kdf = new Hkdf();
    this._kdf.init(concat(utf8("KEM"), Uint8Array.of(0x00, 0x10)));
  }
}

/** A suite for one message, with a KEM and an AEAD of one's own if need be. */
export function newSuite(
  kem: DhkemP256HkdfSha256 = new Kem(),
  aead: AeadInterface = new Aes256Gcm(),
): CipherSuite {
  return new CipherSuite({ kem, kdf: new Hkdf(), aead });
}

function view(bytes: Bytes): Uint8Array {
  return ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes);
}
