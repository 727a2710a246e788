/** `diptych gate status`: whether gates can serve, by their own word and by whether they answer at all. */
import { DiptychError, type ErrorCode } from "../../core/errors.ts";
import { KeyRegistry } from "../../ledger/keyRegistry.ts";
import { askGate, printableUrl } from "../config/check.ts";
import type { Result } from "../frame/acting.ts";
import type { Context } from "../frame/context.ts";
import { demandUrl, failUnlessWell, readHealth } from "../frame/health.ts";
import { printable } from "../frame/printing.ts";

type GateState = {
  gate: string;
  url: string;
  ok: boolean;
  code?: ErrorCode;
  reasons: string[];
  health?: unknown;
};

export async function showGates(context: Context, urls: readonly string[]): Promise<Result> {
  for (const url of urls) demandUrl(url);
  const gates = urls.length > 0 ? urls.map((url) => askAt("", url)) : await askConfigured(context);
  const states = await Promise.all(gates);
  const rows = states.map(({ ok, gate, url, reasons }) => [
    ok ? "ok" : "FAILS",
    ...(urls.length > 0 ? [] : [gate]),
    url,
    printable(reasons.join("; ")),
  ]);
  const ok = states.every((each) => each.ok);
  failUnlessWell(context, ok);
  return { json: { ok, gates: states }, text: context.output.table(rows) };
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
    const { ok, reasons, warnings, said } = await readHealth(url, "the gate");
    return {
      gate,
      url: shown,
      ok,
      ...(ok ? {} : { code: "service-refused" as const }),
      reasons: [...reasons, ...warnings],
      health: said,
    };
  } catch (error) {
    return failed(gate, shown, error);
  }
}

function failed(gate: string, url: string, error: unknown): GateState {
  if (!(error instanceof DiptychError)) throw error;
  return { gate, url, ok: false, code: error.code, reasons: [error.message] };
}
