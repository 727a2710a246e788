/** What a local world is to be: how many gates, which ports. */
import { DiptychError } from "../../core/errors.ts";
import type { Address, Side } from "../../ledger/chain.ts";
import { demandAccount } from "../frame/typed.ts";

/** The options of `diptych up`, as they were typed. */
export type UpOptions = {
  ports?: string;
  gates?: string;
  threshold?: string;
  services?: boolean;
  web?: boolean;
  officer?: string[];
  fresh?: boolean;
};

export type Plan = {
  gates: number;
  threshold: number;
  services: boolean;
  /** Whether the web page is served. */
  page: boolean;
  /** Who decides at the authority's desk with a wallet, besides the nodes' own account for that. */
  officers: Address[];
  ports: {
    chains: Record<Side, number>;
    gateway: number;
    authority: number;
    page: number;
    relayer: number;
    gate: (side: Side, i: number) => number;
  };
};

const usualBase = 8600;
const usualGates = 3;
/** As many gates as can hold a share of one index key. */
const mostGates = 31;
/** Where the gates' ports begin, after the base. */
const gateOffsets: Record<Side, number> = { storage: 10, shared: 50 };
const highestBase = 65_535 - 100;

/** Reads the options. @throws DiptychError `usage` */
export function planWorld(options: UpOptions): Plan {
  const gates = integer("--gates", options.gates, usualGates, 1, mostGates);
  const threshold = integer("--threshold", options.threshold, Math.floor(gates / 2) + 1, 1, gates);
  const base = integer("--ports", options.ports, usualBase, 0, highestBase);
  const port = (offset: number) => (base === 0 ? 0 : base + offset);
  return {
    gates,
    threshold,
    services: options.services !== false,
    page: options.services !== false && options.web !== false,
    officers: (options.officer ?? []).map(demandAccount),
    ports: {
      chains: { storage: port(0), shared: port(1) },
      gateway: port(2),
      authority: port(3),
      page: port(4),
      relayer: port(5),
      gate: (side, i) => port(gateOffsets[side] + i),
    },
  };
}

function integer(
  option: string,
  text: string | undefined,
  usual: number,
  least: number,
  most: number,
): number {
  if (text === undefined) return usual;
  const value = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new DiptychError(
    "usage",
    `${option} takes a whole number from ${least} to ${most}, not ${JSON.stringify(text)}.`,
  );
}
