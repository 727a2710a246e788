/**
 * IPFS blocks as Diptych uses them: CIDv1 with SHA-256 over raw bytes, UnixFS files (dag-pb) and manifests (dag-cbor);
 * all else is refused. Nothing is believed about a block before its bytes have been hashed.
 */
import * as dagCbor from "@ipld/dag-cbor";
import * as dagPb from "@ipld/dag-pb";
import { CID } from "multiformats/cid";
import * as raw from "multiformats/codecs/raw";
import * as Digest from "multiformats/hashes/digest";
import { sha256 } from "multiformats/hashes/sha2";
import { buffer, equal } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";

export { CID };

/** The most bytes in one block: what IPFS nodes pass on to each other. */
export const MAX_BLOCK_SIZE = 2_097_152;

export const RAW = raw.code;
export const DAG_PB = dagPb.code;
export const DAG_CBOR = dagCbor.code;

/** Bytes and the CID that they should have: `verifyBlock` tells. */
export interface Block {
  cid: CID;
  bytes: Uint8Array;
}

/** Looks a block up; undefined when it isn't there. */
export type GetBlock = (cid: CID) => Promise<Uint8Array | undefined>;

/** Whether Diptych uses CIDs of this kind, with one of `codecs`. */
export function isOurCid(cid: CID, codecs: readonly number[] = [RAW, DAG_PB, DAG_CBOR]): boolean {
  const { version, code, multihash } = cid;
  return (
    version === 1 && codecs.includes(code) && multihash.code === sha256.code && multihash.digest.length === 32
  );
}

/** Characters of a CID: b, and 36 bytes in base32. */
const longestCid = 59;

/** The CID in its one text, base32 in lower case; throws `argument-invalid` for other texts and other kinds of CID. */
export function parseCid(text: string): CID {
  try {
    // Looked at first: reading a long text of another base takes minutes.
    const cid = text.length <= longestCid && text.startsWith("b") ? CID.parse(text) : undefined;
    if (cid !== undefined && isOurCid(cid) && cid.toString() === text) return cid;
  } catch {}
  throw new DiptychError(
    "argument-invalid",
    "This is not a CIDv1 (base32, SHA-256) of a kind that Diptych uses.",
  );
}

/** The CID in its one binary form, 36 bytes; throws `encoding-invalid` for all else. */
export function decodeCid(bytes: Uint8Array): CID {
  try {
    const cid = CID.decode(bytes);
    if (isOurCid(cid) && equal(cid.bytes, bytes)) return cid;
  } catch {}
  throw new DiptychError(
    "encoding-invalid",
    "These bytes are not a CIDv1 (SHA-256) of a kind that Diptych uses: get what they stand in again.",
  );
}

/** The block of these bytes under `codec`. */
export async function makeBlock(codec: number, bytes: Uint8Array): Promise<Block> {
  return { cid: CID.createV1(codec, Digest.create(sha256.code, await digest(bytes))), bytes };
}

/** Demands that `bytes` are those that `cid` names; throws `block-mismatch`. */
export async function verifyBlock({ cid, bytes }: Block): Promise<void> {
  if (isOurCid(cid) && bytes.length <= MAX_BLOCK_SIZE && equal(await digest(bytes), cid.multihash.digest))
    return;
  throw new DiptychError(
    "block-mismatch",
    `The bytes of block ${cid} are not those that its CID names: get it from another copy of the store.`,
  );
}

/** The name of a block's bytes whatever the codec: what stores file it under. */
export function multihashKey(cid: CID): string {
  return CID.createV1(RAW, cid.multihash).toString();
}

export function blockMissing(cid: CID): DiptychError {
  return new DiptychError(
    "block-missing",
    `Block ${cid} is missing: upload it again or ask another copy of the store.`,
  );
}

export function blockUnexpected(why: string): DiptychError {
  return new DiptychError("block-unexpected", `Refused: ${why}.`);
}

async function digest(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", buffer(bytes)));
}
