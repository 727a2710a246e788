/** What the baselines share: one document as one ciphertext, its key wrapped by attributes, and a view made of that. */
import { encapsulate } from "../../src/abe/index.ts";
import {
  decodeExtraction,
  type Extraction,
  encodeExtraction,
  type RevealedPart,
} from "../../src/ces/index.ts";
import type { Block, CID } from "../../src/cloud/blocks.ts";
import { encodeManifest } from "../../src/cloud/manifest.ts";
import { objectToBlocks, readObject } from "../../src/cloud/objects.ts";
import { randomBytes, unhex } from "../../src/core/bytes.ts";
import type { Chain } from "../../src/ledger/chain.ts";
import {
  capsuleContext,
  checkRecord,
  decodePartPlaintext,
  encodePartPlaintext,
  type Placement,
} from "../../src/record/index.ts";
import { decrypt, encrypt } from "../../src/seal/index.ts";
import { type Kinds, type Maker, noBytes, type Reading, type View } from "./scheme.ts";

const longest = 1 << 30;
const noSalt = new Uint8Array(32);

/** The place of a version, as capsules are bound to it. */
export function placementOf(view: { chain: Chain; ledgerRecordId: string; version: number }): Placement {
  return {
    chainId: view.chain.chainId,
    contract: unhex(view.chain.ledger),
    ledgerRecordId: unhex(view.ledgerRecordId),
    version: view.version,
  };
}

/** What a baseline's capsule is bound to: the ledger record, whatever its version. */
function documentContext(placement: Placement): Uint8Array {
  return capsuleContext({ ...placement, version: 0 });
}

/** C_K: a capsule, and the key sealed under what it holds. */
export async function wrapKey(maker: Maker, policy: string, key: Uint8Array, context: Uint8Array) {
  const { capsule, key: k } = await encapsulate(maker.abePublicKey, policy, context);
  return { capsule, wrapped: await encrypt(k, context, key) };
}

/** A signed document as one ciphertext, padded as Diptych pads a part. */
async function sealDocument(document: Extraction, key: Uint8Array, context: Uint8Array) {
  const encoded = encodeExtraction(document);
  const plain = encodePartPlaintext({ label: "document", salt: noSalt, content: encoded });
  const { cid, blocks } = await objectToBlocks(await encrypt(key, context, plain));
  const contents = document.parts.reduce((sum, part) => sum + part.content.length, 0);
  return { cid, blocks, signature: encoded.length - contents };
}

/** What stands where: everything of a view but its blocks. */
export type Standing = Pick<
  View,
  "name" | "emrId" | "chain" | "ledgerRecordId" | "version" | "epoch" | "policy" | "tag"
>;

/** A view of one signed document: one ciphertext, one capsule of `capsulePolicy`, one manifest. */
export async function documentView(
  standing: Standing,
  document: Extraction,
  maker: Maker,
  capsulePolicy = standing.policy,
): Promise<View> {
  const context = documentContext(placementOf(standing));
  const key = randomBytes(32);
  const { cid, blocks, signature } = await sealDocument(document, key, context);
  const { capsule, wrapped } = await wrapKey(maker, capsulePolicy, key, context);
  const manifest = await encodeManifest({ capsule, keyring: wrapped, parts: [cid] });
  const bytes = sizeOf(blocks);
  const keys = capsule.length + wrapped.length;
  const kinds: Kinds = {
    content: bytes - signature,
    keys,
    signatures: signature,
    manifests: manifest.bytes.length - keys,
    ownCopy: 0,
  };
  return { ...standing, sigma: randomBytes(32), manifest, blocks, kinds, capsules: 1 };
}

/** Opens a view of one document and checks the doctor's signature on it. */
export async function openDocument(reading: Reading): Promise<RevealedPart[]> {
  const context = documentContext(reading.placement);
  const k = await reading.decapsulate(reading.manifest.capsule, context);
  const key = await decrypt(k, context, reading.manifest.keyring);
  const { content } = decodePartPlaintext(
    await decrypt(key, context, await readBlocks(reading, reading.manifest.parts[0]!)),
  );
  const extraction = decodeExtraction(content);
  await checkRecord({ extraction, certificateChain: [reading.certificate] }, reading.trust);
  return extraction.parts;
}

/** The bytes of an object among the fetched blocks. */
export function readBlocks({ blocks }: Pick<Reading, "blocks">, cid: CID): Promise<Uint8Array> {
  return readObject(cid, async (each) => blocks.get(each.toString()), longest);
}

export function sizeOf(blocks: readonly Block[]): number {
  return blocks.reduce((sum, block) => sum + block.bytes.length, 0);
}

/** Where a view of a record stands first. */
export async function firstStanding(
  maker: Maker,
  side: "storage" | "shared",
  emrId: Uint8Array,
  name: string,
  policy: string,
): Promise<Standing> {
  const { chain, ledgerRecordId } = await maker.place(side, emrId, name);
  const tag = maker.keys.tag(chain, emrId, name);
  return { name, emrId, chain, ledgerRecordId, version: 1, epoch: 1, policy, tag };
}

/** The next version of a view; of the next epoch where someone loses something. */
export function nextStanding(view: View, policy: string, nextEpoch = false): Standing {
  const { name, emrId, chain, ledgerRecordId, version, epoch, tag } = view;
  return {
    name,
    emrId,
    chain,
    ledgerRecordId,
    version: version + 1,
    epoch: epoch + (nextEpoch ? 1 : 0),
    policy,
    tag,
  };
}

/** A version that leads to the same blocks as the one before. */
export function sameBlocks(view: View, standing: Standing): View {
  return { ...view, ...standing, sigma: randomBytes(32), blocks: [], kinds: noBytes, capsules: 0 };
}
