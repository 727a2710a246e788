/**
 * Node's own cryptography, where this runs in Node: OpenSSL like Node's WebCrypto, but at once. WebCrypto hands every step to
 * another thread and back, which for one product of a point costs several times the product. Asked for at run time,
 * so that no browser's bundle looks for it; browsers have WebCrypto.
 */

/** One key of ECDH. It throws for a scalar out of range and for what isn't a point. */
interface NodeEcdh {
  setPrivateKey(scalar: Uint8Array): void;
  getPublicKey(): Uint8Array;
  computeSecret(point: Uint8Array): Uint8Array;
}

interface NodeCipher {
  setAAD(aad: Uint8Array): void;
  update(bytes: Uint8Array): Uint8Array;
  final(): Uint8Array;
}

/** What is taken of `node:crypto`. */
export interface NodeCrypto {
  createECDH(curve: string): NodeEcdh;
  createCipheriv(
    algorithm: string,
    key: Uint8Array,
    iv: Uint8Array,
    options: { authTagLength: number },
  ): NodeCipher & { getAuthTag(): Uint8Array };
  createDecipheriv(
    algorithm: string,
    key: Uint8Array,
    iv: Uint8Array,
    options: { authTagLength: number },
  ): NodeCipher & { setAuthTag(tag: Uint8Array): void };
}

type Host = { process?: { getBuiltinModule?: (name: string) => unknown } };

/** Undefined outside of Node. */
export const nodeCrypto = (globalThis as Host).process?.getBuiltinModule?.("node:crypto") as
  | NodeCrypto
  | undefined;
