/** Table 2 and section 6.2.1: bytes in the cloud by scheme and kind, and the time to seal, upload and index a record. */
import { addKinds, type Kinds, type Scheme } from "../../baselines/scheme.ts";
import { schemes } from "../../baselines/schemes.ts";
import { type Figure, type Row, round } from "../../report.ts";
import { median, time } from "../../timing.ts";
import { put } from "../acts.ts";
import type { Bed } from "../bed.ts";
import { by, type Form, type Outcome, type Run, type Section } from "../section.ts";
import { makeRecord, type Shape } from "../workload.ts";

const kilo = 1_000;
const mega = 1_000_000;
/** BPDS lays up the same bytes batched or not, and Diptych the same on one chain or two. */
const different = schemes.filter(({ name }) => name !== "bpds-batched" && name !== "diptych-one-chain");

type Series = { series: string; shapes: Shape[] };

function seriesOf(form: Form): Series[] {
  const sizes = by(form, {
    smoke: [kilo, 100 * kilo],
    usual: [1, 2, 5, 10, 20, 50, 100, 200, 500, kilo, 2 * kilo, 5 * kilo, 10 * kilo, 100 * kilo].map(
      (n) => n * kilo,
    ),
    full: [1, 2, 5, 10, 20, 50, 100, 200, 500, kilo, 2 * kilo, 5 * kilo, 10 * kilo, 100 * kilo, mega].map(
      (n) => n * kilo,
    ),
  });
  const counts = by(form, {
    smoke: [1, 4],
    usual: [1, 2, 4, 9, 16, 32, 64, 128, 256],
    full: [1, 2, 4, 9, 16, 32, 64, 128, 256],
  });
  const tenths = by(form, { smoke: [5], usual: [1, 3, 5, 7, 9], full: [1, 2, 3, 4, 5, 6, 7, 8, 9] });
  return [
    { series: "size", shapes: sizes.map((bytes) => ({ parts: 9, bytes, shared: 6 })) },
    {
      series: "parts",
      shapes: counts.map((parts) => ({
        parts,
        bytes: mega,
        shared: Math.max(1, Math.round((parts * 2) / 3)),
      })),
    },
    { series: "ratio", shapes: tenths.map((tenth) => ({ parts: 10, bytes: mega, shared: tenth })) },
  ];
}

/** What a record of this shape takes under a scheme. */
export async function bytesOf(
  bed: Bed,
  scheme: Scheme,
  shape: Shape,
): Promise<{ kinds: Kinds; capsules: number }> {
  const { views } = await scheme.seal(await makeRecord(shape, bed.maker), bed.maker);
  return {
    kinds: addKinds(views.map((view) => view.kinds)),
    capsules: views.reduce((sum, view) => sum + view.capsules, 0),
  };
}

/** Bytes of all kinds. */
export function totalOf(kinds: Kinds): number {
  return Object.values(kinds).reduce((sum, each) => sum + each, 0);
}

/** Medians of processor time of sealing, uploading and indexing, schemes in turn. */
async function times(bed: Bed, bytes: number, runs: number): Promise<Row[]> {
  const taken = new Map<string, { seal: number[]; store: number[] }>();
  for (let run = -1; run < runs; run++)
    for (const scheme of different) {
      const record = await makeRecord({ parts: 9, bytes, shared: 6 }, bed.maker);
      let views: Awaited<ReturnType<Scheme["seal"]>>["views"] = [];
      const seal = await time(async () => {
        views = (await scheme.seal(record, bed.maker)).views;
      });
      const store = await time(() => put(bed, scheme, { closes: [], views }));
      // The first round fills tables and caches.
      if (run < 0) continue;
      const known = taken.get(scheme.name) ?? { seal: [], store: [] };
      known.seal.push(seal.processorMs);
      known.store.push(store.processorMs);
      taken.set(scheme.name, known);
    }
  return [...taken].map(([scheme, { seal, store }]) => ({
    series: "time",
    scheme,
    parts: 9,
    shared: 6,
    recordBytes: bytes,
    sealMs: round(median(seal), 3),
    sealMinMs: round(Math.min(...seal), 3),
    sealMaxMs: round(Math.max(...seal), 3),
    uploadAndIndexMs: round(median(store), 3),
    uploadAndIndexMinMs: round(Math.min(...store), 3),
    uploadAndIndexMaxMs: round(Math.max(...store), 3),
  }));
}

async function measure({ form, say, openBed }: Run): Promise<Outcome> {
  const bed = await openBed();
  try {
    const rows: Row[] = [];
    for (const { series, shapes } of seriesOf(form))
      for (const shape of shapes) {
        say(`${series}: ${shape.parts} parts, ${shape.shared} shared, ${shape.bytes} bytes`);
        for (const scheme of different) {
          const { kinds, capsules } = await bytesOf(bed, scheme, shape);
          const total = totalOf(kinds);
          rows.push({
            series,
            scheme: scheme.name,
            parts: shape.parts,
            shared: shape.shared,
            recordBytes: shape.bytes,
            ...kinds,
            total,
            overContent: round(total / kinds.content),
            overRecord: round(total / shape.bytes),
            capsules,
          });
        }
      }
    const sizes = by(form, {
      smoke: [kilo],
      usual: [kilo, mega, 10 * mega],
      full: [kilo, mega, 10 * mega, 100 * mega],
    });
    for (const bytes of sizes) {
      say(`times at ${bytes} bytes`);
      rows.push(...(await times(bed, bytes, by(form, { smoke: 1, usual: 5, full: 15 }))));
    }
    return { rows, figures: figuresOf(rows), pictures };
  } finally {
    await bed.close();
  }
}

function figuresOf(rows: readonly Row[]): Record<string, Figure> {
  const bySize = rows.filter(({ series }) => series === "size");
  const sizes = [...new Set(bySize.map((row) => Number(row.recordBytes)))].sort((a, b) => a - b);
  const at = (scheme: string, bytes: number) =>
    bySize.find((row) => row.scheme === scheme && row.recordBytes === bytes)!;
  const total = (scheme: string, bytes: number) => Number(at(scheme, bytes).total);
  const figures: Record<string, Figure> = {};
  for (const bytes of sizes.filter((each) => each > mega || sizes.length < 3)) {
    const value = round(Number(at("diptych", bytes).overContent), 5);
    figures[`overContent@${bytes}`] = { value, unit: "x C_m", target: 1.03, better: "lower" };
  }
  const between = (bytes: number) => {
    const ends = [total("traditional", bytes), total("bpds", bytes)];
    const own = total("diptych", bytes);
    return own >= Math.min(...ends) && own <= Math.max(...ends);
  };
  const outside = sizes.filter((bytes) => !between(bytes));
  const since = sizes.find((bytes) => bytes > Math.max(0, ...outside));
  figures.betweenTraditionalAndBpdsFrom = { value: since ?? -1, unit: "record bytes", better: "lower" };
  const last = sizes.at(-1)!;
  for (const other of ["traditional", "bpds", "literal"])
    figures[`${other}OverDiptych@${last}`] = {
      value: round(total(other, last) / total("diptych", last)),
      unit: "x bytes",
      better: "higher",
    };
  return figures;
}

const color = { field: "scheme", type: "nominal", sort: null, title: null };
const over = {
  field: "overRecord",
  type: "quantitative",
  scale: { type: "log" },
  title: "bytes in the cloud / bytes of the record",
};

function line(series: string, x: object) {
  return {
    transform: [{ filter: `datum.series == '${series}'` }],
    width: 420,
    height: 260,
    mark: { type: "line", point: true },
    encoding: { x, y: over, color },
  };
}

const pictures = [
  {
    name: "size",
    title: "Bytes in the cloud against the record's size (9 parts, 6 shared)",
    spec: line("size", {
      field: "recordBytes",
      type: "quantitative",
      scale: { type: "log" },
      title: "bytes of the record",
    }),
  },
  {
    name: "parts",
    title: "Bytes in the cloud against the number of parts (1 MB, two thirds shared)",
    spec: line("parts", {
      field: "parts",
      type: "quantitative",
      scale: { type: "log", base: 2 },
      title: "parts",
    }),
  },
  {
    name: "ratio",
    title: "Bytes in the cloud against the share that is shared (1 MB, 10 parts)",
    spec: line("ratio", { field: "shared", type: "quantitative", title: "shared parts of 10" }),
  },
  {
    name: "kinds",
    title: "What the bytes beyond the contents are (9 parts, 6 shared, 10 kB)",
    spec: {
      transform: [
        { filter: "datum.series == 'size' && datum.recordBytes == 10000" },
        { fold: ["keys", "signatures", "manifests", "ownCopy"], as: ["kind", "bytes"] },
      ],
      width: 420,
      height: 200,
      mark: "bar",
      encoding: {
        y: { field: "scheme", type: "nominal", sort: null, title: null },
        x: { field: "bytes", type: "quantitative", title: "bytes" },
        color: { field: "kind", type: "nominal", sort: null, title: null },
      },
    },
  },
];

export const storage: Section = { name: "storage", measure };
