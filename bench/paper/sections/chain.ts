/** Section 6.2.2: what one record and one share leave on each chain, and what they cost there. */
import type { JsonRpcApiProvider, Log } from "ethers";
import { literal } from "../../baselines/literal.ts";
import { schemes } from "../../baselines/schemes.ts";
import { type Figure, type Row, round } from "../../report.ts";
import { put, share } from "../acts.ts";
import type { Bed } from "../bed.ts";
import { by, type Outcome, type Run, type Section } from "../section.ts";
import { makeRecord } from "../workload.ts";

const sides = ["storage", "shared"] as const;

/** What the transactions of some blocks left: bytes of code, slots that weren't there, bytes of events and of calldata. */
type Left = {
  transactions: number;
  gas: number;
  calldata: number;
  events: number;
  slots: number;
  code: number;
};

type Step = { op: string; stack?: string[]; gasCost: number };
/** What a write to a fresh slot costs at least; all others cost less. */
const freshSlot = 20_000;

async function leftSince(provider: JsonRpcApiProvider, before: number): Promise<Left> {
  const left: Left = { transactions: 0, gas: 0, calldata: 0, events: 0, slots: 0, code: 0 };
  const last = await provider.getBlockNumber();
  for (let number = before + 1; number <= last; number++)
    for (const transaction of (await provider.getBlock(number, true))!.prefetchedTransactions) {
      const receipt = (await provider.getTransactionReceipt(transaction.hash))!;
      left.transactions++;
      left.gas += Number(receipt.gasUsed);
      left.calldata += bytesOf(transaction.data);
      left.events += receipt.logs.reduce(
        (sum: number, log: Log) => sum + bytesOf(log.data) + 32 * log.topics.length,
        0,
      );
      const { structLogs } = (await provider.send("debug_traceTransaction", [
        transaction.hash,
        { disableMemory: true, disableStorage: true },
      ])) as { structLogs: Step[] };
      for (const { op, gasCost, stack } of structLogs) {
        if (op === "SSTORE" && gasCost >= freshSlot) left.slots++;
        // A contract that is made here is one blob of code; its constructor is eleven bytes longer.
        if (op === "CREATE")
          left.code += Math.max(0, Number(BigInt(`0x${stack!.at(-3)!.replace(/^0x/, "")}`)) - 11);
      }
    }
  return left;
}

function bytesOf(data: string): number {
  return data.length / 2 - 1;
}

/** What an act left on each chain. */
export async function watch(
  bed: Bed,
  act: () => Promise<unknown>,
): Promise<Record<(typeof sides)[number], Left>> {
  const heads = await Promise.all(sides.map((side) => bed.chains[side].provider.getBlockNumber()));
  await act();
  const [storage, shared] = await Promise.all(
    sides.map((side, at) => leftSince(bed.chains[side].provider, heads[at]!)),
  );
  return { storage: storage!, shared: shared! };
}

async function measure({ form, say, openBed }: Run): Promise<Outcome> {
  const bed = await openBed();
  try {
    // The first record of an owner on a chain costs more than all others.
    const first = await literal.seal(
      await makeRecord({ parts: 3, bytes: 900, shared: 2 }, bed.maker),
      bed.maker,
    );
    await put(bed, literal, { closes: [], views: first.views });
    const rows: Row[] = [];
    const counts = by(form, { smoke: [2], usual: [1, 2, 4, 6, 9], full: [1, 2, 3, 4, 5, 6, 7, 8, 9, 32] });
    for (const shared of counts)
      for (const scheme of schemes) {
        say(`${scheme.name}, ${shared} shared parts`);
        const record = await makeRecord({ parts: shared + 3, bytes: 9_000, shared }, bed.maker);
        const sealed = await scheme.seal(record, bed.maker);
        const stored = await watch(bed, () => put(bed, scheme, { closes: [], views: sealed.views }));
        const asked = await watch(bed, () => share(bed, scheme, record, sealed));
        for (const [act, left] of [
          ["store", stored],
          ["share", asked],
        ] as const)
          for (const chain of sides) {
            if (left[chain].transactions === 0) continue;
            const { slots, code } = left[chain];
            const indexes =
              act === "store" ? sealed.views.filter((view) => view.chain.side === chain).length : 0;
            rows.push({
              act,
              scheme: scheme.name,
              shared,
              chain,
              indexes,
              ...left[chain],
              stateBytes: 64 * slots + code,
            });
          }
      }
    return { rows, figures: figuresOf(rows), pictures };
  } finally {
    await bed.close();
  }
}

function figuresOf(rows: readonly Row[]): Record<string, Figure> {
  const figures: Record<string, Figure> = {};
  const most = Math.max(...rows.map((row) => Number(row.shared)));
  const sum = (act: string, scheme: string, field: string, shared: number) =>
    rows
      .filter((row) => row.act === act && row.scheme === scheme && row.shared === shared)
      .reduce((all, row) => all + Number(row[field]), 0);
  for (const act of ["store", "share"]) {
    const ratio = sum(act, "bpds-batched", "gas", most) / sum(act, "diptych", "gas", most);
    figures[`${act}.bpdsBatchedOverDiptychGas@${most}`] = {
      value: round(ratio),
      unit: "x gas",
      better: "higher",
    };
    figures[`${act}.diptychGas`] = { value: sum(act, "diptych", "gas", most), unit: "gas", better: "lower" };
  }
  const state = sum("store", "bpds", "stateBytes", most) / sum("store", "diptych", "stateBytes", most);
  figures[`bpdsOverDiptychState@${most}`] = { value: round(state), unit: "x bytes", better: "higher" };
  return figures;
}

const picture = (act: string) => ({
  transform: [
    { filter: `datum.act == '${act}'` },
    { aggregate: [{ op: "sum", field: "gas", as: "gas" }], groupby: ["scheme", "shared"] },
  ],
  width: 420,
  height: 260,
  mark: { type: "line", point: true },
  encoding: {
    x: { field: "shared", type: "quantitative", title: "shared parts" },
    y: { field: "gas", type: "quantitative", title: "gas, both chains" },
    color: { field: "scheme", type: "nominal", sort: null, title: null },
  },
});

const pictures = [
  { name: "gas-store", title: "Gas to store a record", spec: picture("store") },
  { name: "gas-share", title: "Gas to share it once", spec: picture("share") },
];

export const chain: Section = { name: "chain", measure };
