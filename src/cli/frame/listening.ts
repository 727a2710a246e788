/** Where a command that serves listens, and with what TLS. */
import { utf8Decode } from "../../core/bytes.ts";
import { DiptychError } from "../../core/errors.ts";
import { readInput } from "./input.ts";

/** The options of every command that serves. */
export type ListenOptions = { host?: string; port?: string; cert?: string; keyFile?: string };

const largestPemFile = 1 << 20;

/** A port to listen on; the usual one where none was typed. @throws DiptychError `usage` */
export function portOf(text: string | undefined, usual: number): number {
  if (text === undefined) return usual;
  if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text);
  throw new DiptychError("usage", `--port takes a number from 0 to 65535, not ${JSON.stringify(text)}.`);
}

/** Certificate chain and key (PEM) for HTTPS, if both files are named. @throws DiptychError `usage` when one is */
export async function readTls({
  cert,
  keyFile,
}: Pick<ListenOptions, "cert" | "keyFile">): Promise<{ cert: string; key: string } | undefined> {
  if (cert === undefined && keyFile === undefined) return undefined;
  if (cert === undefined || keyFile === undefined)
    throw new DiptychError("usage", "--cert and --key-file go together: HTTPS needs both.");
  const [chain, key] = await Promise.all([
    readInput(cert, largestPemFile),
    readInput(keyFile, largestPemFile),
  ]);
  return { cert: utf8Decode(chain), key: utf8Decode(key) };
}
