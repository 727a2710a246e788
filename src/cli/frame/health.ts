/** How services are by their own word, for commands that ask them. */
import { utf8Decode } from "../../core/bytes.ts";
import { DiptychError } from "../../core/errors.ts";
import { printableUrl } from "../config/check.ts";
import type { Context } from "./context.ts";

/** What a service says of its health: `reasons` why it can't serve, and what its operator should look at. */
export type Health = {
  ok: boolean;
  reasons: string[];
  warnings: string[];
  /** All that it said. */
  said: Record<string, unknown>;
};

/** How long a service may take to answer, in milliseconds, and how much it may say, in bytes. */
const patience = 10_000;
const longestAnswer = 1 << 16;

/**
 * Asks a service for its health. One that can't serve says why with status 503: both answers count.
 *
 * @param service what it is called in messages
 * @throws DiptychError `usage` for what is no URL, `service-unreachable`, `service-answer-invalid`
 */
export async function readHealth(url: string, service: string): Promise<Health> {
  const said = await ask(url, service);
  const { ok, reasons, warnings } = said;
  const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
  return {
    ok: ok === true,
    reasons: listOf(reasons).map((each) => {
      const { code, message } = (each ?? {}) as { code?: unknown; message?: unknown };
      return String(message ?? code);
    }),
    warnings: listOf(warnings).map(String),
    said,
  };
}

/**
 * Has a command that asks services end with 6 unless all of them are well, whatever ails them: they don't answer, aren't what they
 * should be, or say that they can't serve.
 */
export function failUnlessWell(context: Context, ok: boolean): void {
  context.failWith(ok ? undefined : "service-unreachable");
}

/** @throws DiptychError `usage` */
export function demandUrl(url: string): void {
  if (!URL.canParse(url)) throw new DiptychError("usage", `${JSON.stringify(url)} is no URL: correct it.`);
}

async function ask(url: string, service: string): Promise<Record<string, unknown>> {
  demandUrl(url);
  let bytes: Uint8Array;
  try {
    const response = await fetch(new URL("/health", url), {
      signal: AbortSignal.timeout(patience),
      redirect: "error",
    });
    const reader = response.body!.getReader();
    const chunks: Uint8Array[] = [];
    let size = 0;
    for (let next = await reader.read(); !next.done && size <= longestAnswer; next = await reader.read()) {
      chunks.push(next.value);
      size += next.value.length;
    }
    await reader.cancel();
    bytes = new Uint8Array(Buffer.concat(chunks));
  } catch (cause) {
    throw new DiptychError(
      "service-unreachable",
      `No answer from ${printableUrl(url)}: is ${service} running?`,
      { cause },
    );
  }
  try {
    const health: unknown = JSON.parse(utf8Decode(bytes));
    if (typeof health === "object" && health !== null) return health as Record<string, unknown>;
  } catch {}
  throw new DiptychError(
    "service-answer-invalid",
    `${printableUrl(url)} doesn't speak as ${service} does: check the URL.`,
  );
}
