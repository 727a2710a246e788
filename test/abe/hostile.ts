/**
 * What hostile input may do to the ABE and to the policy language: be refused, with the codes that are promised, or, as
 * texts can, mean something in the one way that all parts agree on. Everything else is an error of this file's.
 */
import { capsulePolicy, decapsulate, type PublicKey, type SecretKey } from "../../src/abe/index.ts";
import { encapsulateWith } from "../../src/abe/kem.ts";
import { keygenWith, setupWith } from "../../src/abe/keygen.ts";
import { equal, utf8 } from "../../src/core/bytes.ts";
import {
  compileLsss,
  expandAttributes,
  findCombination,
  numericAttribute,
  POLICY_LIMITS,
  parseAttribute,
  parsePolicy,
  printPolicy,
  satisfies,
} from "../../src/policy/index.ts";
import { attempt, type Ending, isRefused, type Target, taken } from "./endings.ts";
import { attackMasterKeys, attackPublicKeys, attackSecretKeys } from "./hostileKeys.ts";
import { layOutCapsule, makeRandom, mutate, pick, replaceText, type Specimen } from "./mutants.ts";
import { attributeSeeds, mutateText, policySeeds, restate } from "./mutantTexts.ts";

export interface Report {
  readonly target: string;
  readonly ending: Ending;
}

/** Attacks with mutant `index` of the run `seed`. Throws when it is taken, or refused in another way than promised. */
export type Attack = (seed: number, index: number) => Promise<Report>;

const associatedData = utf8("associated");
const attributes = ["a:1", "b:2", "level = 3221225475"];
const policies = [
  "a:1",
  "a:1 or z:3",
  "a:1 and b:2",
  "2 of (a:1, b:2, a:1)",
  "level >= 2147483648",
  "level >= 3221225472 or b:2",
] as const;

function demand(condition: boolean, what: string, mutant: string): void {
  if (!condition) throw taken(what, mutant);
}

/** Everything is made from fixed numbers: mutants are the same in every run. */
export async function prepareAttack(): Promise<Attack> {
  const { publicKey, masterKey } = await setupWith(0x1d1b7c4n ** 9n);
  const other = await setupWith(0x2d1b7c4n ** 9n);
  const secretKey = await keygenWith(publicKey, masterKey, attributes, 3n ** 150n);
  const targets = [
    attackPolicies(),
    attackAttributes(),
    ...(await attackCapsules(publicKey, secretKey)),
    await attackSecretKeys(publicKey, masterKey, other),
    attackPublicKeys(publicKey, other.publicKey),
    attackMasterKeys(publicKey, masterKey, other.masterKey),
  ];
  return async (seed, index) => {
    const random = makeRandom(seed, index);
    let at = random(1000);
    const target = targets.find(({ share }) => (at -= share) < 0)!;
    try {
      return { target: target.name, ending: await target.attack(random) };
    } catch (cause) {
      throw new Error(`mutant ${index} of seed ${seed} (${target.name}): ${(cause as Error).message}`, {
        cause,
      });
    }
  };
}

function attackPolicies(): Target {
  return {
    name: "policy text",
    share: 400,
    attack: async (random) => {
      const text = mutateText(pick(policySeeds, random), random);
      const policy = await attempt(["policy-syntax", "policy-limit"], () => parsePolicy(text));
      if (isRefused(policy)) return policy.refused;
      const canonical = printPolicy(policy);
      demand(utf8(canonical).length <= POLICY_LIMITS.textBytes, "a canonical text over the limit", text);
      demand(
        JSON.stringify(parsePolicy(canonical)) === JSON.stringify(policy),
        "a canonical text of another policy",
        text,
      );
      const lsss = compileLsss(canonical);
      demand(
        lsss.rows.length <= POLICY_LIMITS.leaves && lsss.uses <= lsss.rows.length,
        "too many rows",
        text,
      );
      const held = attributes.filter(() => random(2) === 0);
      const weights = lsss.rows.length > 64 ? [] : findCombination(lsss, held);
      if (lsss.rows.length <= 64)
        demand((weights !== undefined) === satisfies(policy, held), "locks that don't agree", text);
      return "read";
    },
  };
}

function attackAttributes(): Target {
  return {
    name: "attribute text",
    share: 270,
    attack: async (random) => {
      const text = mutateText(pick(attributeSeeds, random), random);
      const attribute = await attempt(["attribute-invalid"], () => parseAttribute(text));
      if (isRefused(attribute)) return attribute.refused;
      demand(parseAttribute(attribute) === attribute, "no normal form", text);
      demand(utf8(attribute).length <= POLICY_LIMITS.attributeBytes, "a long attribute", text);
      demand(!/\p{Cc}/u.test(attribute), "control characters", text);
      const rows = expandAttributes([attribute]);
      const leaf = await attempt(["policy-syntax"], () => parsePolicy(JSON.stringify(attribute)));
      if (numericAttribute(attribute)) {
        demand(new Set(rows).size === 32 && rows.every((row) => /^\p{Cc}/u.test(row)), "bits", text);
        demand(isRefused(leaf), "a number as a plain attribute of a policy", text);
      } else {
        demand(rows.length === 1 && rows[0] === attribute, "rows of a plain attribute", text);
        demand(
          !isRefused(leaf) && leaf.kind === "leaf" && leaf.attribute === attribute,
          "another leaf",
          text,
        );
      }
      return "read";
    },
  };
}

async function attackCapsules(publicKey: PublicKey, secretKey: SecretKey): Promise<Target[]> {
  const specimens: { specimen: Specimen; donor: Specimen; policy: string }[] = [];
  for (const policy of policies) {
    const { rows, uses } = compileLsss(policy);
    const make = async (first: number) => {
      const m = new Uint8Array(32).fill(first);
      const { capsule } = await encapsulateWith(publicKey, policy, associatedData, m);
      return layOutCapsule(capsule, uses, rows.length);
    };
    specimens.push({ specimen: await make(1), donor: await make(2), policy });
  }
  const honest = specimens.flatMap(({ specimen, donor }) => [specimen.bytes, donor.bytes]);
  const expectRefusal = async (capsule: Uint8Array): Promise<Ending> => {
    if (honest.some((each) => equal(each, capsule))) return "same";
    const policy = await attempt(["encoding-invalid"], () => capsulePolicy(capsule));
    const key = await attempt(["abe-decapsulation-failed", "abe-not-satisfied"], () =>
      decapsulate(publicKey, secretKey, capsule, associatedData),
    );
    if (!isRefused(key)) throw taken("a mutated capsule opens", capsule);
    if (!isRefused(policy)) demandLayout(capsule, policy);
    if (isRefused(policy) && key.refused !== "abe-decapsulation-failed")
      throw taken("another error", capsule);
    return key.refused;
  };
  return [
    {
      name: "capsule",
      share: 250,
      attack: (random) => {
        const { specimen, donor } = pick(specimens, random);
        const stranger = random(4) === 0 ? pick(specimens, random).donor : donor;
        let mutant = mutate(specimen, stranger, random);
        // Most mutants are of the points' bytes, and those that get as far as a pairing take a hundred times as long.
        for (let tries = 0; tries < 8 && random(32) > 0 && reachesPoints(mutant, specimen); tries++)
          mutant = mutate(specimen, stranger, random);
        return expectRefusal(mutant);
      },
    },
    {
      name: "capsule's policy",
      share: 40,
      attack: (random) => {
        const { specimen, policy } = pick(specimens, random);
        const text = random(2) === 0 ? restate(policy, random) : mutateText(policy, random);
        return expectRefusal(replaceText(specimen, text, random));
      },
    },
  ];
}

/** Demands that bytes whose policy is read have all fields of a capsule, and no more. */
function demandLayout(capsule: Uint8Array, policy: string): void {
  const { rows, uses } = compileLsss(policy);
  layOutCapsule(capsule, uses, rows.length);
}

/** Whether the mutant is laid out as the specimen, so that its points are looked at. */
function reachesPoints(mutant: Uint8Array, { bytes, fields }: Specimen): boolean {
  const head = fields.find(({ kind }) => kind === "text")!;
  const end = head.at + head.size;
  return mutant.length === bytes.length && equal(mutant.subarray(0, end), bytes.subarray(0, end));
}
