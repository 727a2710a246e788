/** The records that are stored: made from a seed, the same in every run. */
import { createCipheriv } from "node:crypto";
import { makeSalt, sign, unrestricted } from "../../src/ces/index.ts";
import { randomBytes, utf8 } from "../../src/core/bytes.ts";
import { hash } from "../../src/core/hash.ts";
import { emrPublicKey, pseudonymOf } from "../../src/record/index.ts";
import type { Maker, SignedRecord } from "../baselines/scheme.ts";

export type Shape = {
  /** z. */
  parts: number;
  /** Contents of all parts together. */
  bytes: number;
  /** How many parts are shared. */
  shared: number;
};

/** Numbers in [0, 1) from a seed: mulberry32. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `size` bytes that don't compress, from a seed. */
export function contentFrom(seed: string, size: number): Uint8Array {
  const key = hash("diptych/bench/content/v1", utf8(seed));
  return createCipheriv("aes-256-ctr", key, new Uint8Array(16)).update(new Uint8Array(size));
}

/** A signed record of this shape: parts of one size; the shared ones in the middle, as in the paper's record. */
export async function makeRecord({ parts, bytes, shared }: Shape, maker: Maker): Promise<SignedRecord> {
  const emrId = randomBytes(32);
  const first = Math.floor((parts - shared) / 2) + 1;
  const fields = {
    schema: "bench",
    emrId,
    revision: 1,
    amends: new Uint8Array(32),
    pseudonym: pseudonymOf(emrPublicKey(maker.keys.emr(emrId))),
    issuer: maker.doctor.subject,
    time: Math.floor(Date.now() / 1000),
    ceas: unrestricted,
  };
  const contents = Array.from({ length: parts }, (_, i) => ({
    label: `part ${i + 1}`,
    salt: makeSalt(),
    content: contentFrom(
      `${parts}/${bytes}/${i}`,
      Math.floor((bytes * (i + 1)) / parts) - Math.floor((bytes * i) / parts),
    ),
  }));
  const whole = await sign(fields, contents, maker.doctor.privateKey);
  return { emrId, whole, shared: Array.from({ length: shared }, (_, i) => first + i) };
}
