import { expect } from "chai";
import {
  checkSecretKey,
  decapsulate,
  decodePublicKey,
  decodeSecretKey,
  encapsulate,
  encodePublicKey,
  encodeSecretKey,
  keygen,
  type PublicKey,
  type SecretKey,
  setup,
} from "../../src/abe/index.ts";
import { concat, equal, utf8 } from "../../src/core/bytes.ts";
import { isDiptychError } from "../../src/core/errors.ts";

/** A small generator, seeded, so that a failure can be run again. */
function makeRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Something else than `bytes`: a bit flipped, bytes overwritten, cut, repeated or moved. */
function mutate(bytes: Uint8Array, random: (below: number) => number): Uint8Array {
  const at = random(bytes.length);
  const size = 1 + random(60);
  const changed = Uint8Array.from(bytes);
  switch (random(6)) {
    case 0:
      changed[at]! ^= 1 << random(8);
      return changed;
    case 1:
      changed[at] = random(256);
      return changed;
    case 2:
      return changed.fill(random(2) * 255, at, at + size);
    case 3:
      return concat(bytes.subarray(0, at), bytes.subarray(at + size));
    case 4:
      return concat(bytes.subarray(0, at + size), bytes.subarray(at));
    default:
      changed.copyWithin(random(bytes.length), at, at + size);
      return changed;
  }
}

describe("abe: hostile input", () => {
  let publicKey: PublicKey;
  let secretKey: SecretKey;
  const ad = utf8("ad");

  before(async () => {
    const authority = await setup();
    publicKey = authority.publicKey;
    secretKey = await keygen(publicKey, authority.masterKey, ["a:1", "b:2"]);
  });

  /** Opens what must not open; anything but the two answers allowed is a failure. */
  async function expectRefusal(capsule: Uint8Array, note: string): Promise<void> {
    try {
      await decapsulate(publicKey, secretKey, capsule, ad);
    } catch (error) {
      if (isDiptychError(error, "abe-decapsulation-failed") || isDiptychError(error, "abe-not-satisfied"))
        return;
      throw error;
    }
    expect.fail(`opened ${note}`);
  }

  it("no byte of a capsule can change", async () => {
    const { capsule } = await encapsulate(publicKey, "a:1", ad);
    for (let at = 0; at < capsule.length; at++) {
      const changed = Uint8Array.from(capsule);
      changed[at]! ^= 1 << (at % 8);
      await expectRefusal(changed, `with byte ${at} changed`);
    }
  });

  it("mutated capsules never open and never crash", async () => {
    const random = makeRandom(1);
    const samples = [];
    for (const policy of ["a:1 or z:3", "a:1 and b:2", "2 of (a:1, b:2, a:1)"])
      samples.push((await encapsulate(publicKey, policy, ad)).capsule);
    for (let i = 0; i < 450; i++) {
      const sample = samples[i % samples.length]!;
      const mutant = mutate(sample, random);
      if (!equal(mutant, sample)) await expectRefusal(mutant, `mutant ${i}`);
    }
  });

  it("mutated keys are never taken for genuine ones and never crash", async () => {
    const random = makeRandom(2);
    const encoded = await encodeSecretKey(secretKey);
    for (let i = 0; i < 400; i++) {
      const mutant = mutate(encoded, random);
      if (equal(mutant, encoded)) continue;
      let genuine = false;
      try {
        await checkSecretKey(publicKey, await decodeSecretKey(mutant));
        genuine = true;
      } catch (error) {
        if (!isDiptychError(error, "abe-key-invalid")) throw error;
      }
      expect(genuine, `mutant ${i}`).to.equal(false);
    }
    const encodedPublic = await encodePublicKey(publicKey);
    for (let i = 0; i < 100; i++) {
      const mutant = mutate(encodedPublic, random);
      if (equal(mutant, encodedPublic)) continue;
      let accepted = false;
      try {
        await decodePublicKey(mutant);
        accepted = true;
      } catch (error) {
        if (!isDiptychError(error, "abe-key-invalid")) throw error;
      }
      expect(accepted, `mutant ${i}`).to.equal(false);
    }
  });
});
