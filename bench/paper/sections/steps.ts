/** Where a request's time goes, step by step, and what it sends: round trips and bytes of one share. */
import { schemes } from "../../baselines/schemes.ts";
import { type Figure, type Row, round } from "../../report.ts";
import { median } from "../../timing.ts";
import { put, type Shared, type ShareStep, share, shareSteps } from "../acts.ts";
import { by, type Outcome, type Run, type Section } from "../section.ts";
import { countTraffic } from "../traffic.ts";
import { makeRecord } from "../workload.ts";

async function measure({ form, say, openBed }: Run): Promise<Outcome> {
  const bed = await openBed();
  try {
    const shared = by(form, { smoke: 2, usual: 6, full: 6 });
    const stored = [];
    for (const scheme of schemes) {
      const record = await makeRecord({ parts: shared + 3, bytes: 1_000 * (shared + 3), shared }, bed.maker);
      const sealed = await scheme.seal(record, bed.maker);
      await put(bed, scheme, { closes: [], views: sealed.views });
      stored.push({ scheme, record, sealed, runs: [] as Shared[] });
    }
    // The first rounds only fill tables and caches.
    const warmUp = by(form, { smoke: 0, usual: 3, full: 5 });
    const runs = by(form, { smoke: 1, usual: 21, full: 51 });
    for (let run = -warmUp; run < runs; run++) {
      say(`round ${run}`);
      for (const each of stored) {
        const made = await share(bed, each.scheme, each.record, each.sealed);
        if (run >= 0) each.runs.push(made);
      }
    }
    const rows: Row[] = [];
    for (const { scheme, runs: made } of stored)
      for (const step of shareSteps) {
        const times = made.map(({ steps }) => steps[step].processorMs);
        rows.push({
          part: "time",
          scheme: scheme.name,
          step,
          order: shareSteps.indexOf(step),
          ms: round(median(times), 3),
          minMs: round(Math.min(...times), 3),
          maxMs: round(Math.max(...times), 3),
        });
      }
    for (const { scheme, record, sealed } of stored) {
      say(`traffic of ${scheme.name}`);
      const traffic = await countTraffic(bed, () => share(bed, scheme, record, sealed));
      rows.push({ part: "traffic", scheme: scheme.name, ...traffic });
    }
    return { rows, figures: figuresOf(rows), pictures };
  } finally {
    await bed.close();
  }
}

function figuresOf(rows: readonly Row[]): Record<string, Figure> {
  const figures: Record<string, Figure> = {};
  for (const step of shareSteps satisfies readonly ShareStep[]) {
    const value = Number(rows.find((row) => row.scheme === "diptych" && row.step === step)!.ms);
    figures[`ms.${step}`] = { value, unit: "ms", better: "lower" };
  }
  const traffic = rows.find((row) => row.part === "traffic" && row.scheme === "diptych")!;
  for (const name of ["serviceCalls", "chainCalls"])
    figures[name] = { value: Number(traffic[name]), unit: "round trips", better: "lower" };
  return figures;
}

const pictures = [
  {
    name: "steps",
    title: "Where a share's work goes (six shared parts)",
    spec: {
      transform: [{ filter: "datum.part == 'time'" }],
      width: 460,
      height: 220,
      mark: "bar",
      encoding: {
        y: { field: "scheme", type: "nominal", sort: null, title: null },
        x: { field: "ms", type: "quantitative", stack: true, title: "milliseconds of processor time" },
        color: { field: "step", type: "nominal", title: null, sort: [...shareSteps] },
        order: { field: "order" },
      },
    },
  },
];

export const steps: Section = { name: "steps", measure };
