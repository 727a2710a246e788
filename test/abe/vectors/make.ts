/**
 * Writes kem.json: `node --conditions=diptych-source test/abe/vectors/make.ts`. All randomness is fixed, so that the same
 * code always writes the same file.
 */
import { writeFileSync } from "node:fs";
import { concat, hex, utf8 } from "../../../src/core/bytes.ts";
import { sha256 } from "../../../src/core/hash.ts";
import { reduceScalar } from "../../../src/abe/group.ts";
import { decapsulate } from "../../../src/abe/index.ts";
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
  senior: ["level = 5", "expires = 2028-05-01"],
  junior: ["level = 2", "role:nurse"],
};
const secretKeys = await Promise.all(
  Object.entries(holders).map(async ([name, attributes]) => {
    const r = scalar(`r ${name}`);
    const key = await keygenWith(publicKey, masterKey, attributes, r);
    return { name, attributes, r, key, encoded: key.toBytes() };
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
  { policy: "a:1 and b:2 or a:1 and c:3", associatedData: "reuse", opens: ["abc"] },
  { policy: "level >= 3", associatedData: "number", opens: ["senior"] },
  { policy: "level < 4 and role:nurse", associatedData: "number", opens: ["junior"] },
  { policy: "expires > 2027-01-01 or role:nurse", associatedData: "date", opens: ["senior", "junior"] },
  { policy: "level < 2147483648 and level < 1073741824", associatedData: "reuse of bits", opens: ["senior", "junior"] },
  { policy: "2 of (level < 2147483648, level >= 1073741824, role:nurse)", associatedData: "threshold", opens: ["junior"] },
  { policy: "level >= 0", associatedData: "whoever has one", opens: ["senior", "junior"] },
  { policy: "level = 5", associatedData: "", opens: ["senior"] },
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
const u32 = (value: number) => Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
const respell = (capsule: Uint8Array, from: string, to: string) =>
  concat(Uint8Array.of(1, 1), u32(utf8(to).length), utf8(to), capsule.subarray(6 + utf8(from).length));
const ad = utf8("ad");
const roleKey = await keygenWith(publicKey, masterKey, ["role:doctor"], scalar("r role"));
const seven = await encapsulateWith(publicKey, "level >= 7", ad, bytes("m seven"));
const year = await encapsulateWith(publicKey, "level > 1970-01-02", ad, bytes("m year"));
// Both take the same number of rows, over the same bits.
const renumbered = respell(seven.capsule, "level >= 7", "level >= 5");
const promoted = Uint8Array.from(keyOf("senior").encoded);
const promotedAt = promoted.length - (9 + 48 * 32);
promoted.set(utf8("level = 7"), promotedAt);
const doctor = keyOf("doctor").encoded;
const fails: { what: string; capsule: Uint8Array; secretKey?: Uint8Array; associatedData?: Uint8Array; code: string }[] = [
  { what: "other associated data", capsule: first.capsule, associatedData: utf8("ae"), code: "abe-decapsulation-failed" },
  { what: "another authority's capsule", capsule: foreign.capsule, code: "abe-decapsulation-failed" },
  { what: "another authority's secret key", capsule: first.capsule, secretKey: foreignKey.toBytes(), code: "abe-key-invalid" },
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
  { what: "another authority's key under this one's hash", capsule: first.capsule, secretKey: splice(foreignKey.toBytes(), 2, publicKey.hash), code: "abe-decapsulation-failed" },
  { what: "one element of another authority's key", capsule: first.capsule, secretKey: splice(roleKey.toBytes(), 34, foreignKey.toBytes().subarray(34, 82)), code: "abe-decapsulation-failed" },
  { what: "a number's value changed in the policy", capsule: renumbered, secretKey: keyOf("senior").encoded, code: "abe-decapsulation-failed" },
  { what: "a number's value changed in the key", capsule: seven.capsule, secretKey: promoted, code: "abe-decapsulation-failed" },
  { what: "a date for a number", capsule: year.capsule, secretKey: keyOf("senior").encoded, code: "abe-not-satisfied" },
  { what: "a comparison not in canonical form", capsule: respell(seven.capsule, "level >= 7", "level>=7"), secretKey: keyOf("senior").encoded, code: "abe-decapsulation-failed" },
  { what: "a comparison that nobody meets", capsule: respell(seven.capsule, "level >= 7", "level < 0"), secretKey: keyOf("senior").encoded, code: "abe-decapsulation-failed" },
];

const point = roleKey.toBytes().subarray(-48);
const keyOfEntries = (...entries: [text: string, elements: number][]) =>
  concat(
    doctor.subarray(0, 178),
    u32(entries.length),
    ...entries.flatMap(([text, elements]) => [u32(utf8(text).length), utf8(text), ...Array(elements).fill(point)]),
  );
const badKeys: { what: string; kind: "PublicKey" | "MasterKey" | "SecretKey"; bytes: Uint8Array }[] = [
  { what: "empty", kind: "SecretKey", bytes: new Uint8Array() },
  { what: "no attributes", kind: "SecretKey", bytes: keyOfEntries() },
  { what: "attributes out of order", kind: "SecretKey", bytes: keyOfEntries(["b:2", 1], ["a:1", 1]) },
  { what: "an attribute twice", kind: "SecretKey", bytes: keyOfEntries(["a:1", 1], ["a:1", 1]) },
  { what: "two values of one label", kind: "SecretKey", bytes: keyOfEntries(["level = 2", 32], ["level = 5", 32]) },
  { what: "a number and a date under one label", kind: "SecretKey", bytes: keyOfEntries(["level = 1970-01-03", 32], ["level = 2", 32]) },
  { what: "a number with one element", kind: "SecretKey", bytes: keyOfEntries(["level = 2", 1]) },
  { what: "a number with 33 elements", kind: "SecretKey", bytes: keyOfEntries(["level = 2", 33]) },
  { what: "a number not in its normal form", kind: "SecretKey", bytes: keyOfEntries(["level =2", 32]) },
  { what: "the name of a bit as an attribute", kind: "SecretKey", bytes: keyOfEntries(["\u0001n31=1:level", 1]) },
  { what: "more than 4096 elements", kind: "SecretKey", bytes: keyOfEntries(...Array.from({ length: 129 }, (_, i): [string, number] => [`n${i} = 1`, 32]).sort(([a], [b]) => (a < b ? -1 : 1))).subarray(0, 200) },
  { what: "an element outside the subgroup", kind: "SecretKey", bytes: splice(doctor, 34, outsideG1) },
  { what: "an element at infinity", kind: "SecretKey", bytes: splice(doctor, 34, infinityG1) },
  { what: "a master key at infinity", kind: "MasterKey", bytes: splice(masterKey.toBytes(), 34, infinityG1) },
  { what: "a public key of zeros", kind: "PublicKey", bytes: splice(publicKey.toBytes(), 2, new Uint8Array(576)) },
  { what: "a public key of suite 2", kind: "PublicKey", bytes: splice(publicKey.toBytes(), 1, Uint8Array.of(2)) },
  { what: "a secret key for a public key", kind: "PublicKey", bytes: doctor },
];

const vectors = {
  description: "FABEO CP-ABE KEM of Diptych, suite 1. Scalars are big-endian integers below r.",
  alpha: hexScalar(alpha),
  publicKey: hex(publicKey.toBytes()),
  publicKeyHash: hex(publicKey.hash),
  masterKey: hex(masterKey.toBytes()),
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
  badKeys: badKeys.map(({ what, kind, bytes }) => ({ what, kind, bytes: hex(bytes) })),
};
writeFileSync(new URL("./kem.json", import.meta.url), `${JSON.stringify(vectors, null, 2)}\n`);
