/** Mutants of keys: refused when they are read, or by the check that who receives a key makes. */
import { checkSecretKey, keygen, MasterKey, PublicKey, SecretKey } from "../../src/abe/index.ts";
import { keygenWith } from "../../src/abe/keygen.ts";
import { equal, hex } from "../../src/core/bytes.ts";
import { attempt, isRefused, type Target, taken } from "./endings.ts";
import {
  layOutMasterKey,
  layOutPublicKey,
  layOutSecretKey,
  mutate,
  pick,
  replaceText,
  type Specimen,
} from "./mutants.ts";
import { attributeSeeds, mutateText } from "./mutantTexts.ts";

export async function attackSecretKeys(
  publicKey: PublicKey,
  masterKey: MasterKey,
  foreign: { publicKey: PublicKey; masterKey: MasterKey },
): Promise<Target> {
  const specimens: { specimen: Specimen; donor: Specimen }[] = [];
  // Each key has an r of its own: parts of keys with the same r make genuine keys.
  let r = 5n ** 100n;
  for (const held of [["a:1"], ["a:1", "b:2"], ["b:2", "c:3"], ["level = 5"]]) {
    const ours = layOutSecretKey((await keygenWith(publicKey, masterKey, held, r++)).toBytes());
    const sameAttributes = await keygenWith(publicKey, masterKey, held, r++);
    const theirs = await keygenWith(foreign.publicKey, foreign.masterKey, held, r++);
    for (const donor of [sameAttributes, theirs])
      specimens.push({ specimen: ours, donor: layOutSecretKey(donor.toBytes()) });
  }
  const honest = specimens.flatMap(({ specimen, donor }) => [specimen.bytes, donor.bytes]);
  return {
    name: "secret key",
    share: 20,
    attack: async (random) => {
      // A number's key has 32 points to read.
      const { specimen, donor } =
        specimens[random(random(8) === 0 ? specimens.length : specimens.length - 2)]!;
      const mutant =
        random(8) === 0
          ? replaceText(specimen, mutateText(pick(attributeSeeds, random), random), random)
          : mutate(specimen, random(4) === 0 ? pick(specimens, random).donor : donor, random);
      if (honest.some((each) => equal(each, mutant))) return "same";
      const key = await attempt(["abe-key-invalid"], () => SecretKey.fromBytes(mutant));
      if (isRefused(key)) return key.refused;
      if (!equal(key.toBytes(), mutant)) throw taken("a key that isn't canonical", mutant);
      const checked = await attempt(["abe-key-invalid"], () => checkSecretKey(publicKey, key));
      if (isRefused(checked)) return checked.refused;
      // A holder may leave attributes out: what is left is a key of its own.
      if (isNarrower(mutant, honest)) return "narrowed";
      throw taken("a mutated key passes for genuine", mutant);
    },
  };
}

/** Whether the key is one of `honest` with some attributes left out. */
function isNarrower(mutant: Uint8Array, honest: readonly Uint8Array[]): boolean {
  const head = 2 + 32 + 48 + 96;
  const entries = (bytes: Uint8Array) => {
    const texts = layOutSecretKey(bytes).fields.filter(({ kind }) => kind === "text");
    return texts.map(({ at }, index) =>
      hex(bytes.subarray(at - 4, (texts[index + 1]?.at ?? bytes.length + 4) - 4)),
    );
  };
  const left = entries(mutant);
  return honest.some((each) => {
    const all = entries(each);
    return (
      equal(each.subarray(0, head), mutant.subarray(0, head)) && left.every((entry) => all.includes(entry))
    );
  });
}

export function attackPublicKeys(publicKey: PublicKey, other: PublicKey): Target {
  const specimen = layOutPublicKey(publicKey.toBytes());
  const donor = layOutPublicKey(other.toBytes());
  return {
    name: "public key",
    share: 8,
    attack: async (random) => {
      const mutant = mutate(specimen, donor, random);
      if (equal(mutant, specimen.bytes) || equal(mutant, donor.bytes)) return "same";
      const key = await attempt(["abe-key-invalid"], () => PublicKey.fromBytes(mutant));
      if (isRefused(key)) return key.refused;
      throw taken("a mutated public key is taken", mutant);
    },
  };
}

export function attackMasterKeys(publicKey: PublicKey, masterKey: MasterKey, other: MasterKey): Target {
  const specimen = layOutMasterKey(masterKey.toBytes());
  const donor = layOutMasterKey(other.toBytes());
  return {
    name: "master key",
    share: 12,
    attack: async (random) => {
      const mutant = mutate(specimen, donor, random);
      if (equal(mutant, specimen.bytes) || equal(mutant, donor.bytes)) return "same";
      const key = await attempt(["abe-key-invalid"], async () =>
        keygen(publicKey, await MasterKey.fromBytes(mutant), ["a:1"]),
      );
      if (isRefused(key)) return key.refused;
      throw taken("a mutated master key makes keys", mutant);
    },
  };
}
