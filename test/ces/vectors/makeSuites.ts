/** Makes suites.json: one record signed in each suite, and what each suite must refuse. Called by make.ts. */
import { createHash, createPrivateKey, createPublicKey } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { ED25519_TORSION_SUBGROUP } from "@noble/curves/ed25519.js";
import { p256 } from "@noble/curves/nist.js";
import * as oracle from "../oracle.ts";

const here = new URL(".", import.meta.url);
const fixed = (name: string) => createHash("sha256").update(`diptych vector ${name}`).digest();
const der = { format: "der", type: "spki" } as const;
const identity = (head: string, bytes: Uint8Array) => Buffer.concat([Buffer.from(head, "hex"), bytes]);

const rsa = JSON.parse(readFileSync(new URL("signingKey.json", here), "utf8")) as { pkcs8: string; spki: string };
const rsaKeys = { pkcs8: Buffer.from(rsa.pkcs8, "hex"), spki: Buffer.from(rsa.spki, "hex") };

const ed25519Pkcs8 = identity("302e020100300506032b657004220420", fixed("ed25519 key"));
const ed25519Private = createPrivateKey({ key: ed25519Pkcs8, format: "der", type: "pkcs8" });
const ed25519Keys = { pkcs8: ed25519Pkcs8, spki: createPublicKey(ed25519Private).export(der) };

const scalar = fixed("p256 key");
const point = p256.getPublicKey(scalar, false);
const coordinate = (from: number) => Buffer.from(point.subarray(from, from + 32)).toString("base64url");
const jwk = { kty: "EC", crv: "P-256", d: scalar.toString("base64url"), x: coordinate(1), y: coordinate(33) };
const p256Private = createPrivateKey({ key: jwk, format: "jwk" });
const p256Keys = {
  pkcs8: p256Private.export({ format: "der", type: "pkcs8" }),
  spki: createPublicKey(p256Private).export(der),
};

const parts = ["name", "diagnosis", "报告"].map((label, at) => ({
  position: at + 1,
  label,
  salt: fixed(`suite salt ${at + 1}`),
  content: Buffer.from(`"content of ${label}"`),
}));
const header = oracle.headerBytes({
  schema: "vector",
  emrId: fixed("suite emr"),
  revision: 1,
  amends: Buffer.alloc(32),
  pseudonym: fixed("suite pseudonym"),
  issuer: "CN=Dr. Vector,O=Test",
  time: 1_700_000_000,
  n: parts.length,
  mandatory: [],
  implications: [],
  never: [],
});
const emr = fixed("suite emr");
const commitments = parts.map((each) => oracle.commitment(emr, each.position, each.label, each.salt, each.content));
const root = oracle.rootOf(commitments);
const reveal = (signature: Buffer) =>
  oracle.extractionBytes(header, signature, [parts[1]!], oracle.proofOf(commitments, [2]));

/** An RSA signature whose number is so small that it starts with a zero byte: one in 256 is. */
function signWithZero(): Buffer {
  for (let at = 0; ; at++) {
    const signature = oracle.signWithSaltQuickly(rsaKeys.pkcs8, header, root, fixed(`small ${at}`));
    if (signature[1] === 0) return signature;
  }
}

const number = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
const bigEndian = (value: bigint) => Buffer.from(value.toString(16).padStart(64, "0"), "hex");
const littleEndian = (value: bigint) => bigEndian(value).reverse();
const change = (signature: Buffer, at: number, bytes: Uint8Array) => {
  const copy = Buffer.from(signature);
  copy.set(bytes, at);
  return copy;
};

export function makeSuites(): void {
  const small = signWithZero();
  const ed = oracle.signEd25519(ed25519Keys.pkcs8, header, root);
  const ec = oracle.signP256(scalar, header, root);
  const rsaSigned = oracle.signWithSaltQuickly(rsaKeys.pkcs8, header, root, fixed("suite pss salt"));
  const n256 = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const l25519 = 2n ** 252n + 27742317777372353535851937790883648493n;
  const s = number(ec.subarray(33));
  const edS = number(Buffer.from(ed.subarray(33)).reverse());
  const id = (suite: number, signature: Buffer) => change(signature, 0, [suite] as unknown as Uint8Array);
  const good = [
    { name: "rsa-pss", keys: rsaKeys, signature: rsaSigned },
    { name: "rsa-pss, signature with a leading zero byte", keys: rsaKeys, signature: small },
    { name: "ed25519", keys: ed25519Keys, signature: ed },
    { name: "p256", keys: p256Keys, signature: ec },
  ];
  const bad = [
    { name: "rsa-pss: leading zero byte left out", keys: rsaKeys, signature: Buffer.concat([small.subarray(0, 1), small.subarray(2)]) },
    { name: "rsa-pss: a zero byte before", keys: rsaKeys, signature: Buffer.concat([Buffer.from([1, 0]), rsaSigned.subarray(1)]) },
    { name: "rsa-pss: a byte after", keys: rsaKeys, signature: Buffer.concat([rsaSigned, Buffer.alloc(1)]) },
    { name: "ed25519: S + L", keys: ed25519Keys, signature: change(ed, 33, littleEndian(edS + l25519)) },
    { name: "ed25519: all zero", keys: ed25519Keys, signature: id(2, Buffer.alloc(65)) },
    { name: "ed25519: a byte after", keys: ed25519Keys, signature: Buffer.concat([ed, Buffer.alloc(1)]) },
    { name: "p256: high-s twin", keys: p256Keys, signature: change(ec, 33, bigEndian(n256 - s)) },
    { name: "p256: r and s zero", keys: p256Keys, signature: id(3, Buffer.alloc(65)) },
    { name: "p256: r is the order", keys: p256Keys, signature: change(ec, 1, bigEndian(n256)) },
    { name: "p256: in DER", keys: p256Keys, signature: Buffer.concat([Buffer.from([3]), Buffer.from("3044022000", "hex"), ec.subarray(1)]) },
    ...[
      { name: "rsa-pss", keys: rsaKeys, signature: rsaSigned },
      { name: "ed25519", keys: ed25519Keys, signature: ed },
      { name: "p256", keys: p256Keys, signature: ec },
    ].flatMap(({ name, keys, signature }) =>
      [0, 1, 2, 3, 4].filter((suite) => suite !== signature[0]).map((suite) => ({
        name: `${name}: said to be suite ${suite}`,
        keys,
        signature: id(suite, signature),
      })),
    ),
    { name: "ed25519: signature under the P-256 key", keys: p256Keys, signature: ed },
    { name: "ed25519: said to be P-256's, under the P-256 key", keys: p256Keys, signature: id(3, ed) },
    { name: "p256: signature under the Ed25519 key", keys: ed25519Keys, signature: ec },
    { name: "p256: said to be Ed25519's, under the Ed25519 key", keys: ed25519Keys, signature: id(2, ec) },
  ];
  const edHead = "302a300506032b6570032100";
  const field = 2n ** 255n - 19n;
  const compressed = p256.getPublicKey(scalar, true);
  const badKeys = [
    ...ED25519_TORSION_SUBGROUP.map((each, at) => ({
      name: `ed25519: point ${at} of small order`,
      spki: identity(edHead, Buffer.from(each, "hex")),
    })),
    { name: "ed25519: neutral point, not canonical", spki: identity(edHead, littleEndian(field + 1n)) },
    { name: "ed25519: y beyond the field", spki: identity(edHead, littleEndian(field + 3n)) },
    { name: "p256: compressed point", spki: identity("3039301306072a8648ce3d020106082a8648ce3d030107032200", compressed) },
    { name: "p256: not on the curve", spki: change(p256Keys.spki, 90, [p256Keys.spki[90]! ^ 1] as unknown as Uint8Array) },
    { name: "p256: a byte after", spki: Buffer.concat([p256Keys.spki, Buffer.alloc(1)]) },
  ];
  const write = <T extends { keys: typeof rsaKeys; signature: Buffer }>({ keys, signature, ...rest }: T) => ({
    ...rest,
    spki: keys.spki.toString("hex"),
    bytes: reveal(signature).toString("hex"),
  });
  const vectors = {
    commitments: commitments.map((each) => each.toString("hex")),
    suites: good.map((each) => ({ ...write(each), pkcs8: each.keys.pkcs8.toString("hex") })),
    mustFail: bad.map(write),
    badKeys: badKeys.map(({ name, spki }) => ({ name, spki: spki.toString("hex") })),
  };
  writeFileSync(new URL("suites.json", here), `${JSON.stringify(vectors, null, 2)}\n`);
}
