/**
 * CAR archives, version 1 (IPLD "Content Addressable aRchives"): how blocks travel. A reader is told by the blocks
 * themselves what to expect: a root, then only what a block before it linked, nothing twice, nothing missing at the end.
 */
import { CarBlockIterator } from "@ipld/car/iterator";
import * as dagCbor from "@ipld/dag-cbor";
import { varint } from "multiformats";
import { concat } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import {
  type Block,
  blockMissing,
  blockUnexpected,
  type CID,
  isOurCid,
  MAX_BLOCK_SIZE,
  verifyBlock,
} from "./blocks.ts";
import { DEFAULT_LIMITS, type Limits, linksOf } from "./walk.ts";

/**
 * An archive of `blocks` in their order, as it goes over the wire. For reading, a block must come after one that links
 * it, each once: the order of `walkDag`.
 */
export async function* writeCar(
  roots: readonly CID[],
  blocks: Iterable<Block> | AsyncIterable<Block>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield section(dagCbor.encode({ roots: [...roots], version: 1 }));
  for await (const { cid, bytes } of blocks) yield section(cid.bytes, bytes);
}

/** `writeCar` for archives that fit into memory. */
export async function carBytes(
  roots: readonly CID[],
  blocks: Iterable<Block> | AsyncIterable<Block>,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeCar(roots, blocks)) chunks.push(chunk);
  return concat(...chunks);
}

/**
 * `roots`: the roots that the archive must have, in this order; any, when left out. `known`: whether a linked block may
 * be left out because it is at hand already (never, by default); what lies under such a block isn't looked at.
 */
export interface ReadOptions extends Partial<Limits> {
  roots?: readonly CID[];
  /** Whether a linked block is at hand already. */
  known?: (cid: CID) => boolean | Promise<boolean>;
}

/** What is in an archive, as far as it has been read. */
export interface CarContents {
  roots: CID[];
  /** The blocks in order, each verified before it is yielded; that none is missing is known when it ends. */
  blocks: AsyncGenerator<Block, void, undefined>;
}

/**
 * Reads an archive as it arrives. Opening it and reading `blocks` throw `encoding-invalid` for what is no CAR of version
 * 1, `block-mismatch` for bytes that aren't their CID's, `block-unexpected` for other roots, blocks that nothing before
 * them linked, or more than the limits, `block-missing` when it ends too early. What `source` throws passes through.
 */
export async function readCar(
  source: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  options: ReadOptions = {},
): Promise<CarContents> {
  const input: Input = { limits: { ...DEFAULT_LIMITS, ...options }, failure: undefined };
  const guarded = guard(source instanceof Uint8Array ? [source] : source, input);
  try {
    const iterator = await decoding(input, () => CarBlockIterator.fromIterable(guarded));
    const roots = await iterator.getRoots();
    const expected = options.roots ?? roots;
    const same = roots.length === expected.length && roots.every((root, at) => root.equals(expected[at]));
    if (iterator.version !== 1) throw notACar();
    if (!same || roots.length === 0 || !roots.every((root) => isOurCid(root)))
      throw blockUnexpected("this archive has other roots than those asked for");
    const incoming = iterator[Symbol.asyncIterator]();
    const blocks = expectedBlocks(incoming, roots, input, options.known ?? (() => false));
    return { roots, blocks: closing(blocks, guarded) };
  } catch (error) {
    await guarded.return();
    throw error;
  }
}

/** Lets go of the source too, whether the reader went to the end, failed, or stopped early. */
async function* closing(
  blocks: AsyncIterable<Block>,
  source: AsyncGenerator<Uint8Array, void, undefined>,
): AsyncGenerator<Block, void, undefined> {
  try {
    yield* blocks;
  } finally {
    await source.return();
  }
}

async function* expectedBlocks(
  incoming: AsyncIterator<Block>,
  roots: readonly CID[],
  input: Input,
  known: (cid: CID) => boolean | Promise<boolean>,
): AsyncGenerator<Block, void, undefined> {
  const { maxBlocks } = input.limits;
  const wanted = new Map<string, CID>();
  const seen = new Set<string>();
  const want = (cid: CID) => {
    if (!seen.has(cid.toString())) wanted.set(cid.toString(), cid);
  };
  roots.forEach(want);
  while (true) {
    const next = await decoding(input, () => incoming.next());
    if (next.done) break;
    const block = next.value;
    const key = block.cid.toString();
    if (!wanted.delete(key)) throw blockUnexpected(`nothing before block ${key} links it, or it came before`);
    seen.add(key);
    if (seen.size > maxBlocks) throw blockUnexpected(`the archive has more than ${maxBlocks} blocks`);
    await verifyBlock(block);
    linksOf(block).forEach(want);
    yield block;
  }
  for (const cid of wanted.values()) if (!(await known(cid))) throw blockMissing(cid);
}

/** What is being read: its limits, and what its source threw, to tell that from bytes that are no CAR. */
interface Input {
  limits: Limits;
  failure: unknown;
}

/** A CID's longest form here (36 bytes) is far below this; an archive's header takes 40 bytes a root. */
const MAX_SECTION = MAX_BLOCK_SIZE + 1024;

/**
 * Passes bytes on while the archive keeps its limits, and looks at the length of every section before the decoder does,
 * which would gather that many bytes whatever the length says.
 */
async function* guard(
  source: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  input: Input,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { maxBytes } = input.limits;
  let total = 0;
  let left = 0;
  let [length, shift] = [0, 0];
  try {
    for await (const chunk of source) {
      total += chunk.length;
      if (total > maxBytes) throw blockUnexpected(`the archive has more than ${maxBytes} bytes`);
      for (let at = 0; at < chunk.length; ) {
        if (left > 0) {
          const step = Math.min(left, chunk.length - at);
          left -= step;
          at += step;
          continue;
        }
        const byte = chunk[at++]!;
        length += (byte & 0x7f) * 2 ** shift;
        shift += 7;
        if (length > MAX_SECTION || shift > 28)
          throw blockUnexpected("the archive has a block that is too large");
        if (byte < 0x80) [left, length, shift] = [length, 0, 0];
      }
      yield chunk;
    }
  } catch (cause) {
    input.failure = cause;
    throw cause;
  }
}

async function decoding<T>(input: Input, decode: () => Promise<T>): Promise<T> {
  try {
    return await decode();
  } catch (cause) {
    if (input.failure !== undefined) throw input.failure;
    throw notACar(cause);
  }
}

function notACar(cause?: unknown): DiptychError {
  return new DiptychError(
    "encoding-invalid",
    "This is not a CAR archive that Diptych can read: it is cut or malformed.",
    {
      cause,
    },
  );
}

function section(...parts: Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const prefix = varint.encodeTo(length, new Uint8Array(varint.encodingLength(length)));
  return concat(prefix, ...parts);
}
