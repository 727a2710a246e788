/**
 * What a revoked user can try with all that they kept (5.3.2, F9): old index, sigma and capsule key, their attribute key,
 * every cached K_i, and a copy of the whole block store from before and after.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { decapsulate, type PublicKey, type SecretKey } from "../../abe/index.ts";
import { type CID, makeBlock, multihashKey, RAW } from "../../cloud/blocks.ts";
import { decodeManifest } from "../../cloud/manifest.ts";
import { readObject } from "../../cloud/objects.ts";
import { DiptychError } from "../../core/errors.ts";
import { capsuleContext, decodePartPlaintext, type Placement, partContext } from "../../record/index.ts";
import type { Opened } from "../../roles/opened.ts";
import { longestPart } from "../../roles/openView.ts";
import { decrypt, openKeyring } from "../../seal/index.ts";

/** Blocks by multihash. */
type Copy = Map<string, Uint8Array>;

/** Reads every file of the block store, as a thief of the cloud's disk would. */
export async function copyStore(folder: string): Promise<Copy> {
  const copy: Copy = new Map();
  const entries = await readdir(join(folder, "blocks"), { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const { cid, bytes } = await makeBlock(
      RAW,
      new Uint8Array(await readFile(join(entry.parentPath, entry.name))),
    );
    copy.set(multihashKey(cid), bytes);
  }
  return copy;
}

export type Attempt = {
  /** Manifests of the new version that were in the copy. */
  manifests: number;
  /** Capsules of the new version that the kept attribute key opened: the policy may still admit it. */
  capsules: number;
  /** Keyrings of the new version that opened. */
  keyrings: number;
  /** Parts of the new version that were tried, and that opened with any key and place. */
  triedParts: number;
  parts: number;
};

/** A view of the new version: where it stands, which anybody reads from the chain, and its manifest, which the store shows. */
export type Target = { placement: Placement; root: CID };

/**
 * Tries everything on the new version: capsules with the kept attribute key, keyrings with every kept sigma, parts with every
 * kept K_i under every position and generation. The thief is even told which manifest belongs to which ledger record.
 */
export async function tryLeftovers(
  kept: readonly Opened[],
  key: { publicKey: PublicKey; secretKey: SecretKey },
  copy: Copy,
  targets: readonly Target[],
): Promise<Attempt> {
  const attempt: Attempt = { manifests: 0, capsules: 0, keyrings: 0, triedParts: 0, parts: 0 };
  const tried = new Set<string>();
  for (const { placement, root } of targets) {
    const bytes = copy.get(multihashKey(root));
    if (bytes === undefined) continue;
    const manifest = decodeManifest(bytes);
    attempt.manifests += 1;
    const k = await opened(() =>
      decapsulate(key.publicKey, key.secretKey, manifest.capsule, capsuleContext(placement)),
    );
    if (k !== undefined) attempt.capsules += 1;
    for (const { learned } of kept)
      for (const abeSecret of k === undefined ? [learned.k] : [k, learned.k]) {
        const { sigma } = learned.index;
        const lock = { sigma, k: abeSecret, capsule: manifest.capsule, binding: placement };
        if ((await opened(() => openKeyring(lock, manifest.keyring))) !== undefined) attempt.keyrings += 1;
      }
    for (const part of manifest.parts) {
      if (tried.has(part.toString())) continue;
      tried.add(part.toString());
      attempt.triedParts += 1;
      const sealed = await readObject(part, async (each) => copy.get(multihashKey(each)), longestPart);
      if (await opensWithAny(sealed, kept)) attempt.parts += 1;
    }
  }
  return attempt;
}

async function opensWithAny(sealed: Uint8Array, kept: readonly Opened[]): Promise<boolean> {
  for (const { learned, header } of kept)
    for (const { key, position, generation } of learned.keyring.parts)
      for (const guess of [generation, generation + 1, generation + 2]) {
        const plain = await opened(async () =>
          decodePartPlaintext(await decrypt(key, partContext(header.emrId, position, guess), sealed)),
        );
        if (plain !== undefined) return true;
      }
  return false;
}

/** What `act` opens, or undefined when the cryptography refuses. */
async function opened<T>(act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof DiptychError) return undefined;
    throw error;
  }
}
