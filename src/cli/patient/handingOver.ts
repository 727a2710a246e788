/** `diptych patient hand-over` and `take-over`: a record becomes another person's, or goes to another seed of one's own. */

import { hex, unhex, utf8Decode } from "../../core/bytes.ts";
import { DiptychError } from "../../core/errors.ts";
import { OwnerActs } from "../../ledger/ownerActs.ts";
import type { HandOverInvitation } from "../../roles/handingOver.ts";
import type { Result } from "../frame/acting.ts";
import type { Context } from "../frame/context.ts";
import { DryRun } from "../frame/dryRun.ts";
import { nameOfInput, readInput } from "../frame/input.ts";
import { confirmReplacing, writeNew } from "../frame/newFile.ts";
import { writeOutput } from "../frame/outputFile.ts";
import { fromCaller } from "../frame/settings.ts";
import {
  accountsOf,
  type Desk,
  fundPatient,
  openDesk,
  openRehearsal,
  type PatientChoice,
  showing,
} from "./desk.ts";
import { appointDefaults } from "./gates.ts";
import { chooseRecord, type RecordChoice, readNicknames, titleOf } from "./recordChoice.ts";
import { dryRun, lastPublishCost, type Planned } from "./rehearsal.ts";
import { noteHandedOver, noteStanding } from "./sealedCopies.ts";

const sides = ["storage", "shared"] as const;
const format = "diptych/hand-over-invitation/v1";
const largestInvitation = 1 << 16;

export type HandOverOptions = PatientChoice & RecordChoice & { out: string; dryRun?: boolean };

/** Offers a record to whoever wrote the invitation, and writes what only they can open. */
export async function handOver(context: Context, options: HandOverOptions, file: string): Promise<Result> {
  const invitation = parseInvitation(await readInput(file, largestInvitation), nameOfInput(file));
  const desk = await openDesk(context, options);
  const emrId = await chooseRecord(desk, options);
  const title = titleOf(emrId, await readNicknames(desk.store));
  if (options.dryRun === true) {
    await fundPatient(desk);
    return rehearseHandOver(desk, emrId, invitation);
  }
  context.output.warn(
    "Whoever takes it over reads all of it and decides from then on. You go on knowing what you know; everything is encrypted anew for them.",
  );
  // Asked now: afterwards the offers stand, and a no would lose what goes with them.
  await confirmReplacing(context, options.out);
  await context.confirm(
    `Hand ${title} over to ${invitation.accounts.storage} and ${invitation.accounts.shared}?`,
  );
  await fundPatient(desk);
  const sealed = await showing(context, "sealing the record, offering it on both chains", (how) =>
    desk.patient.handOver(emrId, invitation, how),
  );
  await noteHandedOver(desk.store, emrId, "offered");
  await writeOutput(fromCaller(options.out), sealed, options.out);
  return {
    json: { emrId: hex(emrId), accounts: invitation.accounts, file: options.out, bytes: sealed.length },
    text: [
      `${options.out} is for whoever invited; nobody else can open it. Until they take over the record stays yours.`,
      `Next, for them: diptych patient take-over ${options.out}`,
    ],
  };
}

async function rehearseHandOver(
  desk: Desk,
  emrId: Uint8Array,
  invitation: HandOverInvitation,
): Promise<Result> {
  const run = new DryRun(desk.chains);
  const patient = await openRehearsal(desk, run);
  // All that could refuse it is asked here; it ends at the first offer that it would send.
  await run.of(() => patient.handOver(emrId, invitation));
  const planned: Planned[] = [];
  for (const side of sides) {
    const to = { [side]: invitation.accounts[side] };
    const gas = await run.gasOf(() => patient.offerTransfer(emrId, to));
    if (gas !== undefined) planned.push({ side, act: `offer it to ${invitation.accounts[side]}`, gas });
  }
  return dryRun(desk.context, planned, { emrId: hex(emrId), accounts: invitation.accounts });
}

export type TakeOverOptions = PatientChoice & { invite?: string; dryRun?: boolean };

/** Takes a record over; with `invite` writes what its owner needs for that. */
export async function takeOver(context: Context, options: TakeOverOptions, file?: string): Promise<Result> {
  if ((file === undefined) === (options.invite === undefined))
    throw new DiptychError(
      "usage",
      "Give the file that the owner wrote, or --invite FILE to write what the owner needs.",
    );
  if (options.invite !== undefined) return inviteOwner(context, options, options.invite);
  const sealed = await readInput(file!);
  const desk = await openDesk(context, options);
  await fundPatient(desk);
  if (options.dryRun === true) return rehearseTakeOver(desk, sealed);
  await appointMissing(desk);
  const emrId = await showing(context, "verifying, taking over, encrypting anew, publishing", (how) =>
    desk.patient.takeOver(sealed, {}, how),
  );
  await noteStanding(desk.store, desk.patient, emrId);
  const { ledgerRecordIds } = await desk.patient.show(emrId);
  return {
    json: { emrId: hex(emrId), ledgerRecordIds },
    text: [
      `${titleOf(emrId, await readNicknames(desk.store))} is yours: under new keys, with the sides and rights that it had.`,
      "Whoever had a grant has to ask again.",
    ],
  };
}

async function rehearseTakeOver(desk: Desk, sealed: Uint8Array): Promise<Result> {
  const { chains, context } = desk;
  const { header, parts, rights, ledgerRecordIds, offered, unpublished } =
    await desk.patient.readHandOver(sealed);
  const run = new DryRun(chains);
  const patient = await openRehearsal(desk, run);
  const planned: Planned[] = [];
  for (const side of await patient.gates.missing()) {
    const gas = await run.gasOf(() => appointDefaults({ ...desk, patient }, side));
    planned.push({
      side,
      act: "share the index key out to the gates",
      ...(gas === undefined ? {} : { gas }),
    });
  }
  const accounts = await accountsOf(desk.patient);
  for (const side of offered) {
    const account = run.account(accounts[side]).connect(chains[side].provider);
    const acts = new OwnerActs(chains[side], account);
    const gas = await run.gasOf(() => acts.acceptTransfer(ledgerRecordIds[side]));
    planned.push({ side, act: "take the ledger record over", ...(gas === undefined ? {} : { gas }) });
  }
  for (const side of unpublished) {
    const cost = await lastPublishCost(chains[side], ledgerRecordIds[side]);
    planned.push({ side, act: "publish it under your keys", ...cost });
  }
  return dryRun(context, planned, { emrId: hex(header.emrId), schema: header.schema, parts, rights });
}

async function inviteOwner(context: Context, options: PatientChoice, file: string): Promise<Result> {
  const desk = await openDesk(context, options, { make: true, restore: false });
  const { recordKey, accounts } = await desk.patient.inviteHandOver();
  const values = { format, recordKey: hex(recordKey), accounts };
  const text = `${JSON.stringify(values, null, 2)}\n`;
  if (file === "-") return { json: { invitation: values }, text: text.trimEnd() };
  await writeNew(context, file, text);
  return {
    json: { invitation: values, file },
    text: `${file} is for the record's owner: nothing in it is secret, but they must have it from you.`,
  };
}

async function appointMissing(desk: Desk): Promise<void> {
  for (const side of await desk.patient.gates.missing())
    await showing(desk.context, `sharing the index key out to the ${side} chain's gates`, (how) =>
      appointDefaults(desk, side, how),
    );
}

/** @throws DiptychError `usage` */
function parseInvitation(bytes: Uint8Array, name: string): HandOverInvitation {
  const refuse = () =>
    new DiptychError(
      "usage",
      `${name} is no invitation to hand a record over: ask for the file that \`diptych patient take-over --invite FILE\` wrote.`,
    );
  let found: {
    format?: unknown;
    recordKey?: unknown;
    accounts?: { storage?: unknown; shared?: unknown };
  } | null;
  try {
    found = JSON.parse(utf8Decode(bytes));
  } catch {
    throw refuse();
  }
  const { storage, shared } = found?.accounts ?? {};
  const isAccount = (each: unknown): each is string =>
    typeof each === "string" && /^0x[0-9a-fA-F]{40}$/.test(each);
  if (found?.format !== format || typeof found.recordKey !== "string") throw refuse();
  if (!/^0x[0-9a-f]{130}$/.test(found.recordKey) || !isAccount(storage) || !isAccount(shared)) throw refuse();
  return { recordKey: unhex(found.recordKey), accounts: { storage, shared } };
}
