/** Section 6.2.4: what moving parts and changing rights costs under each scheme, against the record's size. */

import { diptychWithoutRotation } from "../../baselines/diptych.ts";
import { addKinds, type Rights, type Scheme, type Sealed, type Step } from "../../baselines/scheme.ts";
import { schemes } from "../../baselines/schemes.ts";
import { type Figure, type Row, round } from "../../report.ts";
import { median, time } from "../../timing.ts";
import { type Cost, gasOf, put } from "../acts.ts";
import { type Bed, rights } from "../bed.ts";
import { by, type Outcome, type Run, type Section } from "../section.ts";
import { makeRecord } from "../workload.ts";

/** z and x, as in the paper; the shared side is parts 2 to 7. */
const shape = { parts: 9, shared: 6 };
const more: Rights = { full: rights.full, shared: `${rights.shared} or role:auditor` };
const fewer: Rights = {
  full: rights.full,
  shared: "(role:doctor and org:yzu-hospital) or role:government or role:researcher",
};

type Wish = { act: string; make: (sealed: Sealed, bed: Bed) => Promise<Step> | undefined };

const invited = (bed: Bed) => [...bed.maker.invited, bed.patient.wallets.storage.address];

/** The changes that are measured. */
export const wishes: readonly Wish[] = [
  { act: "share one part more", make: (sealed) => sealed.move?.([2, 3, 4, 5, 6, 7, 8]) },
  { act: "share two parts more", make: (sealed) => sealed.move?.([2, 3, 4, 5, 6, 7, 8, 9]) },
  { act: "take one part back", make: (sealed) => sealed.move?.([2, 3, 4, 5, 6]) },
  { act: "take three parts back", make: (sealed) => sealed.move?.([2, 3, 4]) },
  { act: "more readers", make: (sealed, bed) => sealed.regrant?.(more, invited(bed)) },
  { act: "fewer readers", make: (sealed, bed) => sealed.regrant?.(fewer, invited(bed)) },
];

/** Diptych that leaves keys as they are when someone loses a part: what rotation costs is the difference. Never to be used. */
const compared: readonly Scheme[] = [
  ...schemes.filter(({ name }) => name !== "bpds-batched"),
  diptychWithoutRotation,
];

/** Stores a record and changes it; undefined where the scheme can't. */
export async function change(bed: Bed, scheme: Scheme, bytes: number, wish: Wish) {
  const record = await makeRecord({ ...shape, bytes }, bed.maker);
  const sealed = await scheme.seal(record, bed.maker);
  await put(bed, scheme, { closes: [], views: sealed.views });
  let step: Step | undefined;
  let cost: Cost | undefined;
  const took = await time(async () => {
    step = await wish.make(sealed, bed);
    if (step !== undefined) cost = await put(bed, scheme, step, sealed);
  });
  return step === undefined ? undefined : { step, cost: cost!, ms: took.processorMs };
}

async function measure({ form, say, openBed }: Run): Promise<Outcome> {
  const bed = await openBed();
  try {
    const sizes = by(form, {
      smoke: [9_000],
      usual: [9_000, 1_000_000, 10_000_000],
      full: [9_000, 100_000, 1_000_000, 10_000_000, 100_000_000],
    });
    const runs = by(form, { smoke: 1, usual: 3, full: 7 });
    const rows: Row[] = [];
    for (const bytes of sizes)
      for (const wish of form === "smoke" ? [wishes[0]!, wishes[5]!] : wishes) {
        say(`${wish.act}, ${bytes} bytes`);
        const taken = new Map<Scheme, number[]>(compared.map((scheme) => [scheme, []]));
        for (let run = 0; run < runs; run++)
          for (const scheme of compared) {
            const changed = await change(bed, scheme, bytes, wish);
            taken.get(scheme)!.push(changed?.ms ?? Number.NaN);
            if (run < runs - 1) continue;
            rows.push({
              act: wish.act,
              scheme: scheme.name,
              recordBytes: bytes,
              ...rowOf(changed, taken.get(scheme)!),
            });
          }
      }
    return { rows, figures: figuresOf(rows), pictures };
  } finally {
    await bed.close();
  }
}

function rowOf(changed: Awaited<ReturnType<typeof change>>, ms: readonly number[]): Row {
  if (changed === undefined) return { possible: "no" };
  const { step, cost } = changed;
  const kinds = addKinds(step.views.map((view) => view.kinds));
  return {
    possible: "yes",
    contentBytes: kinds.content,
    newBytes: Object.values(kinds).reduce((sum, each) => sum + each, 0),
    abeOperations: step.views.reduce((sum, view) => sum + view.capsules, 0),
    transactions: cost.transactions,
    gas: gasOf(cost),
    ms: round(median(ms), 3),
    minMs: round(Math.min(...ms), 3),
    maxMs: round(Math.max(...ms), 3),
  };
}

function figuresOf(rows: readonly Row[]): Record<string, Figure> {
  const figures: Record<string, Figure> = {};
  const largest = Math.max(...rows.map((row) => Number(row.recordBytes)));
  const at = (act: string, scheme: string) =>
    rows.find((row) => row.act === act && row.scheme === scheme && row.recordBytes === largest);
  for (const { act } of wishes) {
    const [own, other] = [at(act, "diptych"), at(act, "traditional")];
    if (own === undefined || other === undefined) continue;
    const name = act.replaceAll(" ", "-");
    figures[`bytes.${name}@${largest}`] = { value: Number(own.newBytes), unit: "bytes", better: "lower" };
    const value = round(Number(other.newBytes) / Number(own.newBytes));
    figures[`traditionalOverDiptych.${name}@${largest}`] = { value, unit: "x bytes", better: "higher" };
  }
  return figures;
}

const pictures = [
  {
    name: "changes",
    title: "New bytes in the cloud of each change, against the record's size",
    spec: {
      transform: [{ filter: "datum.possible == 'yes' && datum.newBytes > 0" }],
      facet: { field: "act", type: "nominal", sort: null, title: null },
      columns: 3,
      spec: {
        width: 200,
        height: 150,
        mark: { type: "line", point: true },
        encoding: {
          x: {
            field: "recordBytes",
            type: "quantitative",
            scale: { type: "log" },
            title: "bytes of the record",
          },
          y: { field: "newBytes", type: "quantitative", scale: { type: "log" }, title: "new bytes" },
          color: { field: "scheme", type: "nominal", sort: null, title: null },
        },
      },
    },
  },
];

export const changes: Section = { name: "changes", measure };
