import { concat } from "../core/bytes.ts";
import { Reader, Writer } from "../core/encoding.ts";
import { compileLsss, type Lsss, POLICY_LIMITS, printPolicy } from "../policy/index.ts";
import { G1_BYTES, G2_BYTES, type Group } from "./group.ts";
import type { Ciphertext } from "./scheme.ts";
import { SUITE } from "./suite.ts";

const VERSION = 1;

/** A capsule taken apart; its points still bytes. How many there are follows from the policy, not from the capsule. */
export interface CapsuleParts {
  /** Canonical text. */
  readonly policy: string;
  readonly lsss: Lsss;
  /** 32 bytes. */
  readonly masked: Uint8Array;
  readonly ct1: Uint8Array;
  readonly ct2: readonly Uint8Array[];
  readonly ct3: readonly Uint8Array[];
}

/** Version, suite, policy text (canonical), masked m (32 bytes), ct1 (96), ct2 (96 a use), ct3 (48 a row). */
export function encodeCapsule(
  group: Group,
  policy: string,
  masked: Uint8Array,
  ciphertext: Ciphertext,
): Uint8Array {
  const points = [
    group.encodeG2(ciphertext.ct1),
    ...ciphertext.ct2.map((point) => group.encodeG2(point)),
    ...ciphertext.ct3.map((point) => group.encodeG1(point)),
  ];
  return new Writer()
    .u8(VERSION)
    .u8(SUITE)
    .text(policy)
    .fixed(masked)
    .fixed(concat(...points))
    .finish();
}

/** Throws `encoding-invalid`, or a policy error, for what isn't laid out as a capsule; doesn't look at the points. */
export function readCapsule(capsule: Uint8Array): CapsuleParts {
  const reader = new Reader(capsule, "capsule").version(VERSION);
  if (reader.u8() !== SUITE) throw reader.invalid("its suite is unknown");
  const policy = reader.text(POLICY_LIMITS.textBytes);
  const lsss = compileLsss(policy);
  if (printPolicy(lsss.policy) !== policy) throw reader.invalid("its policy isn't in canonical form");
  const parts: CapsuleParts = {
    policy,
    lsss,
    masked: reader.fixed(32),
    ct1: reader.fixed(G2_BYTES),
    ct2: Array.from({ length: lsss.uses }, () => reader.fixed(G2_BYTES)),
    ct3: Array.from({ length: lsss.rows.length }, () => reader.fixed(G1_BYTES)),
  };
  reader.end();
  return parts;
}
