/**
 * The manifest of a view: one dag-cbor block that holds its capsule and keyring and links its encrypted parts; the full
 * view's also links the patient's own copy. url (paper, 5.1.4) is ipfs:// and its CID.
 */
import * as dagCbor from "@ipld/dag-cbor";
import { equal } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import {
  type Block,
  type CID,
  DAG_CBOR,
  DAG_PB,
  isOurCid,
  MAX_BLOCK_SIZE,
  makeBlock,
  parseCid,
  RAW,
} from "./blocks.ts";

/** `parts`: the C_mi that the view opens, in the order of their positions; `own`: the patient's own copy. */
export interface Manifest {
  capsule: Uint8Array;
  keyring: Uint8Array;
  parts: readonly CID[];
  own?: CID;
}

const MAX_PARTS = 65_535;

/** The block of a manifest; throws `manifest-invalid` when it links wrongly or wouldn't fit into a block. */
export async function encodeManifest(manifest: Manifest): Promise<Block> {
  const { capsule, keyring, parts, own } = manifest;
  const value = { v: 1, capsule, keyring, parts: [...parts], ...(own === undefined ? {} : { own }) };
  const bytes = dagCbor.encode(value);
  readManifest(bytes);
  return makeBlock(DAG_CBOR, bytes);
}

/** The manifest in these bytes; throws `manifest-invalid` unless they are the one canonical form of it. */
export function decodeManifest(bytes: Uint8Array): Manifest {
  return readManifest(bytes);
}

/** All that a manifest links: parts, then the own copy. */
export function manifestLinks(manifest: Manifest): CID[] {
  return manifest.own === undefined ? [...manifest.parts] : [...manifest.parts, manifest.own];
}

/** `ipfs://` and the CID. */
export function manifestUrl(cid: CID): string {
  return `ipfs://${cid}`;
}

/** The manifest's CID in a url of `manifestUrl`; throws `manifest-invalid` for any other text. */
export function parseManifestUrl(url: string): CID {
  try {
    const cid = parseCid(url.slice("ipfs://".length));
    if (url.startsWith("ipfs://") && cid.code === DAG_CBOR) return cid;
  } catch {}
  throw invalid("its url is not ipfs:// and the CID of a manifest");
}

function readManifest(bytes: Uint8Array): Manifest {
  if (bytes.length > MAX_BLOCK_SIZE)
    throw invalid(`it has more than ${MAX_BLOCK_SIZE} bytes: share fewer parts a view`);
  let value: unknown;
  try {
    value = dagCbor.decode(bytes);
  } catch (cause) {
    throw invalid("it is not dag-cbor", cause);
  }
  if (!isManifestShape(value)) throw invalid("its fields are not those of version 1");
  if (!equal(dagCbor.encode(value), bytes)) throw invalid("it is not in canonical form");
  const { capsule, keyring, parts, own } = value;
  if (parts.length > MAX_PARTS) throw invalid(`it links more than ${MAX_PARTS} parts`);
  const links = own === undefined ? parts : [...parts, own];
  if (!links.every((cid) => isOurCid(cid, [RAW, DAG_PB]))) throw invalid("it links what is not an object");
  if (new Set(links.map(String)).size !== links.length) throw invalid("it links an object twice");
  return { capsule, keyring, parts, ...(own === undefined ? {} : { own }) };
}

interface ManifestShape {
  v: 1;
  capsule: Uint8Array;
  keyring: Uint8Array;
  parts: CID[];
  own?: CID;
}

function isManifestShape(value: unknown): value is ManifestShape {
  if (typeof value !== "object" || value === null) return false;
  const fields = value as Record<string, unknown>;
  const names = Object.keys(fields);
  const known = ["v", "capsule", "keyring", "parts", "own"];
  return (
    names.every((name) => known.includes(name)) &&
    fields.v === 1 &&
    fields.capsule instanceof Uint8Array &&
    fields.keyring instanceof Uint8Array &&
    Array.isArray(fields.parts) &&
    fields.parts.every(isLink) &&
    (!names.includes("own") || isLink(fields.own))
  );
}

/** Not `CID.asCID`, which takes maps whose keys look like a CID's for one: encoding those again fails. */
function isLink(value: unknown): value is CID {
  return typeof value === "object" && value !== null && (value as CID).asCID === value;
}

function invalid(why: string, cause?: unknown): DiptychError {
  return new DiptychError("manifest-invalid", `This is not a manifest that Diptych can read: ${why}.`, {
    cause,
  });
}
