/** `diptych patient gates`: who holds shares of the patient's index keys, how they are, and new shares after a loss. */
import { hex } from "../../core/bytes.ts";
import { DiptychError } from "../../core/errors.ts";
import type { Address, Side } from "../../ledger/chain.ts";
import type { Mined } from "../../ledger/transactions.ts";
import type { GateChoice, GateChoices } from "../../roles/gateAppointment.ts";
import type { OwnGateSet } from "../../roles/ownGates.ts";
import { ledgerOf, viewNames, viewOn } from "../../roles/ownRecord.ts";
import type { Patient } from "../../roles/patient.ts";
import type { ActOptions } from "../../roles/progress.ts";
import type { Result } from "../frame/acting.ts";
import type { Context } from "../frame/context.ts";
import { DryRun } from "../frame/dryRun.ts";
import { gasInWords, printable } from "../frame/printing.ts";
import { type Desk, fundPatient, openDesk, openRehearsal, type PatientChoice, showing } from "./desk.ts";
import { dryRun, lastPublishCost, type Planned } from "./rehearsal.ts";

const sides = ["storage", "shared"] as const;

export type SideChoice = PatientChoice & { side?: Side };
export type SetOptions = SideChoice & { gates?: string; threshold?: string; dryRun?: boolean };

/** Shares the index keys out: to the gates of the configuration, or to those that the options name. */
export async function setGates(context: Context, options: SetOptions): Promise<Result> {
  if (options.gates !== undefined && options.side === undefined)
    throw new DiptychError("usage", "--gates names gates of one chain: say --side storage or --side shared.");
  const desk = await openDesk(context, options, { make: options.dryRun !== true, restore: false });
  await fundPatient(desk);
  const chosen = chosenSides(options);
  if (options.dryRun === true)
    return rehearseDealing(desk, chosen, ({ gates }, side) =>
      gates.set(side, choiceFrom(desk, side, options)),
    );
  return dealOn(desk, chosen, (side, how) =>
    desk.patient.gates.set(side, choiceFrom(desk, side, options), how),
  );
}

export type RefreshOptions = SideChoice & { replace?: string; dryRun?: boolean };

/** Deals fresh shares to the gates of now, with new accounts in the place of old ones. */
export async function refreshGates(context: Context, options: RefreshOptions): Promise<Result> {
  const replace = replacementsFrom(options);
  const desk = await openDesk(context, options, { restore: false });
  await fundPatient(desk);
  const chosen = chosenSides(options);
  if (options.dryRun === true)
    return rehearseDealing(desk, chosen, ({ gates }, side) => gates.refresh(side, replace));
  return dealOn(desk, chosen, (side, how) => desk.patient.gates.refresh(side, replace, how));
}

const dealing = "share the index key out to the gates";

async function rehearseDealing(
  desk: Desk,
  chosen: readonly Side[],
  deal: (patient: Patient, side: Side) => Promise<Mined>,
): Promise<Result> {
  const run = new DryRun(desk.chains);
  const patient = await openRehearsal(desk, run);
  const planned: Planned[] = [];
  for (const side of chosen) {
    const gas = await run.gasOf(() => deal(patient, side));
    planned.push({ side, act: dealing, ...(gas === undefined ? {} : { gas }) });
  }
  return dryRun(desk.context, planned);
}

async function dealOn(
  desk: Desk,
  chosen: readonly Side[],
  deal: (side: Side, how: ActOptions) => Promise<Mined>,
): Promise<Result> {
  const dealt: { side: Side; gates: Address[]; threshold: number; generation: number; mined: Mined }[] = [];
  for (const side of chosen) {
    const mined = await showing(desk.context, `sharing the index key out on the ${side} chain`, (how) =>
      deal(side, how),
    );
    const { gates, threshold, generation } = await desk.patient.gates.list(side);
    dealt.push({ side, gates: gates.map(({ address }) => address), threshold, generation, mined });
  }
  return {
    json: {
      dealt: dealt.map(({ mined, ...rest }) => ({ ...rest, transaction: mined.hash, gas: mined.gas })),
    },
    text: dealt.map(
      ({ side, gates, threshold, mined }) =>
        `${side} chain: ${gates.length} gates hold shares, any ${threshold} open an index; ${gasInWords(mined.gas)}`,
    ),
  };
}

/** The gates of now and how each says it is; its word, not proof. */
export async function listGates(context: Context, options: SideChoice): Promise<Result> {
  const desk = await openDesk(context, options, { restore: false });
  const missing = await desk.patient.gates.missing();
  const found: { side: Side; available: Address[]; set?: OwnGateSet }[] = [];
  for (const side of chosenSides(options)) {
    const available = await desk.patient.gates.available(side);
    const set = missing.includes(side) ? undefined : await desk.patient.gates.list(side);
    found.push({ side, available, ...(set === undefined ? {} : { set }) });
  }
  return {
    json: { chains: found },
    text: found.flatMap(({ side, available, set }) => gatesInWords(context, side, available, set)),
  };
}

function gatesInWords(
  { output }: Context,
  side: Side,
  available: readonly Address[],
  set: OwnGateSet | undefined,
): string[] {
  const others = available.filter((each) => !set?.gates.some(({ address }) => address === each));
  const rest = others.map((each) => ["", each, "", "listed, holds no share"]);
  if (set === undefined)
    return [`${side} chain: no gate holds a share yet.`, ...output.table(rest).map((line) => `  ${line}`)];
  const rows = set.gates.map(({ address, url, status, complaint }, i) => [
    String(i + 1),
    address,
    printable(url),
    [
      status.serving ? "serving" : printable(status.reasons.join("; ")),
      ...(complaint === undefined ? [] : [complaintsInWords[complaint]]),
    ].join("; "),
  ]);
  return [
    `${side} chain: any ${set.threshold} of ${set.gates.length} gates open an index; generation ${set.generation}, index key ${set.indexKeyNumber + 1}.`,
    ...output.table([...rows, ...rest]).map((line) => `  ${line}`),
  ];
}

const complaintsInWords = {
  "share-bad": "its share is bad: run `diptych patient gates refresh`",
  "share-good": "complains of its share, and is wrong",
  "evidence-invalid": "complains of its share without proof",
} as const;

export type RenewOptions = PatientChoice & {
  side: Side;
  gates?: string;
  threshold?: string;
  dryRun?: boolean;
};

/** A new index key after shares were lost, and every open record of the chain published under it. */
export async function renewGates(context: Context, options: RenewOptions): Promise<Result> {
  if (options.threshold !== undefined && options.gates === undefined)
    throw new DiptychError("usage", "--threshold goes with --gates: name the gates that are to hold shares.");
  const { side } = options;
  const desk = await openDesk(context, options);
  const choice = options.gates === undefined ? undefined : choiceFrom(desk, side, options);
  if (options.dryRun === true) {
    await fundPatient(desk);
    return rehearseRenewal(desk, side, choice);
  }
  context.output.warn(
    "A new key helps from now on. Whoever has enough old shares, and fitting attributes, can read what was published under the old key: that can't be taken back.",
  );
  await context.confirm(
    `Make a new index key on the ${side} chain and publish every open record there again?`,
  );
  await fundPatient(desk);
  const { dealt, exposed, renewed, closed } = await showing(
    context,
    "making a new index key, publishing again",
    (how) => desk.patient.gates.renewIndexKey(side, choice, how),
  );
  return {
    json: { side, exposed, renewed, closed, transaction: dealt?.hash ?? null, gas: dealt?.gas ?? null },
    text: [
      `The ${side} chain's gates hold shares of a new index key.`,
      ...renewed.map(
        (id) => `${id.slice(0, 10)} is published under it; what it said before counts as exposed.`,
      ),
      ...closed.map(
        (id) =>
          `${id.slice(0, 10)} stays closed until you reopen it, and comes under it then; what it said before counts as exposed.`,
      ),
    ],
  };
}

/** A new key, the end of what is open under the old one, and every such record on both chains. */
async function rehearseRenewal(desk: Desk, side: Side, choice: GateChoice | undefined): Promise<Result> {
  const { chains, context } = desk;
  const run = new DryRun(chains);
  const patient = await openRehearsal(desk, run);
  const { deal, close, publish } = await patient.gates.planRenewal(side, choice);
  const planned: Planned[] = [];
  if (deal) {
    const gas = await run.gasOf(() => patient.gates.renewIndexKey(side, choice));
    planned.push({ side, act: dealing, ...(gas === undefined ? {} : { gas }) });
  }
  const view = viewOn(side);
  for (const emrId of close) {
    const gas = await run.gasOf(() => patient.close(emrId, [view]));
    planned.push({
      side,
      act: `close the ${view} view of ${shortId(emrId)}`,
      ...(gas === undefined ? {} : { gas }),
    });
  }
  for (const emrId of publish) {
    const { ledgerRecordIds } = await patient.show(emrId);
    // Parts under new keys stand in the other view, too.
    for (const each of viewNames) {
      const ledger = ledgerOf[each];
      planned.push({
        side: ledger,
        act: `publish the ${each} view of ${shortId(emrId)}`,
        ...(await lastPublishCost(chains[ledger], ledgerRecordIds[ledger])),
      });
    }
  }
  return dryRun(context, planned, { renews: publish.map((emrId) => hex(emrId)) });
}

const shortId = (emrId: Uint8Array) => hex(emrId).slice(0, 10);

/** The gates of the configuration for chains on which this patient has none yet. @throws DiptychError `config-invalid` when it names none */
export async function defaultGates(desk: Desk): Promise<GateChoices> {
  const missing = await desk.patient.gates.missing();
  return Object.fromEntries(missing.map((side) => [side, choiceFrom(desk, side, {})]));
}

/** Appoints the gates that the configuration names. @throws DiptychError `config-invalid` when it names none */
export function appointDefaults(desk: Desk, side: Side, how?: ActOptions): Promise<Mined> {
  return desk.patient.gates.set(side, choiceFrom(desk, side, {}), how);
}

function chosenSides({ side }: { side?: Side }): readonly Side[] {
  return side === undefined ? sides : [side];
}

function choiceFrom(
  { config }: Desk,
  side: Side,
  { gates, threshold }: { gates?: string; threshold?: string },
): GateChoice {
  const addresses = gates === undefined ? config.gates?.[side] : addressesFrom(gates);
  if (addresses === undefined || addresses.length === 0)
    throw new DiptychError(
      "config-invalid",
      "The configuration names no gates: say --side and --gates, or add them to the configuration.",
    );
  const few = gates === undefined ? config.gates!.threshold : Math.floor(addresses.length / 2) + 1;
  const needed = threshold === undefined ? few : Number(threshold);
  if (!Number.isInteger(needed) || needed < 1 || needed > addresses.length)
    throw new DiptychError(
      "usage",
      `--threshold must be a number from 1 to ${addresses.length}, which is how many gates there are.`,
    );
  return { gates: addresses, threshold: needed };
}

function addressesFrom(text: string): Address[] {
  return text.split(",").map((each) => {
    const address = each.trim();
    if (/^0x[0-9a-fA-F]{40}$/.test(address)) return address;
    throw new DiptychError(
      "usage",
      `${JSON.stringify(address.slice(0, 60))} is no account: write 0x and 40 hex digits, commas between.`,
    );
  });
}

/** "OLD=NEW,OLD=NEW" */
function replacementsFrom({ replace, side }: RefreshOptions): Record<Address, Address> {
  if (replace === undefined) return {};
  if (side === undefined)
    throw new DiptychError(
      "usage",
      "--replace names gates of one chain: say --side storage or --side shared.",
    );
  return Object.fromEntries(
    replace.split(",").map((pair): [Address, Address] => {
      const [from, to] = addressesFrom(pair.replace("=", ","));
      if (from !== undefined && to !== undefined) return [from, to];
      throw new DiptychError(
        "usage",
        "Write --replace OLD=NEW, two accounts of gates; commas between pairs.",
      );
    }),
  );
}
