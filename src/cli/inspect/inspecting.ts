/** `diptych inspect`: finds the object's bytes, and prints what stands in them. */
import { stat } from "node:fs/promises";
import { EmbeddedBlockStore } from "../../cloud/embedded.ts";
import { type CID, parseCid, verifyBlock } from "../../cloud/index.ts";
import { unhex } from "../../core/bytes.ts";
import { DiptychError } from "../../core/errors.ts";
import type { Result } from "../frame/acting.ts";
import type { Context } from "../frame/context.ts";
import { readInput } from "../frame/input.ts";
import {
  describeBlock,
  describeCapsule,
  describeExtraction,
  describeHeader,
  describeIndex,
  describeManifest,
  describeProgram,
  type Facts,
} from "./objects.ts";
import { linesOf } from "./printing.ts";
import { isId, standingIndexes, standingRequests } from "./standing.ts";

export type InspectOptions = { ledger?: string };

const kinds: Record<string, (bytes: Uint8Array) => Facts> = {
  manifest: describeManifest,
  capsule: describeCapsule,
  index: describeIndex,
  extraction: describeExtraction,
  header: describeHeader,
  program: describeProgram,
};

/** Inspects a block by its CID, or an object of a kind from a file, or from the ledgers by its id. */
export async function inspect(
  context: Context,
  options: InspectOptions,
  object: string,
  target: string | undefined,
): Promise<Result> {
  const facts = await factsOf(context, options, object, target);
  return { json: facts, text: linesOf(facts) };
}

async function factsOf(
  context: Context,
  options: InspectOptions,
  object: string,
  target: string | undefined,
): Promise<Facts> {
  const onLedgers =
    object === "request" ? standingRequests : object === "index" ? standingIndexes : undefined;
  if (onLedgers !== undefined && target !== undefined && isId(target))
    return onLedgers(await ledgersOf(context, options), target.toLowerCase());
  const describe = Object.hasOwn(kinds, object) ? kinds[object] : undefined;
  if (describe === undefined && object !== "request") return inspectBlock(context, object, target);
  if (target === undefined || describe === undefined)
    throw new DiptychError(
      "usage",
      `Say which ${object}: ${describe ? "a file" : "its id, 0x and 64 hex digits"}.`,
    );
  return describe(await bytesIn(target));
}

async function ledgersOf(context: Context, { ledger }: InspectOptions) {
  if (ledger !== undefined && ledger !== "storage" && ledger !== "shared")
    throw new DiptychError("usage", "--ledger is storage or shared.");
  const chains = await context.chains();
  return ledger === undefined ? [chains.storage, chains.shared] : [chains[ledger]];
}

async function inspectBlock(context: Context, text: string, path: string | undefined): Promise<Facts> {
  const cid = cidIn(text);
  if (path === undefined) return describeBlock({ cid, bytes: await storedBlock(context, cid) });
  const block = { cid, bytes: await bytesIn(path) };
  await verifyBlock(block);
  return describeBlock(block);
}

function cidIn(text: string): CID {
  try {
    return parseCid(text.replace(/^ipfs:\/\//, ""));
  } catch (cause) {
    const names = [...Object.keys(kinds), "request"].join(", ");
    throw new DiptychError("usage", `There is no such object: give a CID, or one of ${names}.`, { cause });
  }
}

async function storedBlock(context: Context, cid: CID): Promise<Uint8Array> {
  const folder = (await context.home()).path("blocks");
  // Opening a store makes it; a home whose gateway runs elsewhere has none.
  if (!(await stat(folder).catch(() => undefined))?.isDirectory())
    throw new DiptychError(
      "block-missing",
      "This home keeps no blocks: its gateway runs elsewhere. Give a file with the block's bytes.",
    );
  return (await EmbeddedBlockStore.open(folder)).get(cid);
}

/** The bytes in a file, or those whose hex stands in it. */
async function bytesIn(path: string): Promise<Uint8Array> {
  const bytes = await readInput(path);
  const start = String.fromCharCode(...bytes.subarray(0, 2));
  return start === "0x" ? unhex(new TextDecoder().decode(bytes).trim()) : bytes;
}
