/** `diptych patient revoke`, `block`, `unblock` and `close`: acts that stop somebody at once, and publish nothing. */
import { hex } from "../../core/bytes.ts";
import { DiptychError } from "../../core/errors.ts";
import type { Mined } from "../../ledger/transactions.ts";
import { ledgerOf, type ViewName, viewNames } from "../../roles/ownRecord.ts";
import type { Patient } from "../../roles/patient.ts";
import type { Result } from "../frame/acting.ts";
import type { Context } from "../frame/context.ts";
import { DryRun } from "../frame/dryRun.ts";
import { gasInWords } from "../frame/printing.ts";
import { demandAccount } from "../frame/typed.ts";
import { type ChangeOptions, change } from "./changing.ts";
import { type Desk, fundPatient, openDesk, openRehearsal, showing } from "./desk.ts";
import { chooseRecord } from "./recordChoice.ts";
import { dryRun, type Planned } from "./rehearsal.ts";
import { noteStanding } from "./sealedCopies.ts";

/** The options of acts on one view, or both. */
export type StopOptions = ChangeOptions & { view?: ViewName };

const kept = "What was released before may have been read and kept: nothing takes that back.";

/** Ends an account's grants; with `block` it is blocked, and every part it could read gets a new key. */
export async function revoke(
  context: Context,
  options: StopOptions & { block?: boolean },
  account: string,
): Promise<Result> {
  const whom = demandAccount(account);
  if (options.block === true && options.view !== undefined)
    throw new DiptychError(
      "usage",
      "--block stops the account on both ledgers: leave --view out, or use `diptych patient block`.",
    );
  const desk = await openDesk(context, options);
  const emrId = await chooseRecord(desk, options);
  if (options.block === true) return change(desk, emrId, { block: [whom] }, options);
  return act(desk, emrId, options, {
    name: `revoke the grants of ${whom}`,
    warning: `Its grants end now. It may ask again, and is granted again if its attributes fit: --block keeps it out. ${kept}`,
    run: (patient, views) => patient.revokeGrants(emrId, whom, views),
    done: (count) => `${count === 1 ? "One grant" : `${count} grants`} ended; it may ask anew.`,
    nothing: "It has no live grant here: nothing had to be ended.",
  });
}

export async function block(context: Context, options: StopOptions, account: string): Promise<Result> {
  const whom = demandAccount(account);
  const desk = await openDesk(context, options);
  const emrId = await chooseRecord(desk, options);
  return act(desk, emrId, options, {
    name: `block ${whom}`,
    warning: `Nothing is granted or released to it from now on, and keys stay as they are: \`diptych patient revoke ${whom} --block\` changes them, too. ${kept}`,
    run: (patient, views) => patient.block(emrId, whom, views),
    done: (count) => `Blocked on ${count === 2 ? "both ledgers" : "one ledger"}.`,
    nothing: "It is blocked already.",
  });
}

export async function unblock(context: Context, options: StopOptions, account: string): Promise<Result> {
  const whom = demandAccount(account);
  const desk = await openDesk(context, options);
  const emrId = await chooseRecord(desk, options);
  return act(desk, emrId, options, {
    name: `unblock ${whom}`,
    warning: "What it was granted in an epoch that still runs is live again.",
    run: (patient, views) => patient.unblock(emrId, whom, views),
    done: (count) => `Unblocked on ${count === 2 ? "both ledgers" : "one ledger"}.`,
    nothing: "It isn't blocked.",
  });
}

export async function close(context: Context, options: StopOptions): Promise<Result> {
  const desk = await openDesk(context, options);
  const emrId = await chooseRecord(desk, options);
  return act(desk, emrId, options, {
    name: "close",
    warning: `Every grant of what is closed ends, for everybody, and every request is denied until \`diptych patient reopen\`. ${kept}`,
    run: (patient, views) => patient.close(emrId, views),
    done: (count) =>
      `Closed on ${count === 2 ? "both ledgers" : "one ledger"}; \`diptych patient reopen\` opens it again, under new keys.`,
    nothing: "It is closed already.",
  });
}

/** An act on views: what it is called, what to know before, how it is done, and what it came to. */
type Stop = {
  name: string;
  warning: string;
  run: (patient: Patient, views: readonly ViewName[]) => Promise<Mined[]>;
  done: (count: number) => string;
  nothing: string;
};

async function act(desk: Desk, emrId: Uint8Array, options: StopOptions, stop: Stop): Promise<Result> {
  const { context, patient, store } = desk;
  const views = options.view === undefined ? viewNames : [options.view];
  if (options.dryRun === true) {
    await fundPatient(desk);
    return rehearseStop(desk, emrId, views, stop);
  }
  context.output.warn(stop.warning);
  await context.confirm("Go on?");
  await fundPatient(desk);
  // All views in one act: what a stop leaves half-done is noted, and finished by the same command.
  const sent = await showing(context, stop.name, () => stop.run(patient, views));
  await noteStanding(store, patient, emrId);
  const gas = sent.reduce((sum, mined) => sum + mined.gas, 0n);
  return {
    json: { emrId: hex(emrId), sent: sent.map((mined) => ({ transaction: mined.hash, gas: mined.gas })) },
    text: sent.length === 0 ? stop.nothing : `${stop.done(sent.length)} ${gasInWords(gas)}`,
  };
}

async function rehearseStop(
  desk: Desk,
  emrId: Uint8Array,
  views: readonly ViewName[],
  { name, run }: Stop,
): Promise<Result> {
  const rehearsal = new DryRun(desk.chains);
  const patient = await openRehearsal(desk, rehearsal);
  const planned: Planned[] = [];
  for (const view of views) {
    const gas = await rehearsal.gasOf(() => run(patient, [view]));
    if (gas !== undefined) planned.push({ side: ledgerOf[view], act: name, gas });
  }
  return dryRun(desk.context, planned, { emrId: hex(emrId) });
}
