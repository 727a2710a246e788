/** Files that a command is given; `-` is stdin. */
import { readFile, stat } from "node:fs/promises";
import { DiptychError } from "../../core/errors.ts";
import { fromCaller } from "./settings.ts";

/** The largest file that is taken unless said, in bytes: the largest record, and some more. */
const largest = (256 << 20) + (1 << 20);

/** Reads a file, or stdin for `-`. @throws DiptychError `usage` when it can't be read or is longer than `limit` bytes */
export async function readInput(path: string, limit = largest): Promise<Uint8Array> {
  if (path === "-") return readStdin(limit);
  try {
    const file = fromCaller(path);
    if ((await stat(file)).size > limit) throw tooLong(path, limit);
    return new Uint8Array(await readFile(file));
  } catch (cause) {
    if (cause instanceof DiptychError) throw cause;
    throw new DiptychError("usage", `Cannot read ${path}: give a file that exists and can be read.`, {
      cause,
    });
  }
}

/** What an input is called in messages. */
export function nameOfInput(path: string): string {
  return path === "-" ? "stdin" : path;
}

async function readStdin(limit: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin) {
    size += (chunk as Buffer).length;
    if (size > limit) throw tooLong("stdin", limit);
    chunks.push(chunk as Buffer);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

function tooLong(what: string, limit: number): DiptychError {
  return new DiptychError("usage", `${what} is longer than ${limit >> 20} MiB: is it the right file?`);
}
