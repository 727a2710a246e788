/**
 * The one HPKE suite (RFC 9180): DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. Its hashing is done at once, in
 * JavaScript: a message hashes a few hundred bytes in a dozen of steps, and each would cost WebCrypto the import of a key
 * and two turns of the event loop. Where there is Node's own AES, that is done at once as well.
 */
import { type AeadInterface, Aes256Gcm, CipherSuite, type DhkemP256HkdfSha256, HkdfSha256 } from "@hpke/core";
import { expand, extract } from "@noble/hashes/hkdf.js";
import { buffer, concat, wipe } from "../core/bytes.ts";
import { sha256 } from "../core/hash.ts";
import { openFailed } from "./failures.ts";
import { type NodeCrypto, nodeCrypto } from "./nodeCrypto.ts";

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

const gcm = "aes-256-gcm";
const tagSize = 16;

/** AES-256-GCM by Node's own cryptography, as HPKE asks for it. */
class NodeGcm extends Aes256Gcm {
  private readonly node: NodeCrypto;

  constructor(node: NodeCrypto) {
    super();
    this.node = node;
  }

  override createEncryptionContext(rawKey: Bytes): ReturnType<Aes256Gcm["createEncryptionContext"]> {
    const { node } = this;
    const key = view(rawKey).slice();
    let isUsed = false;
    // A suite here is for one message; with a key that was wiped nothing may be sealed.
    const once = <T>(work: () => T): T => {
      if (isUsed) throw new Error("one message a context");
      isUsed = true;
      try {
        return work();
      } finally {
        wipe(key);
      }
    };
    return {
      seal: async (iv, data, aad) =>
        once(() => {
          const cipher = node.createCipheriv(gcm, key, view(iv), { authTagLength: tagSize });
          cipher.setAAD(view(aad));
          const ct = [cipher.update(view(data)), cipher.final()];
          return buffer(concat(...ct, cipher.getAuthTag())).buffer;
        }),
      open: async (iv, data, aad) =>
        once(() => {
          const sealed = view(data);
          if (sealed.length < tagSize) throw openFailed();
          const cipher = node.createDecipheriv(gcm, key, view(iv), { authTagLength: tagSize });
          cipher.setAAD(view(aad));
          cipher.setAuthTag(sealed.subarray(-tagSize));
          const plaintext = [cipher.update(sealed.subarray(0, -tagSize)), cipher.final()];
          return buffer(concat(...plaintext)).buffer;
        }),
    };
  }
}

/** The suite's AES-256-GCM, for one message. */
export function newGcm(): AeadInterface {
  return nodeCrypto === undefined ? new Aes256Gcm() : new NodeGcm(nodeCrypto);
}

/** A suite for one message, with a KEM and an AEAD of one's own. */
export function newSuite(kem: DhkemP256HkdfSha256, aead: AeadInterface = newGcm()): CipherSuite {
  return new CipherSuite({ kem, kdf: new Hkdf(), aead });
}

function view(bytes: Bytes): Uint8Array {
  return ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes);
}
