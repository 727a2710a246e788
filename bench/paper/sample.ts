/** A sample of the evaluation: some ratios measured again in minutes, against those of the committed results. */
import { bpdsBatched } from "../baselines/bpds.ts";
import { diptych } from "../baselines/diptych.ts";
import { literal } from "../baselines/literal.ts";
import type { Scheme } from "../baselines/scheme.ts";
import { traditional } from "../baselines/traditional.ts";
import type { Row } from "../report.ts";
import { median } from "../timing.ts";
import { put, share, shareSteps } from "./acts.ts";
import type { Result } from "./results.ts";
import { by, type Run } from "./section.ts";
import { watch } from "./sections/chain.ts";
import { change, wishes } from "./sections/changes.ts";
import { crowd, point, withStand } from "./sections/saturation.ts";
import { bytesOf, totalOf } from "./sections/storage.ts";
import { makeRecord } from "./workload.ts";

/** How far a ratio may be off, as a part of it: what is counted hardly moves, time does. */
const bounds = { bytes: 0.01, gas: 0.02, load: 0.1, time: 0.35 };

export type Ratio = { section: string; what: string; value: number; within: number };

/** Names of the ratios of a sample are the same measured and committed. */
const names = {
  bytes: (scheme: string) => `bytes of ${scheme} / diptych, 1 MB`,
  gas: (act: string) => `gas of bpds-batched / diptych to ${act}, 6 parts`,
  work: "work of bpds-batched / diptych, 6 parts",
  chains: "throughput of two chains / one, even mix",
  change: (act: string) => `new bytes of traditional / diptych, ${act}, 1 MB`,
};
const changed = ["share one part more", "take one part back"];
const megabyte = 1_000_000;

/** Measures the sample. */
export async function measureSample(run: Run): Promise<Ratio[]> {
  const ratios: Ratio[] = [];
  const add = (section: string, what: string, value: number, kind: keyof typeof bounds) =>
    ratios.push({ section, what, value, within: bounds[kind] });
  const bed = await run.openBed();
  try {
    const shape = { parts: 9, bytes: megabyte, shared: 6 };
    const total = async (scheme: Scheme) => totalOf((await bytesOf(bed, scheme, shape)).kinds);
    const own = await total(diptych);
    for (const scheme of [traditional, literal])
      add("storage", names.bytes(scheme.name), (await total(scheme)) / own, "bytes");

    const both = [bpdsBatched, diptych] as const;
    const stored = [];
    const gas = { store: [0, 0], share: [0, 0] };
    for (const [at, scheme] of both.entries()) {
      // The first record of an owner on a chain costs more than all others.
      const first = await literal.seal(
        await makeRecord({ parts: 3, bytes: 900, shared: 2 }, bed.maker),
        bed.maker,
      );
      await put(bed, literal, { closes: [], views: first.views });
      const record = await makeRecord({ parts: 9, bytes: 9_000, shared: 6 }, bed.maker);
      const sealed = await scheme.seal(record, bed.maker);
      const left = await watch(bed, () => put(bed, scheme, { closes: [], views: sealed.views }));
      gas.store[at] = left.storage.gas + left.shared.gas;
      gas.share[at] = (await share(bed, scheme, record, sealed)).gas;
      stored.push({ scheme, record, sealed, work: [] as number[] });
    }
    for (const act of ["store", "share"] as const)
      add("chain", names.gas(act), gas[act][0]! / gas[act][1]!, "gas");

    for (let round = -1; round < by(run.form, { smoke: 1, usual: 9, full: 21 }); round++)
      for (const { scheme, record, sealed, work } of stored) {
        const { steps } = await share(bed, scheme, record, sealed);
        if (round >= 0) work.push(shareSteps.reduce((sum, step) => sum + steps[step].processorMs, 0));
      }
    add("steps", names.work, median(stored[0]!.work) / median(stored[1]!.work), "time");

    for (const wish of wishes.filter(({ act }) => changed.includes(act))) {
      const bytes = async (scheme: Scheme) => {
        const { step } = (await change(bed, scheme, megabyte, wish))!;
        return step.views.reduce((sum, { kinds }) => sum + totalOf(kinds), 0);
      };
      add("changes", names.change(wish.act), (await bytes(traditional)) / (await bytes(diptych)), "bytes");
    }
  } finally {
    await bed.close();
  }
  const perSecond = await withStand(run, ["diptych-one-chain", "diptych"], async (stand, acts) => {
    const rates: number[] = [];
    for (const each of acts)
      rates.push(Number((await point(stand, each, crowd[run.form], 0.5, run, 500)).perSecond));
    return rates;
  });
  add("saturation", names.chains, perSecond[1]! / perSecond[0]!, "load");
  return ratios;
}

/** The same ratio from the committed results; undefined where the section wasn't measured so. */
export function committedRatio(
  read: (section: string) => Result | undefined,
  { section, what }: Ratio,
): number | undefined {
  const result = read(section);
  if (result === undefined) return undefined;
  const sum = (field: string, where: Row) =>
    result.rows
      .filter((row) => Object.entries(where).every(([name, value]) => row[name] === value))
      .reduce((all, row) => all + Number(row[field]), 0);
  const ratio = (field: string, above: Row, below: Row) => sum(field, above) / sum(field, below);
  const own = { scheme: "diptych" };
  const batched = { scheme: "bpds-batched" };
  const size = { series: "size", recordBytes: megabyte };
  for (const scheme of ["traditional", "literal"])
    if (what === names.bytes(scheme)) return ratio("total", { ...size, scheme }, { ...size, ...own });
  for (const act of ["store", "share"])
    if (what === names.gas(act))
      return ratio("gas", { act, shared: 6, ...batched }, { act, shared: 6, ...own });
  if (what === names.work) return ratio("ms", { part: "time", ...batched }, { part: "time", ...own });
  if (what === names.chains) {
    const mix = { part: "mix", storageShare: 0.5 };
    return ratio("perSecond", { ...mix, ...own }, { ...mix, scheme: "diptych-one-chain" });
  }
  for (const act of changed) {
    const where = { act, recordBytes: megabyte };
    if (what === names.change(act))
      return ratio("newBytes", { ...where, scheme: "traditional" }, { ...where, ...own });
  }
  return undefined;
}

/** Whether a ratio is within its bound of the committed one. */
export function holds(now: number, committed: number, within: number): boolean {
  return Math.abs(now / committed - 1) <= within;
}
