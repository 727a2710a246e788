/** What an index hides: where the view lies, its handle, the secret of this version, and the gateway's delegation. */

import { utf8, utf8Decode } from "../core/bytes.ts";
import { Reader, Writer } from "../core/encoding.ts";
import { DiptychError } from "../core/errors.ts";
import { demandSize } from "./binding.ts";

/**
 * `url`: ipfs:// and the CID of the manifest, at most 72 bytes (a CIDv1 with SHA-256 makes 66); `tag`: the random handle
 * of the view's pin set, 32 bytes; `sigma`: this version's secret, 32 bytes; `dIndex`: the owner's EIP-712 signature for
 * the gateway, 65 bytes.
 */
export interface IndexPlaintext {
  url: string;
  tag: Uint8Array;
  sigma: Uint8Array;
  dIndex: Uint8Array;
}

const URL_SIZE = 72;

/** 203 bytes whatever the url: version 1, its length (u8), url filled up with zeros (72), tag, sigma, dIndex. */
export function encodeIndexPlaintext(plaintext: IndexPlaintext): Uint8Array {
  const url = utf8(plaintext.url);
  if (!plaintext.url.startsWith("ipfs://") || url.length > URL_SIZE)
    throw new DiptychError(
      "argument-invalid",
      `The url of an index is ipfs:// and a CID, up to ${URL_SIZE} bytes.`,
    );
  const field = new Uint8Array(URL_SIZE);
  field.set(url);
  return new Writer()
    .u8(1)
    .u8(url.length)
    .fixed(field)
    .fixed(demandSize(plaintext.tag, 32, "tag"))
    .fixed(demandSize(plaintext.sigma, 32, "sigma"))
    .fixed(demandSize(plaintext.dIndex, 65, "owner's signature"))
    .finish();
}

/** The inverse of `encodeIndexPlaintext`; throws `encoding-invalid`. */
export function decodeIndexPlaintext(bytes: Uint8Array): IndexPlaintext {
  const reader = new Reader(bytes, "index").version(1);
  const size = reader.u8();
  const field = reader.fixed(URL_SIZE);
  const tag = reader.fixed(32);
  const sigma = reader.fixed(32);
  const dIndex = reader.fixed(65);
  reader.end();
  if (size > URL_SIZE || field.subarray(size).some((byte) => byte !== 0))
    throw reader.invalid("its url is odd");
  let url: string;
  try {
    url = utf8Decode(field.subarray(0, size));
  } catch {
    throw reader.invalid("its url is not UTF-8");
  }
  if (!url.startsWith("ipfs://")) throw reader.invalid("its url is not of IPFS");
  return { url, tag, sigma, dIndex };
}
