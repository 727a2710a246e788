/**
 * The part of mcl's WebAssembly exports that the group uses, and one private instance of it. mcl keeps its settings
 * (curve, serialisation, order checks) in globals of the instance; a program that uses mcl-wasm itself can't change ours.
 */
import createModule from "mcl-wasm/dist/mcl_c.js";

/** An address in the instance's memory. */
export type Pointer = number;

type Unary = (result: Pointer, x: Pointer) => void;
type Binary = (result: Pointer, x: Pointer, y: Pointer) => void;
type Predicate = (x: Pointer) => number;
type Comparison = (x: Pointer, y: Pointer) => number;
type Serialise = (buffer: Pointer, capacity: number, x: Pointer) => number;
type Deserialise = (result: Pointer, buffer: Pointer, size: number) => number;

/** Names and C signatures as in mcl's `include/mcl/bn.h`. */
export interface Mcl {
  readonly wasmMemory: WebAssembly.Memory;
  _malloc(size: number): Pointer;
  _free(at: Pointer): void;
  _mclBn_init(curve: number, compiledTimeVariable: number): number;
  _mclBn_setETHserialization(enable: number): void;
  _mclBn_setMapToMode(mode: number): number;
  _mclBn_verifyOrderG1(enable: number): void;
  _mclBn_verifyOrderG2(enable: number): void;
  _mclBnFr_setBigEndianMod(result: Pointer, buffer: Pointer, size: number): number;
  _mclBnG1_hashAndMapToWithDst(
    result: Pointer,
    message: Pointer,
    messageSize: number,
    dst: Pointer,
    dstSize: number,
  ): number;
  _mclBnG1_deserialize: Deserialise;
  _mclBnG1_serialize: Serialise;
  _mclBnG1_isZero: Predicate;
  _mclBnG1_isValidOrder: Predicate;
  _mclBnG1_normalize: Unary;
  _mclBnG1_neg: Unary;
  _mclBnG1_add: Binary;
  _mclBnG1_mul: Binary;
  _mclBnG1_mulCT: Binary;
  _mclBnG1_mulVec(result: Pointer, points: Pointer, scalars: Pointer, count: number): void;
  _mclBnG2_deserialize: Deserialise;
  _mclBnG2_serialize: Serialise;
  _mclBnG2_isZero: Predicate;
  _mclBnG2_isValidOrder: Predicate;
  _mclBnG2_normalize: Unary;
  _mclBnG2_mul: Binary;
  _mclBnG2_mulCT: Binary;
  _mclBnGT_deserialize: Deserialise;
  _mclBnGT_serialize: Serialise;
  _mclBnGT_isOne: Predicate;
  _mclBnGT_isValid: Predicate;
  _mclBnGT_isEqual: Comparison;
  _mclBnGT_pow: Binary;
  _mclBn_millerLoopVec(result: Pointer, g1s: Pointer, g2s: Pointer, count: number): void;
  _mclBn_finalExp: Unary;
}

const BLS12_381 = 5;
/** mcl's check that caller and library agree on sizes: 10 * units of Fr (4) + units of Fp (6), of 64 bits each. */
const COMPILED_TIME_VARIABLE = 46;
/** `MCL_MAP_TO_MODE_HASH_TO_CURVE`: RFC 9380. */
const HASH_TO_CURVE = 5;

/** A fresh instance, set to BLS12-381, the common big-endian point encoding, RFC 9380, and no implicit order checks. */
export async function instantiateMcl(): Promise<Mcl> {
  const mcl: Mcl = await createModule({
    cryptoGetRandomValues: (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes),
  });
  const status = mcl._mclBn_init(BLS12_381, COMPILED_TIME_VARIABLE);
  if (status !== 0)
    throw new Error(`mcl-wasm doesn't start (status ${status}); is it the version in package.json?`);
  mcl._mclBn_setETHserialization(1);
  mcl._mclBn_setMapToMode(HASH_TO_CURVE);
  mcl._mclBn_verifyOrderG1(0);
  mcl._mclBn_verifyOrderG2(0);
  return mcl;
}
