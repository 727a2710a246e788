/** The slow, plain implementation on @noble/curves that the tests hold ours against. */

import { reduceScalar, WIDE_SCALAR_BYTES } from "../../src/abe/group.ts";
import { randomBytes } from "../../src/core/bytes.ts";
import * as oracle from "../../test/abe/oracle.ts";

export interface Noble {
  keygen(attributes: readonly string[]): Uint8Array;
  encapsulate(policy: string): { capsule: Uint8Array; key: Uint8Array };
  decapsulate(secretKey: Uint8Array, capsule: Uint8Array): Uint8Array | undefined;
}

export function setupNoble(associatedData: Uint8Array): Noble {
  const drawScalar = () => reduceScalar(randomBytes(WIDE_SCALAR_BYTES));
  const alpha = drawScalar();
  const publicKey = oracle.makePublicKey(alpha);
  return {
    keygen: (attributes) =>
      oracle.encodeKey(publicKey, oracle.makeKey(alpha, attributes, drawScalar()), attributes),
    encapsulate: (policy) => oracle.encapsulate(publicKey, policy, associatedData, randomBytes(32)),
    decapsulate: (secretKey, capsule) => oracle.decapsulate(publicKey, secretKey, capsule, associatedData),
  };
}
