/**
 * Writes kem.json: `node --conditions=diptych-source test/abe/vectors/make.ts`. All randomness is fixed, so that the same
 * code always writes the same file.
 */
import { writeFileSync } from "node:fs";
import { concat, hex, utf8 } from "../../../src/core/bytes.ts";
import { sha256 } from "../../../src/core/hash.ts";
import { reduceScalar } from "../../../src/abe/group.ts";
import { decapsulate, encodeMasterKey, encodePublicKey, encodeSecretKey, publicKeyHash } from "../../../src/abe/index.ts";
import { encapsulateWith } from "../../../src/abe/kem.ts";
import { keygenWith, setupWith } from "../../../src/abe/keygen.ts";

const bytes = (label: string) => sha256(utf8(`diptych abe vector ${label}`));
const scalar = (label: string) => reduceScalar(concat(bytes(`${label} 1`), bytes(`${label} 2`).subarray(0, 16)));
const hexScalar = (value: bigint) => `0x${value.toString(16).padStart(64, "0")}`;

const alpha = scalar("alpha");
const { publicKey, masterKey } = await setupWith(alpha);
const other = await setupWith(scalar("another alpha"));

const holders: Record<string, string[]> = {
  doctor: ["role:doctor", "org:yzu-hospital", "id:0x00000000000000000000000000000000deadbeef"],
  researcher: ["role:researcher", "two words", "ünï:cödé"],
  y: ["y:1"],
  abc: ["a:1", "b:2", "c:3"],
};
const secretKeys = await Promise.all(
  Object.entries(holders).map(async ([name, attributes]) => {
    const r = scalar(`r ${name}`);
    const key = await keygenWith(publicKey, masterKey, attributes, r);
    return { name, attributes, r, key, encoded: await encodeSecretKey(key) };
  }),
);
const keyOf = (name: string) => secretKeys.find((entry) => entry.name === name)!;

const cases: { policy: string; associatedData: string; opens: string[] }[] = [
  { policy: "role:doctor", associatedData: "", opens: ["doctor"] },
  { policy: "role:doctor and org:yzu-hospital or role:government", associatedData: "full", opens: ["doctor"] },
  { policy: 'role:insurer or "two words" and "ünï:cödé"', associatedData: "shared", opens: ["researcher"] },
  { policy: "(x:1 or y:1) and (x:1 or z:1)", associatedData: "reuse", opens: [] },
  { policy: "2 of (a:1, b:2, d:4)", associatedData: "threshold", opens: ["abc"] },
  { policy: "3 of (z:1, a:1 and c:3, a:1 or y:1, 2 of (a:1, b:2, x:1, y:1, z:1))", associatedData: "deep", opens: ["abc"] },
  { policy: "id:0x00000000000000000000000000000000deadbeef", associatedData: "id", opens: ["doctor"] },
];
const capsules = await Promise.all(
  cases.map(async ({ policy, associatedData, opens }, index) => {
    const m = bytes(`m ${index}`);
    const made = await encapsulateWith(publicKey, policy, utf8(associatedData), m);
    for (const name of opens) await decapsulate(publicKey, keyOf(name).key, made.capsule, utf8(associatedData));
    return {
      policy,
      associatedData: hex(utf8(associatedData)),
      m: hex(m),
      capsule: hex(made.capsule),
      key: hex(made.key),
      opens,
      refuses: secretKeys.map(({ name }) => name).filter((name) => !opens.includes(name)),
    };
  }),
);

const first = await encapsulateWith(publicKey, "role:doctor", utf8("ad"), bytes("m fail"));
const foreign = await encapsulateWith(other.publicKey, "role:doctor", utf8("ad"), bytes("m fail"));
const foreignKey = await keygenWith(other.publicKey, other.masterKey, ["role:doctor"], scalar("r foreign"));
const policySize = 2 + 4 + "role:doctor".length;
const splice = (capsule: Uint8Array, at: number, put: Uint8Array) =>
  concat(capsule.subarray(0, at), put, capsule.subarray(at + put.length));
const flip = (capsule: Uint8Array, at: number) => splice(capsule, at, Uint8Array.of(capsule[at]! ^ 1));
const infinityG2 = concat(Uint8Array.of(0xc0), new Uint8Array(95));
const infinityG1 = concat(Uint8Array.of(0xc0), new Uint8Array(47));
// x = 4 is on the curve y^2 = x^3 + 4, outside the subgroup of order r.
const outsideG1 = concat(Uint8Array.of(0x80), new Uint8Array(46), Uint8Array.of(4));
const respelt = (text: string) => {
  const body = first.capsule.subarray(policySize);
  return concat(Uint8Array.of(1, 1, 0, 0, 0, utf8(text).length), utf8(text), body);
};
const ad = utf8("ad");
const doctor = keyOf("doctor").encoded;
const fails: { what: string; capsule: Uint8Array; secretKey?: Uint8Array; associatedData?: Uint8Array; code: string }[] = [
  { what: "other associated data", capsule: first.capsule, associatedData: utf8("ae"), code: "abe-decapsulation-failed" },
  { what: "another authority's capsule", capsule: foreign.capsule, code: "abe-decapsulation-failed" },
  { what: "another authority's secret key", capsule: first.capsule, secretKey: await encodeSecretKey(foreignKey), code: "abe-key-invalid" },
  { what: "attributes that don't satisfy", capsule: first.capsule, secretKey: keyOf("researcher").encoded, code: "abe-not-satisfied" },
  { what: "empty", capsule: new Uint8Array(), code: "abe-decapsulation-failed" },
  { what: "format version 2", capsule: splice(first.capsule, 0, Uint8Array.of(2)), code: "abe-decapsulation-failed" },
  { what: "suite 2", capsule: splice(first.capsule, 1, Uint8Array.of(2)), code: "abe-decapsulation-failed" },
  { what: "trailing byte", capsule: concat(first.capsule, Uint8Array.of(0)), code: "abe-decapsulation-failed" },
  { what: "last byte missing", capsule: first.capsule.subarray(0, -1), code: "abe-decapsulation-failed" },
  { what: "policy not in canonical form", capsule: respelt("(role:doctor)"), code: "abe-decapsulation-failed" },
  { what: "policy doesn't parse", capsule: respelt("role:doctor and"), code: "abe-decapsulation-failed" },
  { what: "policy widened to another attribute", capsule: respelt("org:yzu-hospital"), code: "abe-decapsulation-failed" },
  { what: "masked m changed", capsule: flip(first.capsule, policySize), code: "abe-decapsulation-failed" },
  { what: "ct1 negated", capsule: splice(first.capsule, policySize + 32, Uint8Array.of(first.capsule[policySize + 32]! ^ 0x20)), code: "abe-decapsulation-failed" },
  { what: "ct1 at infinity", capsule: splice(first.capsule, policySize + 32, infinityG2), code: "abe-decapsulation-failed" },
  { what: "ct2 from ct1", capsule: splice(first.capsule, policySize + 128, first.capsule.subarray(policySize + 32, policySize + 128)), code: "abe-decapsulation-failed" },
  { what: "ct3 at infinity", capsule: splice(first.capsule, policySize + 224, infinityG1), code: "abe-decapsulation-failed" },
  { what: "ct3 outside the subgroup", capsule: splice(first.capsule, policySize + 224, outsideG1), code: "abe-decapsulation-failed" },
  { what: "ct3 without the compression bit", capsule: splice(first.capsule, policySize + 224, Uint8Array.of(first.capsule[policySize + 224]! & 0x7f)), code: "abe-decapsulation-failed" },
];

const vectors = {
  description: "FABEO CP-ABE KEM of Diptych, suite 1. Scalars are big-endian integers below r.",
  alpha: hexScalar(alpha),
  publicKey: hex(await encodePublicKey(publicKey)),
  publicKeyHash: hex(publicKeyHash(publicKey)),
  masterKey: hex(await encodeMasterKey(masterKey)),
  secretKeys: secretKeys.map(({ name, attributes, r, encoded }) => ({
    name,
    attributes,
    r: hexScalar(r),
    secretKey: hex(encoded),
  })),
  capsules,
  mustFail: fails.map(({ what, capsule, secretKey, associatedData, code }) => ({
    what,
    capsule: hex(capsule),
    secretKey: hex(secretKey ?? doctor),
    associatedData: hex(associatedData ?? ad),
    code,
  })),
};
writeFileSync(new URL("./kem.json", import.meta.url), `${JSON.stringify(vectors, null, 2)}\n`);
