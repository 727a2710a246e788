/** Figure 7: response time of a share, from the request's transaction to verified plaintext, against the number of shared parts. */
import type { Side } from "../../../src/ledger/chain.ts";
import { deployCaller } from "../../baselines/batch.ts";
import type { Scheme, Sealed, SignedRecord } from "../../baselines/scheme.ts";
import { schemes } from "../../baselines/schemes.ts";
import { type Figure, type Row, round } from "../../report.ts";
import { median } from "../../timing.ts";
import { put, type Shared, share, shareSteps } from "../acts.ts";
import type { Bed } from "../bed.ts";
import { runBurst, Senders } from "../load.ts";
import { shareAct } from "../requests.ts";
import { by, type Form, mean, type Outcome, type Run, type Section } from "../section.ts";
import { makeRecord } from "../workload.ts";

/** Seconds from block to block, and the gas of a block: what consortium engines do. */
export const blockSeconds = 1;
export const blockGas = 30_000_000;
/** Parts that are never shared, and bytes of each part. */
const privateParts = 3;
const partBytes = 1_000;
const attributes = ["role:doctor", "org:yzu-hospital", "role:researcher", "role:member"];
/** Transactions of one point at most, its repetitions with other seeds among them: more take longer than they tell. */
const mostTransactions = { smoke: 40, usual: 3_000, full: 30_000 };

type Stored = { scheme: Scheme; shared: number; record: SignedRecord; sealed: Sealed };

/** How often a share of so many parts is measured. */
function runsOf(form: Form, shared: number): number {
  if (form === "smoke") return 1;
  const often = form === "full" ? 15 : 5;
  return shared <= 9 ? often : shared <= 64 ? 3 : 1;
}

async function store(bed: Bed, shared: number, run: Run): Promise<Stored[]> {
  const made: Stored[] = [];
  for (const scheme of schemes) {
    run.say(`stores ${shared} shared parts, ${scheme.name}`);
    const parts = shared + privateParts;
    const record = await makeRecord({ parts, bytes: parts * partBytes, shared }, bed.maker);
    const sealed = await scheme.seal(record, bed.maker);
    await put(bed, scheme, { closes: [], views: sealed.views });
    made.push({ scheme, shared, record, sealed });
  }
  return made;
}

/** What a share takes beyond the chain, in milliseconds of processor time: reader, gates and gateway, one after the other. */
function workOf({ steps }: Shared): number {
  return shareSteps.reduce((sum, step) => sum + (step === "request" ? 0 : steps[step].processorMs), 0);
}

async function measureWork(bed: Bed, stored: readonly Stored[], run: Run): Promise<Map<Stored, number[]>> {
  const work = new Map<Stored, number[]>(stored.map((each) => [each, []]));
  for (let round = run.form === "smoke" ? 0 : -1; round < runsOf(run.form, stored[0]!.shared); round++)
    for (const each of stored) {
      // The first round only fills tables and caches; large ones have done so already.
      if (round < 0 && each.shared > 9) continue;
      const { scheme, record, sealed } = each;
      const shared = await share(bed, scheme, record, sealed);
      if (round >= 0) work.get(each)!.push(workOf(shared));
    }
  return work;
}

/** Mean seconds from a user's start to the block with the last of their transactions. */
async function measureChain(
  bed: Bed,
  senders: Record<Side, Senders>,
  { scheme, sealed }: Stored,
  users: number,
  form: Form,
): Promise<{ seconds: number; worst: number } | undefined> {
  const act = await shareAct(bed, senders, scheme, sealed);
  const transactions = users * act.calls.length;
  if (transactions > mostTransactions[form]) return undefined;
  const chains = Object.values(bed.chains);
  for (const chain of chains) await chain.mineAtOnce(false);
  const times: number[] = [];
  const often = by(form, { smoke: 1, usual: users === 1 ? 5 : users === 10 ? 3 : 1, full: 5 });
  const seeds = Math.min(often, Math.floor(mostTransactions[form] / transactions));
  for (let seed = 1; seed <= seeds; seed++)
    times.push(
      ...(await runBurst(senders, users, act, 100 * users + seed)).map((each) => each * blockSeconds),
    );
  for (const chain of chains) await chain.mineAtOnce(true);
  return { seconds: mean(times), worst: Math.max(...times) };
}

async function measure(run: Run): Promise<Outcome> {
  const { form } = run;
  const bed = await run.openBed({ blockGasLimit: blockGas });
  try {
    const open = async (side: Side) => {
      const caller = await deployCaller(bed.chains[side].operator);
      return Senders.open(bed.chains[side], by(form, { smoke: 2, usual: 20, full: 20 }), attributes, caller);
    };
    const senders = { storage: await open("storage"), shared: await open("shared") };
    const counts = by(form, {
      smoke: [1, 2],
      usual: [1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 64, 256],
      full: [1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 32, 64, 128, 256],
    });
    const userCounts = by(form, { smoke: [1, 3], usual: [1, 10, 100], full: [1, 10, 100] });
    const rows: Row[] = [];
    for (const shared of counts) {
      const stored = await store(bed, shared, run);
      const work = await measureWork(bed, stored, run);
      for (const each of stored)
        for (const users of userCounts) {
          const chain = await measureChain(bed, senders, each, users, form);
          if (chain === undefined) continue;
          const worked = work.get(each)!;
          rows.push({
            scheme: each.scheme.name,
            shared,
            users,
            chainMs: round(1000 * chain.seconds),
            chainWorstMs: round(1000 * chain.worst),
            workMs: round(median(worked)),
            workMinMs: round(Math.min(...worked)),
            workMaxMs: round(Math.max(...worked)),
            responseMs: round(1000 * chain.seconds + median(worked)),
            runs: worked.length,
          });
        }
    }
    return { rows, figures: figuresOf(rows), pictures };
  } finally {
    await bed.close();
  }
}

function figuresOf(rows: readonly Row[]): Record<string, Figure> {
  const counts = [...new Set(rows.map((row) => Number(row.shared)))];
  const at = (scheme: string, shared: number, field = "responseMs", users = 1) =>
    Number(
      rows.find((row) => row.scheme === scheme && row.shared === shared && row.users === users)?.[field],
    );
  const figures: Record<string, Figure> = {};
  const behind = counts.filter((count) => at("bpds-batched", count) <= at("diptych", count));
  const ahead = counts.find((count) => count > Math.max(0, ...behind)) ?? Math.max(...counts) + 1;
  figures.aheadOfBpdsBatchedFrom = { value: ahead, unit: "shared parts", target: 2, better: "lower" };
  const nine = Math.max(...counts.filter((count) => count <= 9));
  const flatness = at("diptych", nine) / at("diptych", 1);
  figures[`flat@${nine}`] = {
    value: round(flatness, 3),
    unit: "x of one part",
    target: 1.1,
    better: "lower",
  };
  const work = at("diptych", nine, "workMs") / at("diptych", 1, "workMs");
  figures[`flatWork@${nine}`] = { value: round(work, 3), unit: "x of one part", better: "lower" };
  for (const shared of counts.filter((count) => [2, 9, 64, 256].includes(count)))
    for (const other of ["bpds-batched", "bpds"]) {
      const value = round(at(other, shared) / at("diptych", shared), 3);
      const target = other === "bpds-batched" ? { target: 1 } : {};
      figures[`${other}OverDiptych@${shared}`] = { value, unit: "x", better: "higher", ...target };
      const worked = round(at(other, shared, "workMs") / at("diptych", shared, "workMs"), 3);
      figures[`work.${other}OverDiptych@${shared}`] = {
        value: worked,
        unit: "x",
        better: "higher",
        ...target,
      };
    }
  return figures;
}

function picture(field: string, title: string, where: string) {
  return {
    transform: [{ filter: where }],
    facet: { column: { field: "users", type: "ordinal", title: "users at once" } },
    spec: {
      width: 220,
      height: 240,
      mark: { type: "line", point: true },
      encoding: {
        x: { field: "shared", type: "quantitative", scale: { type: "log", base: 2 }, title: "shared parts" },
        y: { field, type: "quantitative", scale: { type: "log" }, title },
        color: { field: "scheme", type: "nominal", sort: null, title: null },
      },
    },
  };
}

const pictures = [
  {
    name: "response",
    title: "Response time of a share",
    spec: picture("responseMs", "milliseconds", "true"),
  },
  { name: "response-chain", title: "Its chain part alone", spec: picture("chainMs", "milliseconds", "true") },
  {
    name: "response-work",
    title: "Its work alone: processor time of reader, gates and gateway",
    spec: picture("workMs", "milliseconds", "datum.users == 1"),
  },
];

export const response: Section = { name: "response", measure };
