/** What each of Diptych's own additions costs: a capsule a view instead of a part, t of n gates, sigma. */
import { randomBytes } from "../../../src/core/bytes.ts";
import { decrypt, encrypt, openKeyring, sealKeyring } from "../../../src/seal/index.ts";
import { diptych } from "../../baselines/diptych.ts";
import { literal } from "../../baselines/literal.ts";
import { addKinds, type Scheme } from "../../baselines/scheme.ts";
import { type Figure, type Row, round } from "../../report.ts";
import { median, time } from "../../timing.ts";
import { put, share } from "../acts.ts";
import type { Bed } from "../bed.ts";
import { by, type Form, type Outcome, type Run, type Section } from "../section.ts";
import { makeRecord } from "../workload.ts";

/** A capsule for a view or one for each of its parts: sealing, bytes of keys, and opening. */
async function capsules(bed: Bed, form: Form): Promise<Row[]> {
  const rows: Row[] = [];
  for (const parts of by(form, { smoke: [3], usual: [9, 64], full: [9, 64, 256] })) {
    const taken = new Map<Scheme, { seal: number[]; open: number[]; keys: number }>();
    for (let run = -1; run < by(form, { smoke: 1, usual: 5, full: 15 }); run++)
      for (const scheme of [diptych, literal]) {
        const shared = Math.round((2 * parts) / 3);
        const record = await makeRecord({ parts, bytes: 100 * parts, shared }, bed.maker);
        let sealed = await scheme.seal(record, bed.maker);
        const seal = await time(async () => {
          sealed = await scheme.seal(record, bed.maker);
        });
        await put(bed, scheme, { closes: [], views: sealed.views });
        const { steps } = await share(bed, scheme, record, sealed);
        if (run < 0) continue;
        const known = taken.get(scheme) ?? { seal: [], open: [], keys: 0 };
        known.seal.push(seal.processorMs);
        known.open.push(steps.decapsulate.processorMs + steps.open.processorMs);
        known.keys = addKinds(sealed.views.map(({ kinds }) => kinds)).keys;
        taken.set(scheme, known);
      }
    for (const [scheme, { seal, open, keys }] of taken)
      rows.push({
        ablation: "capsule",
        variant: scheme === diptych ? "one a view" : "one a part",
        parts,
        sealMs: round(median(seal), 3),
        openMs: round(median(open), 3),
        keyBytes: keys,
      });
  }
  return rows;
}

/** A release by t of n gates, or by one. */
async function gates(n: number, t: number, { form, openBed }: Run): Promise<Row> {
  const bed = await openBed({ gates: { n, t } });
  try {
    const record = await makeRecord({ parts: 9, bytes: 900, shared: 6 }, bed.maker);
    const sealed = await diptych.seal(record, bed.maker);
    await put(bed, diptych, { closes: [], views: sealed.views });
    const times: number[] = [];
    for (let run = -3; run < by(form, { smoke: 1, usual: 15, full: 51 }); run++) {
      const { steps } = await share(bed, diptych, record, sealed);
      if (run >= 0) times.push(steps.release.processorMs);
    }
    return {
      ablation: "gates",
      variant: `${t} of ${n}`,
      releaseMs: round(median(times), 3),
      releaseMinMs: round(Math.min(...times), 3),
      releaseMaxMs: round(Math.max(...times), 3),
    };
  } finally {
    await bed.close();
  }
}

/** Opening a keyring with k and sigma, or with k alone. */
async function sigma(form: Form): Promise<Row[]> {
  const keyring = randomBytes(2_000);
  const binding = { chainId: 1, contract: randomBytes(20), ledgerRecordId: randomBytes(32), version: 1 };
  const lock = { sigma: randomBytes(32), k: randomBytes(32), capsule: randomBytes(800), binding };
  const sealed = await sealKeyring(lock, keyring);
  const plain = await encrypt(lock.k, binding.contract, keyring);
  const count = by(form, { smoke: 5, usual: 500, full: 2_000 });
  const each = async (open: () => Promise<unknown>) => {
    const { processorMs } = await time(async () => {
      for (let i = 0; i < count; i++) await open();
    });
    return round(processorMs / count, 3);
  };
  const variants: [string, () => Promise<unknown>, number][] = [
    ["k and sigma", () => openKeyring(lock, sealed), 32],
    ["k alone", () => decrypt(lock.k, binding.contract, plain), 0],
  ];
  for (const [, open] of variants) await each(open);
  const rows: Row[] = [];
  for (const [variant, open, indexBytes] of variants)
    rows.push({ ablation: "sigma", variant, openMs: await each(open), indexBytes });
  return rows;
}

async function measure({ form, say, openBed }: Run): Promise<Outcome> {
  const rows: Row[] = [];
  const bed = await openBed();
  try {
    say("capsules");
    rows.push(...(await capsules(bed, form)));
  } finally {
    await bed.close();
  }
  const sets = by(form, {
    smoke: [[3, 2]],
    usual: [
      [1, 1],
      [3, 2],
      [9, 5],
    ],
    full: [
      [1, 1],
      [3, 2],
      [9, 5],
      [21, 11],
    ],
  });
  for (const [n, t] of sets) {
    say(`${t} of ${n} gates`);
    rows.push(await gates(n!, t!, { form, say, openBed }));
  }
  say("sigma");
  rows.push(...(await sigma(form)));
  return { rows, figures: figuresOf(rows), pictures: [] };
}

function figuresOf(rows: readonly Row[]): Record<string, Figure> {
  const figures: Record<string, Figure> = {};
  const capsule = rows.filter(({ ablation }) => ablation === "capsule");
  for (const parts of new Set(capsule.map((row) => Number(row.parts)))) {
    const [view, part] = ["one a view", "one a part"].map((variant) =>
      capsule.find((row) => row.parts === parts && row.variant === variant),
    );
    for (const what of ["sealMs", "openMs", "keyBytes"])
      figures[`capsuleAPartOverAView.${what}@${parts}`] = {
        value: round(Number(part![what]) / Number(view![what]), 3),
        unit: "x",
        better: "higher",
      };
  }
  const releases = rows.filter(({ ablation }) => ablation === "gates");
  for (const row of releases.slice(1))
    figures[`gatesOverOne.${String(row.variant).replaceAll(" ", "-")}`] = {
      value: round(Number(row.releaseMs) / Number(releases[0]!.releaseMs), 3),
      unit: "x",
      better: "lower",
    };
  return figures;
}

export const ablations: Section = { name: "ablations", measure };
