/**
 * Attribute-based encryption as a KEM: FABEO CP-ABE on BLS12-381, secure against chosen ciphertexts. Usable alone:
 * `setup` and `keygen` for the authority, `encapsulate` for who shares, `checkSecretKey` and `decapsulate` for users.
 */
export { capsulePolicy, decapsulate, type Encapsulation, encapsulate } from "./kem.ts";
export { checkSecretKey, keygen, setup } from "./keygen.ts";
export {
  decodeMasterKey,
  decodePublicKey,
  decodeSecretKey,
  encodeMasterKey,
  encodePublicKey,
  encodeSecretKey,
  type MasterKey,
  type PublicKey,
  publicKeyHash,
  type SecretKey,
  SUITE,
  SUITE_NAME,
} from "./keys.ts";
