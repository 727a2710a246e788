/** Figure 8: response time against the number of users until past the knee, and mixes of requests to both chains. */
import type { Side } from "../../../src/ledger/chain.ts";
import { deployCaller } from "../../baselines/batch.ts";
import type { Scheme, SchemeName, Sealed } from "../../baselines/scheme.ts";
import { schemes } from "../../baselines/schemes.ts";
import { type Figure, type Row, round } from "../../report.ts";
import { put } from "../acts.ts";
import type { Bed } from "../bed.ts";
import { type Act, runLoad, Senders } from "../load.ts";
import { gasLimits, shareAct } from "../requests.ts";
import { by, mean, type Outcome, quantile, type Run, type Section } from "../section.ts";
import { makeRecord } from "../workload.ts";

/** Seconds from block to block, and the gas of a block: a tenth or less of what engines take, so that one machine can fill it. */
export const blockSeconds = 1;
export const blockGas = 2_000_000;
/** Gas of a block while records are stored. */
const usualGas = 30_000_000;
/** Mean seconds that a user waits from one answer to the next request. */
const thinkSeconds = 4;
const shape = { parts: 9, bytes: 9_000, shared: 6 };
const attributes = ["role:doctor", "org:yzu-hospital", "role:researcher", "role:member"];
const compared: SchemeName[] = [
  "traditional",
  "bpds",
  "bpds-batched",
  "bbds-like",
  "literal",
  "diptych-one-chain",
  "diptych",
];
/** More users than doubled the throughput by less than this: past the knee. */
const flat = 1.02;

/** Both chains, and the accounts that send. */
export type Stand = { bed: Bed; senders: Record<Side, Senders> };

/** A scheme's two acts: a request for the whole record and one for its shared side. */
export type Acts = { scheme: Scheme; full: Act; shared: Act };

async function actsOf({ bed, senders }: Stand, scheme: Scheme): Promise<Acts> {
  const record = await makeRecord(shape, bed.maker);
  const invited = Object.values(senders).flatMap(({ all }) => all);
  const sealed: Sealed = await scheme.seal(record, { ...bed.maker, invited: invited.slice(0, 32) });
  await put(bed, scheme, { closes: [], views: sealed.views });
  const full = await shareAct(bed, senders, scheme, sealed, "full");
  const shared = await shareAct(bed, senders, scheme, sealed, "shared");
  return { scheme, full, shared };
}

/** Acts a second that the chains could take if their blocks were full: `storage` is the share of requests for whole records. */
export function chainLimit({ full, shared }: Pick<Acts, "full" | "shared">, storage: number): number {
  const sides = ["storage", "shared"] as const;
  const used = sides.map((side) => storage * gasLimits(full)[side] + (1 - storage) * gasLimits(shared)[side]);
  return blockGas / Math.max(...used) / blockSeconds;
}

/** What so many users see of a scheme, when `storage` of their requests are for whole records. */
export async function point(
  stand: Stand,
  acts: Acts,
  users: number,
  storage: number,
  run: Run,
  seed: number,
): Promise<Row> {
  const { scheme, full, shared } = acts;
  const { responses, throughput } = await runLoad(stand.senders, {
    users,
    act: (random) => (random < storage ? full : shared),
    think: thinkSeconds / blockSeconds,
    ...by(run.form, {
      smoke: { warmUp: 2, blocks: 6 },
      usual: { warmUp: 10, blocks: 32 },
      full: { warmUp: 30, blocks: 150 },
    }),
    seed,
  });
  const seconds = responses.map((each) => each * blockSeconds);
  return {
    scheme: scheme.name,
    chains: scheme.sides.length,
    users,
    storageShare: storage,
    perSecond: round(throughput / blockSeconds),
    limitPerSecond: round(chainLimit(acts, storage)),
    meanS: round(mean(seconds)),
    p50S: round(quantile(seconds, 0.5)),
    p99S: round(quantile(seconds, 0.99)),
    samples: responses.length,
  };
}

/** More and more users, until twice as many get no more done. */
async function curve(stand: Stand, acts: Acts, run: Run): Promise<Row[]> {
  const rows: Row[] = [];
  const most = by(run.form, { smoke: 8, usual: 2_048, full: 16_384 });
  for (let users = by(run.form, { smoke: 4, usual: 4, full: 1 }); users <= most; users *= 2) {
    rows.push({ part: "users", ...(await point(stand, acts, users, 0.5, run, users)) });
    const [last, before] = [rows.at(-1), rows.at(-3)];
    if (before !== undefined && Number(last!.perSecond) < flat * Number(before.perSecond)) break;
  }
  return rows;
}

/** Users of the mixes: as many as fill both chains several times over. */
export const crowd = { smoke: 8, usual: 768, full: 2_048 };

/** Stores a record under each scheme and has both chains make blocks only when told, while `use` runs. */
export async function withStand<T>(
  run: Run,
  names: readonly SchemeName[],
  use: (stand: Stand, acts: Acts[]) => Promise<T>,
): Promise<T> {
  const bed = await run.openBed({ blockGasLimit: usualGas });
  try {
    const count = by(run.form, { smoke: 2, usual: 32, full: 32 });
    const open = async (side: Side) => {
      const caller = await deployCaller(bed.chains[side].operator);
      return Senders.open(bed.chains[side], count, attributes, caller);
    };
    const stand = { bed, senders: { storage: await open("storage"), shared: await open("shared") } };
    const acts: Acts[] = [];
    for (const scheme of schemes) if (names.includes(scheme.name)) acts.push(await actsOf(stand, scheme));
    for (const chain of Object.values(bed.chains)) {
      await chain.mineAtOnce(false);
      await chain.setBlockGas(blockGas);
    }
    return await use(stand, acts);
  } finally {
    for (const chain of Object.values(bed.chains)) {
      await chain.mineAtOnce(true);
      await chain.setBlockGas(usualGas);
    }
    await bed.close();
  }
}

function measure(run: Run): Promise<Outcome> {
  return withStand(run, compared, async (stand, acts) => {
    const rows: Row[] = [];
    for (const each of acts) {
      run.say(`users of ${each.scheme.name}`);
      rows.push(...(await curve(stand, each, run)));
    }
    const shares = by(run.form, {
      smoke: [0.5],
      usual: [0.1, 0.3, 0.5, 0.7, 0.9],
      full: [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => n / 10),
    });
    const mixed = acts.filter(({ scheme }) =>
      ["traditional", "diptych-one-chain", "diptych"].includes(scheme.name),
    );
    for (const storage of shares)
      for (const each of mixed) {
        run.say(`mix ${storage} of ${each.scheme.name}`);
        rows.push({
          part: "mix",
          ...(await point(stand, each, crowd[run.form], storage, run, 1000 * storage)),
        });
      }
    return { rows, figures: figuresOf(rows), pictures };
  });
}

function figuresOf(rows: readonly Row[]): Record<string, Figure> {
  const figures: Record<string, Figure> = {};
  const best = (name: string) =>
    Math.max(
      ...rows
        .filter(({ part, scheme }) => part === "users" && scheme === name)
        .map((row) => Number(row.perSecond)),
    );
  for (const name of compared)
    figures[`saturationPerSecond.${name}`] = { value: round(best(name)), unit: "shares/s", better: "higher" };
  for (const storage of new Set(
    rows.filter(({ part }) => part === "mix").map((row) => Number(row.storageShare)),
  )) {
    const at = (name: string) =>
      Number(
        rows.find((row) => row.part === "mix" && row.scheme === name && row.storageShare === storage)!
          .perSecond,
      );
    const value = round(at("diptych") / at("diptych-one-chain"), 3);
    const target = storage === 0.5 ? { target: 1.8 } : {};
    figures[`secondChain@${storage}`] = { value, unit: "x", better: "higher", ...target };
  }
  figures.diptychOverBpdsBatched = {
    value: round(best("diptych") / best("bpds-batched"), 3),
    unit: "x",
    target: 1,
    better: "higher",
  };
  return figures;
}

const color = { field: "scheme", type: "nominal", sort: null, title: null };
const users = { field: "users", type: "quantitative", scale: { type: "log" }, title: "users" };

function against(field: string, title: string) {
  return {
    transform: [{ filter: "datum.part == 'users'" }],
    width: 420,
    height: 260,
    mark: { type: "line", point: true },
    encoding: { x: users, y: { field, type: "quantitative", scale: { type: "log" }, title }, color },
  };
}

/** What was served, and dashed what the chains' own limit is. */
function underLimit(part: string, x: object) {
  const served = { field: "perSecond", type: "quantitative", title: "shares a second" };
  return {
    transform: [{ filter: `datum.part == '${part}'` }],
    width: 420,
    height: 260,
    layer: [
      { mark: { type: "line", point: true }, encoding: { y: served } },
      {
        mark: { type: "line", strokeDash: [4, 4] },
        encoding: { y: { field: "limitPerSecond", type: "quantitative" } },
      },
    ],
    encoding: { x, color },
  };
}

const pictures = [
  {
    name: "response-users",
    title: "Mean response time of the chain part against users",
    spec: against("meanS", "seconds"),
  },
  { name: "response-users-p99", title: "99th percentile of the same", spec: against("p99S", "seconds") },
  {
    name: "throughput-users",
    title: "Shares a second against users; dashed, what full blocks would take",
    spec: underLimit("users", users),
  },
  {
    name: "throughput-mix",
    title:
      "Shares a second at saturation, against the share of requests for whole records; dashed, the chains' own limit",
    spec: underLimit("mix", {
      field: "storageShare",
      type: "quantitative",
      title: "share of requests to the storage ledger",
    }),
  },
];

export const saturation: Section = { name: "saturation", measure };
