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
type SetBigEndian = (result: Pointer, buffer: Pointer, size: number) => number;
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
  _mclBnFr_setBigEndianMod: SetBigEndian;
  _mclBnFp_setBigEndianMod: SetBigEndian;
  _mclBnFp_add: Binary;
  _mclBnFp_sub: Binary;
  _mclBnFp_mul: Binary;
  _mclBnFp_sqr: Unary;
  _mclBnFp_neg: Unary;
  _mclBnFp_inv: Unary;
  _mclBnFp2_add: Binary;
  _mclBnFp2_sub: Binary;
  _mclBnFp2_mul: Binary;
  _mclBnFp2_sqr: Unary;
  _mclBnFp2_neg: Unary;
  _mclBnFp2_inv: Unary;
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
  _mclBnG1_normalizeVec(results: Pointer, points: Pointer, count: number): void;
  _mclBnG1_neg: Unary;
  _mclBnG1_add: Binary;
  _mclBnG1_dbl: Unary;
  _mclBnG1_mul: Binary;
  _mclBnG1_mulCT: Binary;
  _mclBnG1_mulVec(result: Pointer, points: Pointer, scalars: Pointer, count: number): void;
  _mclBnG2_deserialize: Deserialise;
  _mclBnG2_serialize: Serialise;
  _mclBnG2_isZero: Predicate;
  _mclBnG2_isValidOrder: Predicate;
  _mclBnG2_normalize: Unary;
  _mclBnG2_add: Binary;
  _mclBnG2_dbl: Unary;
  _mclBnG2_mul: Binary;
  _mclBnG2_mulCT: Binary;
  _mclBnGT_deserialize: Deserialise;
  _mclBnGT_serialize: Serialise;
  _mclBnGT_isOne: Predicate;
  _mclBnGT_isValid: Predicate;
  _mclBnGT_isEqual: Comparison;
  _mclBnGT_pow: Binary;
  _mclBnGT_mul: Binary;
  _mclBnGT_inv: Unary;
  _mclBn_millerLoopVec(result: Pointer, g1s: Pointer, g2s: Pointer, count: number): void;
  _mclBn_finalExp: Unary;
}

const BLS12_381 = 5;
/** mcl's check that caller and library agree on sizes: 10 * units of Fr (4) + units of Fp (6), of 64 bits each. */
const COMPILED_TIME_VARIABLE = 46;
/** `MCL_MAP_TO_MODE_HASH_TO_CURVE`: RFC 9380. */
const HASH_TO_CURVE = 5;

/** Memory that the module starts with, in pages of 64 KiB; it grows. */
const INITIAL_PAGES = 32;

/** A fresh instance, set to BLS12-381, the common big-endian point encoding, RFC 9380, and no implicit order checks. */
export async function instantiateMcl(): Promise<Mcl> {
  const mcl = await startModule();
  const status = mcl._mclBn_init(BLS12_381, COMPILED_TIME_VARIABLE);
  if (status !== 0)
    throw new Error(`mcl-wasm doesn't start (status ${status}); is it the version in package.json?`);
  mcl._mclBn_setETHserialization(1);
  mcl._mclBn_setMapToMode(HASH_TO_CURVE);
  mcl._mclBn_verifyOrderG1(0);
  mcl._mclBn_verifyOrderG2(0);
  return mcl;
}

/** Base64 that starts as a WebAssembly module does. */
const MODULE_TEXT = /["'`](AGFzbQ[A-Za-z0-9+/]{1000,}={0,2})["'`]/;

/**
 * mcl's module. Its own starter turns base64 into bytes through an iterator, which takes as long as all the rest of a
 * start together; so the text is taken out of it and decoded here, and the starter left for when that doesn't find it.
 */
async function startModule(): Promise<Mcl> {
  const text = MODULE_TEXT.exec(createModule.toString())?.[1];
  const cryptoGetRandomValues = (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes);
  if (text === undefined) return createModule({ cryptoGetRandomValues });
  const decoded = atob(text);
  const module = new Uint8Array(decoded.length);
  for (let i = 0; i < decoded.length; i++) module[i] = decoded.charCodeAt(i);
  const memory = new WebAssembly.Memory({ initial: INITIAL_PAGES });
  const env = {
    memory,
    cryptoGetRandomValues: (at: Pointer, size: number) => {
      cryptoGetRandomValues(new Uint8Array(memory.buffer, at, size));
    },
  };
  const { instance } = await WebAssembly.instantiate(module, { env });
  const { __wasm_call_ctors: construct, ...exported } = instance.exports;
  if (typeof construct === "function") construct();
  const named = Object.entries(exported).map(([name, value]) => [`_${name}`, value]);
  return { wasmMemory: memory, ...Object.fromEntries(named) } as Mcl;
}
