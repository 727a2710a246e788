/**
 * Makes formats.json from fixed bytes: `node --conditions=diptych-source test/record/vectors/make.ts`. The bytes are put
 * together field by field here, without the code that they check.
 */
import { createHash, createPrivateKey, sign } from "node:crypto";
import { writeFileSync } from "node:fs";

const fixed = (name: string, size = 32) =>
  Buffer.concat([0, 1, 2].map((at) => createHash("sha256").update(`diptych vector ${name} ${at}`).digest())).subarray(0, size);
const number = (size: number, value: number) => Buffer.from(value.toString(16).padStart(2 * size, "0"), "hex");
const framed = (bytes: Buffer | string) => Buffer.concat([number(4, Buffer.byteLength(bytes)), Buffer.from(bytes)]);
const list = (...items: Buffer[]) => Buffer.concat([number(4, items.length), ...items]);
const join = (...parts: Buffer[]) => Buffer.concat(parts);
const digest = (domain: string, ...parts: Buffer[]) =>
  createHash("sha256").update(join(framed(domain), ...parts.map(framed))).digest();

const certificate = fixed("certificate", 90);
const header = fixed("header", 80);
const signature = fixed("signature", 96);
const seed = fixed("emr key");
const key = createPrivateKey({
  key: join(Buffer.from("302e020100300506032b657004220420", "hex"), seed),
  format: "der",
  type: "pkcs8",
});
const publicKey = Buffer.from(key.export({ format: "jwk" }).x!, "base64url");
const place = { chainId: 31_338, contract: fixed("contract", 20), ledgerRecordId: fixed("ledger record"), version: 7 };
const message = join(
  framed("diptych/record/placement/v1"),
  framed(join(number(32, place.chainId), place.contract, place.ledgerRecordId, number(8, place.version))),
  framed(digest("diptych/ces/header/v1", header)),
);
const emrSignature = sign(null, message, key);

const part = join(number(1, 1), framed("性别"), fixed("salt"), framed('"female"'));
const keyring = join(
  number(1, 1),
  list(join(number(2, 3), fixed("key"), number(4, 2), number(4, 0))),
  framed(header),
  framed(signature),
  list(framed(certificate)),
  list(fixed("node")),
  publicKey,
  emrSignature,
);
const view = (name: string, ledger: number, purposes: string[], positions: number[], tag: Buffer) =>
  join(
    framed(name),
    number(1, ledger),
    framed("role:doctor"),
    list(...purposes.map((each) => framed(each))),
    list(...positions.map((each) => number(2, each))),
    framed(tag),
  );
const own = (position: number, label: string, side: number) =>
  join(number(2, position), framed(label), number(1, side), fixed("key"), number(4, 1), framed(fixed("cid", 36)), fixed("c"));
const ownCopy = join(
  number(1, 1),
  fixed("emr"),
  framed(header),
  framed(signature),
  list(framed(certificate)),
  list(own(1, "name", 0), own(2, "gender", 1)),
  list(view("full", 0, [], [1, 2], fixed("tag")), view("shared", 1, ["TREAT"], [2], Buffer.alloc(0))),
);
const ownCopyTaken = join(number(1, 2), ownCopy.subarray(1), fixed("emr key"), fixed("record 1"), fixed("record 2"));
const revealed = join(number(2, 1), framed("name"), fixed("salt"), framed('"x"'));
const extraction = join(number(1, 1), framed(header), framed(signature), list(revealed), list());
const info1 = join(number(1, 1), framed(extraction), list(framed(certificate)));
const ownCopyAmended = join(number(1, 3), ownCopy.subarray(1), number(1, 0), number(8, 7), number(8, 5));
const ownCopyBoth = join(
  number(1, 3),
  ownCopy.subarray(1),
  number(1, 1),
  ownCopyTaken.subarray(ownCopy.length),
  number(8, 7),
  number(8, 5),
);
const requestKey = join(number(1, 4), fixed("request key", 64));
const recordKey = join(number(1, 4), fixed("record key", 64));
const amendmentInvitation = join(number(1, 1), requestKey, list(framed(certificate)), framed(signature));
const requested = join(
  framed("diptych/record/amendment-request/v1"),
  framed(requestKey),
  framed(recordKey),
  framed(digest("diptych/ces/header/v1", header)),
);
const amendmentRequest = join(number(1, 1), framed(info1), recordKey, publicKey, sign(null, requested, key));
const amending = { ownCopyAmended, ownCopyBoth, amendmentInvitation, amendmentRequest };
const handed = (name: string, purposes: string[]) =>
  join(fixed(`${name} id`), fixed(`${name} index`), framed("role:doctor"), list(...purposes.map((each) => framed(each))));
const handOver = (generations: number[], shared: number[]) =>
  join(
    number(1, 1),
    framed(info1),
    fixed("emr key"),
    list(...generations.map((each) => number(4, each))),
    list(...shared.map((each) => number(2, each))),
    handed("full", []),
    handed("shared", ["TREAT", "HRESCH"]),
  );

const hexed = (values: Record<string, Buffer>) =>
  Object.fromEntries(Object.entries(values).map(([name, bytes]) => [name, bytes.toString("hex")]));
const vectors = {
  ...hexed({ header, keyring, ownCopy, ownCopyTaken, ...amending, info1, handOver: handOver([4], [1]), seed, emrPublicKey: publicKey, emrSignature }),
  pseudonym: digest("diptych/record/pseudonym/v1", publicKey).toString("hex"),
  partPlaintext: join(part, Buffer.alloc(1024 - part.length)).toString("hex"),
  place: { ...place, ...hexed({ contract: place.contract, ledgerRecordId: place.ledgerRecordId }) },
  mustFail: [
    ...Object.entries({
      ...{ keyring, ownCopy, ownCopyTaken, ...amending, info1, handOver: handOver([4], [1]) },
      partPlaintext: join(part, Buffer.alloc(1024 - part.length)),
    }).flatMap(
      ([format, bytes]) => [
        { format, name: "another version", bytes: join(number(1, 3 - bytes[0]!), bytes.subarray(1)) },
        { format, name: "a byte too many", bytes: join(bytes, Buffer.alloc(1)) },
        { format, name: "a byte missing", bytes: bytes.subarray(0, -1) },
      ],
    ),
    { format: "handOver", name: "generations of two parts", bytes: handOver([4, 4], [1]) },
    { format: "handOver", name: "a shared part that isn't there", bytes: handOver([4], [2]) },
    { format: "handOver", name: "a shared part twice", bytes: handOver([4], [1, 1]) },
    { format: "partPlaintext", name: "padding of ones", bytes: join(part, Buffer.alloc(1024 - part.length, 1)) },
    { format: "partPlaintext", name: "no padding", bytes: part },
    {
      format: "ownCopyAmended",
      name: "a third answer to whether it was taken over",
      bytes: join(ownCopyAmended.subarray(0, -17), number(1, 2), ownCopyAmended.subarray(-16)),
    },
    { format: "ownCopy", name: "ledger 2", bytes: join(ownCopy.subarray(0, -4 - 6 - 13 - 15 - 1), number(1, 2), ownCopy.subarray(-4 - 6 - 13 - 15)) },
  ].map((each) => ({ ...each, bytes: each.bytes.toString("hex") })),
};
writeFileSync(new URL("formats.json", import.meta.url), `${JSON.stringify(vectors, null, 2)}\n`);
