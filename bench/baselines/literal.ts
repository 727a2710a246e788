/**
 * The paper, literally: each part m_i under its K_i, each K_i wrapped by attributes of its own (C_Ki), the signature's values d in the
 * clear, all under one url that stands in both indexes (5.1.3, 5.1.4).
 */
import { decodeExtraction, type Extraction, encodeExtraction, extract } from "../../src/ces/index.ts";
import type { Block, CID } from "../../src/cloud/blocks.ts";
import { encodeManifest } from "../../src/cloud/manifest.ts";
import { objectToBlocks } from "../../src/cloud/objects.ts";
import { randomBytes } from "../../src/core/bytes.ts";
import { Reader, Writer } from "../../src/core/encoding.ts";
import {
  checkRecord,
  decodePartPlaintext,
  encodePartPlaintext,
  partContext,
} from "../../src/record/index.ts";
import { decrypt, encrypt } from "../../src/seal/index.ts";
import {
  addKinds,
  type Maker,
  noBytes,
  type Rights,
  type Scheme,
  type Sealed,
  type SignedRecord,
} from "./scheme.ts";
import { firstStanding, nextStanding, readBlocks, type Standing, sizeOf, wrapKey } from "./sealing.ts";

type Stored = { cid: CID; blocks: Block[] };
/** What the patient keeps: K_i, and where C_mi and C_Ki lie. */
type Part = { key: Uint8Array; content: Stored; wrapped: Stored };

const nothing = new Uint8Array();
const context = (emrId: Uint8Array, position: number) => partContext(emrId, position, 1);

async function wrapPart(
  record: SignedRecord,
  maker: Maker,
  rights: Rights,
  position: number,
  key: Uint8Array,
) {
  const policy = record.shared.includes(position) ? rights.shared : rights.full;
  const { capsule, wrapped } = await wrapKey(maker, policy, key, context(record.emrId, position));
  return objectToBlocks(new Writer().bytes(capsule).bytes(wrapped).finish());
}

/** d: header, signature, salts and proof, without the contents. */
function stripped(extraction: Extraction): Uint8Array {
  const parts = extraction.parts.map((part) => ({ ...part, content: nothing }));
  return encodeExtraction({ ...extraction, parts });
}

/** Both views of one manifest; `fresh` tells which parts' C_mi and C_Ki are new. */
async function viewsOf(
  record: SignedRecord,
  parts: readonly Part[],
  standings: { full: Standing; share: Standing },
  fresh: { contents: number[]; keys: number[] },
) {
  const share = await extract(record.whole, record.shared);
  const d = await Promise.all(
    (record.shared.length === parts.length ? [share] : [record.whole, share]).map((each) =>
      objectToBlocks(stripped(each)),
    ),
  );
  const manifest = await encodeManifest({
    capsule: nothing,
    keyring: nothing,
    parts: [
      ...parts.map(({ content }) => content.cid),
      ...parts.map(({ wrapped }) => wrapped.cid),
      ...d.map(({ cid }) => cid),
    ],
  });
  const contents = fresh.contents.flatMap((position) => parts[position - 1]!.content.blocks);
  const keys = fresh.keys.flatMap((position) => parts[position - 1]!.wrapped.blocks);
  const signatures = d.flatMap(({ blocks }) => blocks);
  const full = {
    ...standings.full,
    sigma: randomBytes(32),
    manifest,
    blocks: [...contents, ...keys, ...signatures],
    kinds: addKinds([
      {
        ...noBytes,
        content: sizeOf(contents),
        keys: sizeOf(keys),
        signatures: sizeOf(signatures),
        manifests: manifest.bytes.length,
      },
    ]),
    capsules: fresh.keys.length,
  };
  const second = {
    ...standings.share,
    sigma: randomBytes(32),
    manifest,
    blocks: [],
    kinds: noBytes,
    capsules: 0,
  };
  return [full, second] as const;
}

async function sealed(
  record: SignedRecord,
  maker: Maker,
  rights: Rights,
  parts: readonly Part[],
  standings: { full: Standing; share: Standing },
  fresh: { contents: number[]; keys: number[] },
): Promise<Sealed> {
  const [full, share] = await viewsOf(record, parts, standings, fresh);
  /** New C_Ki of the same K_i; the url changes, so both indexes do. */
  const rewrap = async (next: SignedRecord, to: Rights, positions: number[]) => {
    const changed = [...parts];
    for (const position of positions) {
      const part = parts[position - 1]!;
      changed[position - 1] = { ...part, wrapped: await wrapPart(next, maker, to, position, part.key) };
    }
    const standing = { full: nextStanding(full, to.full), share: nextStanding(share, to.shared) };
    const after = await sealed(next, maker, to, changed, standing, { contents: [], keys: positions });
    return { closes: [], views: after.views, next: after };
  };
  return {
    views: [full, share],
    full: ["full"],
    shared: ["share"],
    move(shared) {
      const moved = parts
        .map((_, at) => at + 1)
        .filter((position) => record.shared.includes(position) !== shared.includes(position));
      return rewrap({ ...record, shared }, rights, moved);
    },
    regrant(to) {
      const changes = (position: number) => {
        const side = record.shared.includes(position) ? "shared" : "full";
        return rights[side] !== to[side];
      };
      return rewrap(record, to, parts.map((_, at) => at + 1).filter(changes));
    },
  };
}

export const literal: Scheme = {
  name: "literal",
  sides: ["storage", "shared"],
  batched: false,
  oneUpload: true,
  async seal(record, maker) {
    const { emrId, whole } = record;
    const parts: Part[] = [];
    for (const part of whole.parts) {
      const key = randomBytes(32);
      const sealedPart = await encrypt(key, context(emrId, part.position), encodePartPlaintext(part));
      const wrapped = await wrapPart(record, maker, maker.rights, part.position, key);
      parts.push({ key, content: await objectToBlocks(sealedPart), wrapped });
    }
    const standings = {
      full: await firstStanding(maker, "storage", emrId, "full", maker.rights.full),
      share: await firstStanding(maker, "shared", emrId, "share", maker.rights.shared),
    };
    const all = whole.parts.map(({ position }) => position);
    return sealed(record, maker, maker.rights, parts, standings, { contents: all, keys: all });
  },
  async open(reading) {
    const { manifest, positions, emrId } = reading;
    const z = (manifest.parts.length - 1) >> 1;
    const d = decodeExtraction(
      await readBlocks(reading, manifest.parts[2 * z + (positions.length === z ? 0 : 1)]!),
    );
    const contents: Uint8Array[] = [];
    for (const position of positions) {
      const reader = new Reader(await readBlocks(reading, manifest.parts[z + position - 1]!), "C_Ki");
      const [capsule, wrapped] = [reader.bytes(), reader.bytes()];
      reader.end();
      const at = context(emrId, position);
      const key = await decrypt(await reading.decapsulate(capsule, at), at, wrapped);
      const part = await decrypt(key, at, await readBlocks(reading, manifest.parts[position - 1]!));
      contents.push(decodePartPlaintext(part).content);
    }
    const extraction = { ...d, parts: d.parts.map((part, at) => ({ ...part, content: contents[at]! })) };
    await checkRecord({ extraction, certificateChain: [reading.certificate] }, reading.trust);
    return extraction.parts;
  },
};
