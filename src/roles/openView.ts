/** Opening a view (paper, 5.2.3): from a released index and the ciphertext to parts that the doctor signed. */
import { decodeHeader, type Extraction, type Header, type RevealedPart } from "../ces/index.ts";
import type { CID } from "../cloud/blocks.ts";
import type { Blocks } from "../cloud/gatewayClient.ts";
import type { Manifest } from "../cloud/manifest.ts";
import { readObject } from "../cloud/objects.ts";
import { DiptychError } from "../core/errors.ts";
import {
  type CheckedCertificate,
  checkRecord,
  decodeKeyring,
  decodePartPlaintext,
  type Keyring,
  type Placement,
  partContext,
  type Trust,
  verifyPlacement,
} from "../record/index.ts";
import { decrypt, openKeyring } from "../seal/index.ts";
import { Course } from "./progress.ts";

/** The longest C_mi that is read: 1 GiB. */
export const longestPart = 1 << 30;

/** A view that is open, all of it verified. */
export type OpenedView = {
  header: Header;
  /** The doctor's certificate, checked. */
  certificate: CheckedCertificate;
  /** The parts of the view with all that proves them; verified. */
  extraction: Extraction;
  keyring: Keyring;
};

/**
 * Opens the keyring of `manifest` with both secrets, decrypts its parts and verifies placement, certificate, signature and
 * CEAS. Nothing is returned unless all of it holds.
 *
 * @param secrets k, the ABE secret of the manifest's capsule, and sigma, the secret that lay in the released index
 * @throws DiptychError `seal-open-failed`, `keyring-invalid`, `certificate-invalid`, `ces-verification-failed`, ...
 */
export async function openView(
  manifest: Manifest,
  blocks: Blocks,
  secrets: { k: Uint8Array; sigma: Uint8Array },
  placement: Placement,
  trust: Trust,
  course = new Course(),
): Promise<OpenedView> {
  const lock = { ...secrets, capsule: manifest.capsule, binding: placement };
  const keyring = decodeKeyring(await openKeyring(lock, manifest.keyring));
  const { emrId, pseudonym } = decodeHeader(keyring.header);
  verifyPlacement(keyring, pseudonym, placement);
  const parts: RevealedPart[] = [];
  course.tell("decrypt", 0, keyring.parts.length);
  for (const { position, key, generation, link } of keyring.parts) {
    const cid = manifest.parts[link];
    if (cid === undefined)
      throw new DiptychError(
        "keyring-invalid",
        "The keyring names a part that the manifest doesn't link: ask its owner to publish again.",
      );
    parts.push({ position, ...(await openPart(cid, blocks, key, partContext(emrId, position, generation))) });
    course.tell("decrypt", parts.length, keyring.parts.length);
  }
  const { header, signature, proof, certificateChain } = keyring;
  const extraction = { header, signature, parts, proof };
  const checked = await checkRecord({ extraction, certificateChain }, trust);
  return { ...checked, extraction, keyring };
}

/** Decrypts one C_mi from its blocks. */
export async function openPart(cid: CID, blocks: Blocks, key: Uint8Array, context: Uint8Array) {
  const sealed = await readObject(cid, async (each) => blocks.get(each.toString()), longestPart);
  return decodePartPlaintext(await decrypt(key, context, sealed));
}
