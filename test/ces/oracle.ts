/**
 * A second, plain implementation of the bytes of diptych/ces on node:crypto and node-forge, written from the format's
 * description and sharing nothing with src: vectors come from it.
 */
import { constants, createHash, createPrivateKey, privateEncrypt, sign } from "node:crypto";
import { p256 } from "@noble/curves/nist.js";
import forge from "node-forge";

const bytes = (size: number, value: number): Buffer => {
  const out = Buffer.alloc(size);
  out.writeUIntBE(value, size > 6 ? size - 6 : 0, Math.min(size, 6));
  return out;
};
const framed = (each: Buffer): Buffer => Buffer.concat([bytes(4, each.length), each]);
const digest = (domain: string, ...parts: Buffer[]): Buffer =>
  createHash("sha256")
    .update(Buffer.concat([Buffer.from(domain), ...parts].map(framed)))
    .digest();

/** RFC 6962's recursion, word for word. */
function tree(domain: string, leaves: Buffer[]): Buffer {
  if (leaves.length === 1) return leaves[0]!;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return digest(domain, tree(domain, leaves.slice(0, k)), tree(domain, leaves.slice(k)));
}

export interface OracleHeader {
  schema: string;
  emrId: Buffer;
  revision: number;
  amends: Buffer;
  pseudonym: Buffer;
  issuer: string;
  time: number;
  n: number;
  mandatory: number[];
  implications: [number, number][];
  never: number[];
}

export function headerBytes(h: OracleHeader): Buffer {
  const list = (items: Buffer[]) => Buffer.concat([bytes(4, items.length), ...items]);
  return Buffer.concat([
    bytes(1, 1),
    framed(Buffer.from(h.schema)),
    h.emrId,
    bytes(4, h.revision),
    h.amends,
    h.pseudonym,
    framed(Buffer.from(h.issuer)),
    bytes(8, h.time),
    bytes(2, h.n),
    list(h.mandatory.map((each) => bytes(2, each))),
    list(h.implications.map(([a, b]) => Buffer.concat([bytes(2, a), bytes(2, b)]))),
    list(h.never.map((each) => bytes(2, each))),
  ]);
}

export function segmentDigests(content: Buffer): Buffer[] {
  const size = 1 << 20;
  const count = Math.max(1, Math.ceil(content.length / size));
  return Array.from({ length: count }, (_, at) =>
    digest("diptych/ces/segment/v1", content.subarray(at * size, (at + 1) * size)),
  );
}

export const segmentRoot = (content: Buffer): Buffer =>
  tree("diptych/ces/segment-node/v1", segmentDigests(content));

export function contentDigest(content: Buffer): Buffer {
  return digest("diptych/ces/content/v1", bytes(8, content.length), segmentRoot(content));
}

export function commitment(
  emrId: Buffer,
  position: number,
  label: string,
  salt: Buffer,
  content: Buffer,
): Buffer {
  const place = bytes(2, position);
  return digest("diptych/ces/commitment/v1", emrId, place, Buffer.from(label), salt, contentDigest(content));
}

export function rootOf(commitments: Buffer[]): Buffer {
  return digest(
    "diptych/ces/tree/v1",
    bytes(2, commitments.length),
    tree("diptych/ces/node/v1", commitments),
  );
}

function multiproof(domain: string, leaves: Buffer[], positions: number[], first: number): Buffer[] {
  const within = positions.some((each) => each >= first && each < first + leaves.length);
  if (!within) return [tree(domain, leaves)];
  if (leaves.length === 1) return [];
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return [
    ...multiproof(domain, leaves.slice(0, k), positions, first),
    ...multiproof(domain, leaves.slice(k), positions, first + k),
  ];
}

/** The multiproof by slicing lists: the largest subtrees without any of `positions`, from the left. */
export const proofOf = (commitments: Buffer[], positions: number[]): Buffer[] =>
  multiproof("diptych/ces/node/v1", commitments, positions, 1);

/** A range proof for `count` segments from `first` on. */
export function rangeBytes(content: Buffer, first: number, count: number): Buffer {
  const all = segmentDigests(content);
  const chosen = Array.from({ length: count }, (_, at) => first + at);
  const proof = multiproof("diptych/ces/segment-node/v1", all, chosen, 0);
  return rawRange(first, all.slice(first, first + count), proof);
}

export const rawRange = (first: number, segments: Buffer[], proof: Buffer[]): Buffer =>
  Buffer.concat([
    bytes(1, 1),
    bytes(4, first),
    ...[segments, proof].flatMap((list) => [bytes(4, list.length), ...list]),
  ]);

/** The outline of these parts. */
export function outlineBytes(
  header: Buffer,
  signature: Buffer,
  parts: OraclePart[],
  proof: Buffer[],
): Buffer {
  const items = parts.map(({ position, label, salt, content }) =>
    Buffer.concat([
      bytes(2, position),
      framed(Buffer.from(label)),
      salt,
      bytes(8, content.length),
      segmentRoot(content),
    ]),
  );
  const lists = [items, proof].flatMap((list) => [bytes(4, list.length), ...list]);
  return Buffer.concat([bytes(1, 1), framed(header), framed(signature), ...lists]);
}

/** Suite 1 with a salt of the caller's choice, which WebCrypto can't do: RSA-PSS, SHA-256, MGF1-SHA-256, 32 bytes. */
export function signWithSalt(pkcs8: Buffer, header: Buffer, root: Buffer, salt: Buffer): Buffer {
  const key = forge.pki.privateKeyFromAsn1(forge.asn1.fromDer(pkcs8.toString("binary")));
  const message = Buffer.concat([
    bytes(1, 0),
    Buffer.from("diptych/ces/v1"),
    digest("diptych/ces/header/v1", header),
    root,
  ]);
  const md = forge.md.sha256.create().update(message.toString("binary"));
  const pss = forge.pss.create({
    md: forge.md.sha256.create(),
    mgf: forge.mgf.mgf1.create(forge.md.sha256.create()),
    salt: forge.util.createBuffer(salt.toString("binary")),
  } as unknown as Parameters<typeof forge.pss.create>[0]);
  return Buffer.concat([bytes(1, 1), Buffer.from(key.sign(md, pss), "binary")]);
}

const message = (header: Buffer, root: Buffer): Buffer =>
  Buffer.concat([bytes(1, 0), Buffer.from("diptych/ces/v1"), digest("diptych/ces/header/v1", header), root]);

/** Suite 1 again, by RFC 8017 section 9.1.1 and a bare power: quick enough to try many salts. */
export function signWithSaltQuickly(pkcs8: Buffer, header: Buffer, root: Buffer, salt: Buffer): Buffer {
  const sha256 = (...parts: Buffer[]) => createHash("sha256").update(Buffer.concat(parts)).digest();
  const h = sha256(Buffer.alloc(8), sha256(message(header, root)), salt);
  const block = Buffer.concat([Buffer.alloc(384 - 66), bytes(1, 1), salt]);
  for (let at = 0; at < block.length; at++) block[at]! ^= sha256(h, bytes(4, Math.floor(at / 32)))[at % 32]!;
  block[0]! &= 0x7f;
  const key = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
  const encoded = Buffer.concat([block, h, bytes(1, 0xbc)]);
  return Buffer.concat([bytes(1, 1), privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, encoded)]);
}

/** Suite 2, which leaves nothing to chance. */
export function signEd25519(pkcs8: Buffer, header: Buffer, root: Buffer): Buffer {
  const key = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
  return Buffer.concat([bytes(1, 2), sign(null, message(header, root), key)]);
}

/** Suite 3 with the nonce of RFC 6979, which WebCrypto can't do, s in the lower half. */
export function signP256(secret: Buffer, header: Buffer, root: Buffer): Buffer {
  return Buffer.concat([bytes(1, 3), p256.sign(message(header, root), secret, { lowS: true })]);
}

export interface OraclePart {
  position: number;
  label: string;
  salt: Buffer;
  content: Buffer;
}

export function extractionBytes(
  header: Buffer,
  signature: Buffer,
  parts: OraclePart[],
  proof: Buffer[],
): Buffer {
  const items = parts.map((part) =>
    Buffer.concat([
      bytes(2, part.position),
      framed(Buffer.from(part.label)),
      part.salt,
      framed(part.content),
    ]),
  );
  return Buffer.concat([
    bytes(1, 1),
    framed(header),
    framed(signature),
    bytes(4, items.length),
    ...items,
    bytes(4, proof.length),
    ...proof,
  ]);
}
