/** Making a view (paper, 5.1.3 to 5.1.5): capsule, keyring, manifest, and the index that points at them. */

import type { Signer } from "ethers";
import { encapsulate, type PublicKey } from "../abe/index.ts";
import { proveCommitments } from "../ces/index.ts";
import type { Block, CID } from "../cloud/blocks.ts";
import { encodeManifest, manifestUrl } from "../cloud/manifest.ts";
import { objectToBlocks } from "../cloud/objects.ts";
import { randomBytes, unhex } from "../core/bytes.ts";
import { encodeIndexWord } from "../ledger/accountSignature.ts";
import type { Chain } from "../ledger/chain.ts";
import type { PublishCall } from "../ledger/ownerActs.ts";
import { indexMessage, signMessage } from "../ledger/typedData.ts";
import { compileProgram } from "../policy/index.ts";
import {
  capsuleContext,
  emrPublicKey,
  encodeKeyring,
  encodePartPlaintext,
  partContext,
  signPlacement,
} from "../record/index.ts";
import { encodeIndex, encrypt, sealIndex, sealKeyring } from "../seal/index.ts";
import type { OwnIndexKey } from "./indexKeys.ts";
import type { OwnerKeys } from "./ownerKeys.ts";
import { type OwnPart, type OwnRecord, positionsOf, type ViewName } from "./ownRecord.ts";
import { purposesOf } from "./redefinition.ts";

/** A view that is made but not yet on its ledger. */
export type DraftView = {
  name: ViewName;
  chain: Chain;
  ledgerRecordId: string;
  version: number;
  epoch: number;
  sigma: Uint8Array;
  /** 32 bytes, hex. */
  tag: string;
  root: CID;
  manifest: Block;
  sizes: { capsule: number; keyring: number; manifest: number };
};

/** Encrypts a part under a fresh K_i, as its next generation (5.1.3). */
export async function encryptPart(
  part: OwnPart,
  emrId: Uint8Array,
): Promise<{ stored: NonNullable<OwnPart["stored"]>; blocks: Block[] }> {
  const key = randomBytes(32);
  const generation = (part.stored?.generation ?? part.generationBefore ?? 0) + 1;
  const sealed = await encrypt(
    key,
    partContext(emrId, part.position, generation),
    encodePartPlaintext(part.plaintext!),
  );
  const { cid, blocks } = await objectToBlocks(sealed);
  return { stored: { key, generation, cid }, blocks };
}

/**
 * Makes the manifest of a view as it will stand in `version`: a fresh capsule, k, sigma and keyring. `own` is the block of P's own
 * copy, for the full view.
 */
export async function draftView(
  name: ViewName,
  record: OwnRecord,
  place: { chain: Chain; ledgerRecordId: string; version: number; epoch: number },
  { keys, emrKey }: { keys: OwnerKeys; emrKey: Uint8Array },
  abePublicKey: PublicKey,
  own?: CID,
): Promise<DraftView> {
  const { chain, ledgerRecordId, version } = place;
  const placement = {
    chainId: chain.chainId,
    contract: unhex(chain.ledger),
    ledgerRecordId: unhex(ledgerRecordId),
    version,
  };
  const { capsule, key: k } = await encapsulate(abePublicKey, record.rights[name], capsuleContext(placement));
  const sigma = randomBytes(32);
  const positions = positionsOf(record, name);
  const stored = positions.map((position) => record.parts[position - 1]!.stored!);
  const keyring = encodeKeyring({
    parts: stored.map(({ key, generation }, link) => ({ position: positions[link]!, key, generation, link })),
    header: record.headerBytes,
    signature: record.signature,
    certificateChain: record.certificateChain,
    proof: proveCommitments(
      record.parts.map((part) => part.commitment),
      positions,
    ),
    emrPublicKey: emrPublicKey(emrKey),
    emrSignature: signPlacement(emrKey, placement, record.headerBytes),
  });
  const sealed = await sealKeyring({ sigma, k, capsule, binding: placement }, keyring);
  const manifest = await encodeManifest({
    capsule,
    keyring: sealed,
    parts: stored.map(({ cid }) => cid),
    ...(own === undefined ? {} : { own }),
  });
  return {
    name,
    ...place,
    sigma,
    tag: keys.tag(chain, record.header.emrId, name),
    root: manifest.cid,
    manifest,
    sizes: { capsule: capsule.length, keyring: sealed.length, manifest: manifest.bytes.length },
  };
}

/**
 * The index of a drafted view, sealed to the chain's index key and signed (5.1.4), and what its owner brings to the ledger
 * (5.1.5). A relayer needs the owner's mandate besides.
 */
export async function indexView(
  draft: DraftView,
  record: OwnRecord,
  keys: OwnerKeys,
  owner: { signer: Signer; indexKey: OwnIndexKey },
): Promise<PublishCall> {
  const { chain, ledgerRecordId, version, epoch, root, tag, sigma, name } = draft;
  const { keySet } = owner.indexKey;
  const indexKey = owner.indexKey.key.publicKey;
  const dIndex = await signMessage(owner.signer, indexMessage, chain, {
    ledgerRecordId,
    version: BigInt(version),
    cid: root.toString(),
    tag,
  });
  const sealed = await sealIndex(
    indexKey,
    { url: manifestUrl(root), tag: unhex(tag), sigma, dIndex: encodeIndexWord(dIndex) },
    {
      chainId: chain.chainId,
      contract: unhex(chain.ledger),
      ledgerRecordId: unhex(ledgerRecordId),
      version,
      keySet: unhex(keySet),
    },
  );
  const index = encodeIndex(sealed);
  const policy = record.rights[name];
  const program = compileProgram(policy, purposesOf(record.rights, name));
  return {
    ledgerRecordId,
    version,
    epoch,
    indexKey,
    salt: keys.ledgerRecordSalt(chain, record.header.emrId, name),
    program,
    index,
    policy,
  };
}
