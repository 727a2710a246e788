/**
 * Every parser of bytes and texts from outside, each with valid input to start from. Whoever adds a parser adds it here.
 */
import {
  capsulePolicy,
  decapsulate,
  encapsulate,
  MasterKey,
  PublicKey,
  SecretKey,
} from "../../src/abe/index.ts";
import { keygenWith, setupWith } from "../../src/abe/keygen.ts";
import {
  decodeExtraction,
  decodeHeader,
  decodeOutline,
  decodeRangeProof,
  encodeExtraction,
  encodeOutline,
  encodeRangeProof,
  exportSigningKey,
  exportVerifyKey,
  extract,
  generateSigningKey,
  hashContent,
  importSigningKey,
  importVerifyKey,
  outlineExtraction,
  proveRange,
  verify,
  verifyOutline,
} from "../../src/ces/index.ts";
import { equal, randomBytes, unhex, utf8, utf8Decode } from "../../src/core/bytes.ts";
import {
  compileProgram,
  implies,
  parseAttribute,
  parsePolicy,
  purposeNumber,
  readProgram,
  runProgram,
} from "../../src/policy/index.ts";
import {
  checkIndexProof,
  decodeIndex,
  decodeIndexPlaintext,
  decodePartial,
  decrypt,
  encodeIndex,
  encodeIndexPlaintext,
  encodePartial,
  encrypt,
  generateKeyPair,
  judgeShareComplaint,
  open,
  openIndexWithKey,
  openKeyring,
  openRelease,
  openShare,
  sealKeyring,
  sealRelease,
  sealShare,
  sealTo,
} from "../../src/seal/index.ts";
import { proveOpening } from "../../src/seal/shareComplaint.ts";
import { doctor, inventRecord } from "../ces/invented.ts";
import { makeWorld } from "../seal/world.ts";

/** One parser, and valid input for it. */
export type Parser = {
  name: string;
  samples: Uint8Array[];
  /** Reads bytes; returns or throws, at once or later. */
  read: (bytes: Uint8Array) => unknown;
  /** How many plain decodings one reading takes as long as: one attempt in so many is tried on it. 1 unless said. */
  cost?: number;
};

/** For what takes texts: bytes that are no UTF-8 become the texts that a careless reader would make of them. */
export function asText(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/** What JSON.parse makes of it, for parsers that take values: syntax errors are JSON.parse's to tell. */
export function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(asText(bytes));
  } catch {
    return asText(bytes);
  }
}

let known: Promise<Parser[]> | undefined;

/** Parsers of core, policy, abe, ces and seal; made once, since making their samples takes a while. */
export function innerParsers(): Promise<Parser[]> {
  known ??= makeParsers();
  return known;
}

async function makeParsers(): Promise<Parser[]> {
  return [...policyParsers(), ...(await abeParsers()), ...(await cesParsers()), ...(await sealParsers())];
}

const policies = [
  "role:doctor and (org:yzu-hospital or 2 of (a:x, b:y, c:z))",
  '"quoted \\u00e9 attribute" or level >= 3 and expires > 2027-01-01',
  "3 of (a:1, a:1, b:2, (c:3 and d:4))",
];

function policyParsers(): Parser[] {
  const nobody = { holds: () => false, number: () => 7 };
  return [
    { name: "bytes as UTF-8", samples: policies.map(utf8), read: utf8Decode },
    {
      name: "hex",
      samples: [utf8("0x00ffa1"), utf8("00ff")],
      read: (bytes) => unhex(asText(bytes)),
      cost: 2,
    },
    { name: "policy", samples: policies.map(utf8), read: (bytes) => parsePolicy(asText(bytes)), cost: 4 },
    {
      name: "comparison of policies",
      samples: policies.map(utf8),
      read: (bytes) => implies(parsePolicy(asText(bytes)), policies[0]!),
      cost: 40,
    },
    {
      name: "attribute",
      samples: ["role:doctor", "level = 3", "expires = 2027-01-01", `id:0x${"Ab".repeat(20)}`, "é"].map(utf8),
      read: (bytes) => parseAttribute(asText(bytes)),
      cost: 2,
    },
    {
      name: "purpose",
      samples: [utf8("TREAT"), utf8("HRESCH")],
      read: (bytes) => purposeNumber(asText(bytes)),
      cost: 40,
    },
    {
      name: "policy program",
      samples: policies.map((policy, at) => compileProgram(policy, at === 0 ? ["TREAT", "HRESCH"] : [])),
      read: (bytes) => [readProgram(bytes), runProgram(bytes, nobody, 1)],
    },
  ];
}

async function abeParsers(): Promise<Parser[]> {
  const { publicKey, masterKey } = await setupWith(0x51ab7c4n ** 9n);
  const secretKey = await keygenWith(publicKey, masterKey, ["a:x", "b:y", "level = 3"], 5n ** 90n);
  const capsules = await Promise.all(
    ["a:x and b:y", "level >= 2 or z:z"].map(
      async (policy) => (await encapsulate(publicKey, policy)).capsule,
    ),
  );
  return [
    { name: "ABE public key", samples: [publicKey.toBytes()], read: PublicKey.fromBytes, cost: 100 },
    { name: "ABE master key", samples: [masterKey.toBytes()], read: MasterKey.fromBytes, cost: 100 },
    { name: "ABE secret key", samples: [secretKey.toBytes()], read: SecretKey.fromBytes, cost: 100 },
    { name: "ABE capsule", samples: capsules, read: capsulePolicy, cost: 4 },
    {
      name: "ABE capsule, opened",
      samples: capsules,
      read: (bytes) => decapsulate(publicKey, secretKey, bytes),
      cost: 400,
    },
  ];
}

async function cesParsers(): Promise<Parser[]> {
  const whole = await inventRecord(9, {
    ceas: { mandatory: [1], implications: [{ position: 3, needs: 2 }], never: [9] },
  });
  const extractions = [whole, await extract(whole, [1, 2, 3])];
  const outlines = await Promise.all(extractions.map(outlineExtraction));
  const segments = Array.from({ length: 5 }, () => randomBytes(32));
  const range = proveRange({ length: 5 << 20, segments }, 1, 2);
  const keys = [doctor, await generateSigningKey("ed25519"), await generateSigningKey("p256")];
  return [
    { name: "header", samples: [whole.header], read: decodeHeader },
    { name: "extraction", samples: extractions.map(encodeExtraction), read: decodeExtraction },
    {
      name: "extraction, verified",
      samples: extractions.map(encodeExtraction),
      read: (bytes) => verify(decodeExtraction(bytes), doctor.publicKey),
      cost: 20,
    },
    {
      name: "outline, verified",
      samples: outlines.map(encodeOutline),
      read: (bytes) => verifyOutline(decodeOutline(bytes), doctor.publicKey),
      cost: 20,
    },
    { name: "range proof", samples: [encodeRangeProof(range)], read: decodeRangeProof },
    { name: "content", samples: [utf8("content")], read: hashContent, cost: 4 },
    {
      name: "verification key",
      samples: await Promise.all(keys.map((pair) => exportVerifyKey(pair.publicKey))),
      read: importVerifyKey,
      cost: 20,
    },
    {
      name: "signing key",
      samples: await Promise.all(keys.map((pair) => exportSigningKey(pair.privateKey))),
      read: importSigningKey,
      cost: 100,
    },
  ];
}

async function sealParsers(): Promise<Parser[]> {
  const { binding, context, dealing, gates, index, indexKey, partial, plaintext, shareBinding } =
    await makeWorld(2, 3);
  const { publicKey, privateKey } = await generateKeyPair();
  const info = utf8("info");
  const lock = {
    sigma: randomBytes(32),
    k: randomBytes(32),
    capsule: randomBytes(80),
    binding: { ...binding, version: 3n },
  };
  const key = randomBytes(32);
  const release = { requestId: context.requestId, gate: randomBytes(20), enc: index.enc };
  const sealedShare = await sealShare(dealing.shares[0]!, shareBinding(1));
  const gateKey = gates[0]!.privateKey;
  const evidence = await proveOpening(gateKey, sealedShare, shareBinding(1), randomBytes(32));
  return [
    {
      name: "index",
      samples: [encodeIndex(index)],
      read: (bytes) => checkIndexProof(decodeIndex(bytes), binding),
      cost: 200,
    },
    {
      name: "index, opened",
      samples: [encodeIndex(index)],
      read: (bytes) => openIndexWithKey(indexKey, decodeIndex(bytes), binding),
      cost: 200,
    },
    { name: "index plaintext", samples: [encodeIndexPlaintext(plaintext)], read: decodeIndexPlaintext },
    { name: "partial", samples: [encodePartial(await partial(1))], read: decodePartial },
    {
      name: "HPKE message",
      samples: [await sealTo(publicKey, info, randomBytes(40))],
      read: (bytes) => open(privateKey, info, bytes),
      cost: 200,
    },
    {
      name: "release",
      samples: [await sealRelease(publicKey, await partial(1), release)],
      read: (bytes) => openRelease(privateKey, bytes, release, 1),
      cost: 200,
    },
    {
      name: "sealed share",
      samples: [sealedShare],
      read: (bytes) => openShare(gateKey, bytes, shareBinding(1)),
      cost: 200,
    },
    {
      name: "complaint about a share",
      samples: [evidence, Uint8Array.of(1, 0)],
      read: (bytes) => judgeShareComplaint(bytes, sealedShare, shareBinding(1)),
      cost: 200,
    },
    {
      name: "sealed keyring",
      samples: [await sealKeyring(lock, randomBytes(300))],
      read: (bytes) => openKeyring(lock, bytes),
      cost: 400,
    },
    {
      name: "sealed stream",
      samples: [await encrypt(key, info, randomBytes(100))],
      read: async (bytes) => equal(await decrypt(key, info, bytes), bytes),
      cost: 400,
    },
  ];
}
