/** `diptych relayer status`: whether a relayer can pay, by its own word. */
import { formatEther, formatUnits } from "ethers";
import { DiptychError } from "../../core/errors.ts";
import { printableUrl } from "../config/check.ts";
import type { Result } from "../frame/acting.ts";
import type { Context } from "../frame/context.ts";
import { failUnlessWell, readHealth } from "../frame/health.ts";
import { printable } from "../frame/printing.ts";

type ChainWords = { balance?: string; feePerGas?: string; underWay?: number; gasToday?: number };

export async function showRelayer(context: Context, given: string | undefined): Promise<Result> {
  const url = given ?? (await context.config()).relayer;
  if (url === undefined)
    throw new DiptychError("config-invalid", "The configuration names no relayer: add it, or give its URL.");
  const { ok, reasons, warnings, said } = await readHealth(url, "the relayer");
  failUnlessWell(context, ok);
  const chains = Object.entries((said.chains ?? {}) as Record<string, ChainWords>);
  return {
    json: { ok, url: printableUrl(url), health: said },
    text: [
      `${ok ? "ok" : "FAILS"}  ${printableUrl(url)}`,
      ...context.output.table(chains.map(([side, chain]) => [printable(side), ...inWords(chain)])),
      ...[...reasons, ...warnings].map(printable),
    ],
  };
}

function inWords({ balance, feePerGas, underWay, gasToday }: ChainWords): string[] {
  const whole = (text: unknown) => (/^\d{1,78}$/.test(String(text)) ? BigInt(String(text)) : 0n);
  return [
    `has ${formatEther(whole(balance))}`,
    `gas costs ${formatUnits(whole(feePerGas), "gwei")} gwei`,
    `${Number(underWay)} under way`,
    `${Number(gasToday).toLocaleString("en")} gas in 24 hours`,
  ];
}
