/**
 * A second, plain implementation of the bytes of diptych/ces on node:crypto and node-forge, written from the format's
 * description and sharing nothing with src: vectors come from it.
 */
import { createHash } from "node:crypto";
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

export function contentDigest(content: Buffer): Buffer {
  const size = 1 << 20;
  const count = Math.max(1, Math.ceil(content.length / size));
  const segments = Array.from({ length: count }, (_, at) =>
    digest("diptych/ces/segment/v1", content.subarray(at * size, (at + 1) * size)),
  );
  return digest(
    "diptych/ces/content/v1",
    bytes(8, content.length),
    tree("diptych/ces/segment-node/v1", segments),
  );
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

/** The multiproof by slicing lists: the largest subtrees without any of `positions`, from the left. */
export function proofOf(commitments: Buffer[], positions: number[], first = 1): Buffer[] {
  const within = positions.some((each) => each >= first && each < first + commitments.length);
  if (!within) return [tree("diptych/ces/node/v1", commitments)];
  if (commitments.length === 1) return [];
  let k = 1;
  while (k * 2 < commitments.length) k *= 2;
  return [
    ...proofOf(commitments.slice(0, k), positions, first),
    ...proofOf(commitments.slice(k), positions, first + k),
  ];
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
