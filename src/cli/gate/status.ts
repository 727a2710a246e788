/** `diptych gate status`: whether gates can serve, by their own word and by whether they answer at all. */
import { utf8Decode } from "../../core/bytes.ts";
import { DiptychError, type ErrorCode } from "../../core/errors.ts";
import { KeyRegistry } from "../../ledger/keyRegistry.ts";
import { askGate, printableUrl } from "../config/check.ts";
import type { Result } from "../frame/acting.ts";
import type { Context } from "../frame/context.ts";

type GateState = {
  gate: string;
  url: string;
  ok: boolean;
  code?: ErrorCode;
  reasons: string[];
  health?: unknown;
};

/** How long a gate may take to answer, in milliseconds, and how much it may say, in bytes. */
const patience = 10_000;
const longestAnswer = 1 << 16;

export async function showGates(context: Context, urls: readonly string[]): Promise<Result> {
  const gates = urls.length > 0 ? urls.map((url) => askAt("", url)) : await askConfigured(context);
  const states = await Promise.all(gates);
  const rows = states.map(({ ok, gate, url, reasons }) => [
    ok ? "ok" : "FAILS",
    ...(urls.length > 0 ? [] : [gate]),
    url,
    reasons.join("; "),
  ]);
  context.failWith(states.find(({ ok }) => !ok)?.code);
  return { json: { ok: states.every(({ ok }) => ok), gates: states }, text: context.output.table(rows) };
}

async function askConfigured(context: Context): Promise<Promise<GateState>[]> {
  const config = await context.config();
  if (config.gates === undefined)
    throw new DiptychError("config-invalid", "The configuration names no gates: add them, or give URLs.");
  const chains = await context.openChainsOf(config);
  return (["storage", "shared"] as const).flatMap((side) =>
    config.gates![side].map(async (address, i) => {
      const gate = `${side} ${i + 1} ${address}`;
      try {
        const { url } = await new KeyRegistry(chains[side]).gate(address);
        await askGate(chains[side], address);
        return await askAt(gate, url);
      } catch (error) {
        return failed(gate, "", error);
      }
    }),
  );
}

async function askAt(gate: string, url: string): Promise<GateState> {
  const shown = printableUrl(url);
  try {
    const health = await readHealth(url);
    const reasons = Array.isArray(health.reasons) ? health.reasons : [];
    const words = reasons.map((each: { code?: unknown; message?: unknown }) =>
      String(each?.message ?? each?.code),
    );
    const warnings = Array.isArray(health.warnings) ? health.warnings.map(String) : [];
    const ok = health.ok === true;
    return {
      gate,
      url: shown,
      ok,
      ...(ok ? {} : { code: "service-refused" as const }),
      reasons: [...words, ...warnings],
      health,
    };
  } catch (error) {
    return failed(gate, shown, error);
  }
}

function failed(gate: string, url: string, error: unknown): GateState {
  if (!(error instanceof DiptychError)) throw error;
  return { gate, url, ok: false, code: error.code, reasons: [error.message] };
}

/** What a service says of its health. One that can't serve says why with status 503: both answers count. */
export async function readHealth(url: string, service = "the gate"): Promise<Record<string, unknown>> {
  if (!URL.canParse(url)) throw new DiptychError("usage", `${JSON.stringify(url)} is no URL: correct it.`);
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
