/** A view made by hand, past all checks of the patient's role: what a dishonest owner can put into a keyring. */

import { commit } from "../../src/ces/commitment.ts";
import { decodeHeader, type Extraction, proveCommitments } from "../../src/ces/index.ts";
import type { Blocks } from "../../src/cloud/gatewayClient.ts";
import { decodeManifest, encodeManifest, type Manifest } from "../../src/cloud/manifest.ts";
import { objectToBlocks } from "../../src/cloud/objects.ts";
import { randomBytes } from "../../src/core/bytes.ts";
import {
  emrPublicKey,
  encodeKeyring,
  encodePartPlaintext,
  type Placement,
  partContext,
  signPlacement,
} from "../../src/record/index.ts";
import { encrypt, sealKeyring } from "../../src/seal/index.ts";

export type MadeView = {
  manifest: Manifest;
  blocks: Blocks;
  secrets: { k: Uint8Array; sigma: Uint8Array };
};

export function somePlacement(): Placement {
  return { chainId: 31_337, contract: randomBytes(20), ledgerRecordId: randomBytes(32), version: 1 };
}

/** What a multiproof for `positions` of a whole record is made from. */
export async function commitmentsOf(whole: Extraction): Promise<Uint8Array[]> {
  const { emrId } = decodeHeader(whole.header);
  return Promise.all(whole.parts.map((part) => commit(emrId, part.position, part)));
}

/** Encrypts `positions` of a whole record and seals a keyring for `placement`, signed with `emrSecret`, whosever it is. */
export async function makeView(
  signed: { whole: Extraction; certificateChain: Uint8Array[]; emrSecret: Uint8Array },
  positions: readonly number[],
  placement: Placement,
): Promise<MadeView> {
  const { whole, certificateChain, emrSecret } = signed;
  const { emrId } = decodeHeader(whole.header);
  const blocks: Blocks = new Map();
  const parts = [];
  const cids = [];
  for (const [link, position] of positions.entries()) {
    const key = randomBytes(32);
    const plain = encodePartPlaintext(whole.parts[position - 1]!);
    const object = await objectToBlocks(await encrypt(key, partContext(emrId, position, 1), plain));
    for (const { cid, bytes } of object.blocks) blocks.set(cid.toString(), bytes);
    parts.push({ position, key, generation: 1, link });
    cids.push(object.cid);
  }
  const keyring = encodeKeyring({
    parts,
    header: whole.header,
    signature: whole.signature,
    certificateChain,
    proof: proveCommitments(await commitmentsOf(whole), positions),
    emrPublicKey: emrPublicKey(emrSecret),
    emrSignature: signPlacement(emrSecret, placement, whole.header),
  });
  const secrets = { k: randomBytes(32), sigma: randomBytes(32) };
  const capsule = randomBytes(64);
  const sealed = await sealKeyring({ ...secrets, capsule, binding: placement }, keyring);
  const { bytes } = await encodeManifest({ capsule, keyring: sealed, parts: cids });
  return { manifest: decodeManifest(bytes), blocks, secrets };
}
