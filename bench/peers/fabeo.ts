import type { Group } from "../../src/abe/group.ts";
import type { Ciphertext } from "../../src/abe/scheme.ts";
import { type Coins, decrypt, deriveKeyElements, encrypt, type KeyElements } from "../../src/abe/scheme.ts";
import { type CpaScheme, drawScalar } from "./cpa.ts";

/** FABEO (ePrint 2022/1415, Fig. 2) as diptych/abe has it, without the step to security against chosen ciphertexts. */
export function setupFabeo(group: Group): CpaScheme<KeyElements, Ciphertext> {
  const msk = group.multiplyG1(group.generator1, drawScalar());
  const mpk = group.pairAll([[msk, group.generator2]]);
  return {
    name: "FABEO",
    keygen: (attributes) => deriveKeyElements(group, msk, attributes, drawScalar()),
    encrypt(lsss) {
      const coins: Coins = {
        s1: drawScalar(),
        sPrime: Array.from({ length: lsss.uses }, drawScalar),
        v: Array.from({ length: lsss.columns - 1 }, drawScalar),
      };
      return encrypt(group, mpk, lsss, coins);
    },
    decrypt(key, lsss, weights, { ct1, ct2, ct3 }) {
      return decrypt(group, key, lsss, weights, {
        ct1,
        ct2: new Map(ct2.entries()),
        ct3: new Map(ct3.entries()),
      });
    },
  };
}
