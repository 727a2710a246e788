import { hex, unhex } from "../core/bytes.ts";
import { SCALAR_ORDER } from "../policy/index.ts";
import type { Frame } from "./arena.ts";
import type { Mcl, Pointer } from "./wasm.ts";

const SCALAR_BYTES = 32;

/** Bytes that make a scalar: 128 bits more than r has, so that reduction leaves no bias. */
export const WIDE_SCALAR_BYTES = 48;

/** The scalar of `WIDE_SCALAR_BYTES` big-endian bytes, modulo r. */
export function reduceScalar(wide: Uint8Array): bigint {
  return BigInt(hex(wide)) % SCALAR_ORDER;
}

/** Puts a scalar from 0 to r - 1 into scratch memory, in mcl's form; at `at` where given. */
export function writeScalar(
  mcl: Mcl,
  frame: Frame,
  scalar: bigint,
  at = frame.reserve(SCALAR_BYTES),
): Pointer {
  const bytes = unhex(scalar.toString(16).padStart(2 * SCALAR_BYTES, "0"));
  if (mcl._mclBnFr_setBigEndianMod(at, frame.put(bytes), bytes.length) !== 0)
    throw new Error("mcl-wasm can't read a scalar");
  return at;
}
