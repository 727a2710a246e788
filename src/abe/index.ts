/**
 * Attribute-based encryption as a KEM: FABEO CP-ABE on BLS12-381, secure against chosen ciphertexts. Usable alone:
 * `setup` and `keygen` for the authority, `encapsulate` for who shares, `checkSecretKey` and `decapsulate` for users.
 *
 * @module
 */
export {
  type Attribute,
  type NumericAttribute,
  numericAttribute,
  POLICY_LIMITS,
  type Policy,
  parseAttribute,
  parsePolicy,
  printPolicy,
  satisfies,
} from "../policy/index.ts";
export { capsulePolicy, decapsulate, type Encapsulation, encapsulate } from "./kem.ts";
export { KEY_ELEMENTS } from "./keyFormat.ts";
export { checkSecretKey, keygen, setup } from "./keygen.ts";
export { MasterKey, PublicKey, SecretKey } from "./keys.ts";
export { SUITE, SUITE_NAME } from "./suite.ts";
