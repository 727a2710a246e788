/** The hashing of core (`hash`) for one domain at a time: the same bytes, without encoding the domain anew each time. */
import { Writer } from "../core/encoding.ts";
import { sha256 } from "../core/hash.ts";

/** SHA-256 over a domain and the parts, each behind its length, as core's `hash` computes it; 32 bytes. */
export type DomainHash = (...parts: Uint8Array[]) => Uint8Array;

/** Writes parts behind their lengths into `target` from `at` on. */
function writeParts(target: Uint8Array, at: number, parts: readonly Uint8Array[]): void {
  let next = at;
  for (const part of parts) {
    const { length } = part;
    target[next++] = length >>> 24;
    target[next++] = length >>> 16;
    target[next++] = length >>> 8;
    target[next++] = length;
    target.set(part, next);
    next += length;
  }
}

const sizeOf = (parts: readonly Uint8Array[]): number => {
  let size = 4 * parts.length;
  for (const part of parts) size += part.length;
  return size;
};

/**
 * `hash` of core for this domain. Records have up to 65,535 parts with several hashes each: the state after the domain is
 * kept, and hasher and input buffer are used again, since making them takes longer than the hashing itself.
 */
export function domainHash(domain: string): DomainHash {
  const start = sha256.create().update(new Writer().text(domain).finish());
  const hasher = start.clone();
  const scratch = new Uint8Array(1024);
  let short = scratch;
  return (...parts) => {
    const size = sizeOf(parts);
    // Most calls for one domain have one size.
    if (size <= scratch.length && short.length !== size) short = scratch.subarray(0, size);
    const input = size <= scratch.length ? short : new Uint8Array(size);
    writeParts(input, 0, parts);
    return start._cloneInto(hasher).update(input).digest();
  };
}

/** The same for one long part, by WebCrypto, which hashes several times faster; `domain` as above. */
export function longDomainHash(domain: string): (part: Uint8Array) => Promise<Uint8Array> {
  const head = new Writer().text(domain).finish();
  return async (part) => {
    const input = new Uint8Array(head.length + 4 + part.length);
    input.set(head);
    writeParts(input, head.length, [part]);
    return new Uint8Array(await crypto.subtle.digest("SHA-256", input));
  };
}
