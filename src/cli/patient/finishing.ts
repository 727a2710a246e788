/** `diptych patient finish`: brings acts to their end that a stop cut off. */
import { hex } from "../../core/bytes.ts";
import { IndexLedger } from "../../ledger/indexLedger.ts";
import type { BegunAct } from "../../roles/begunActs.ts";
import type { ChangeReport } from "../../roles/carrying.ts";
import { indexHash, ledgerOf, viewNames } from "../../roles/ownRecord.ts";
import type { Patient } from "../../roles/patient.ts";
import type { BegunPublish, Unfinished } from "../../roles/unfinished.ts";
import type { Result } from "../frame/acting.ts";
import type { Context } from "../frame/context.ts";
import { DryRun } from "../frame/dryRun.ts";
import { type ChangeOptions, reportInWords, reportObject } from "./changing.ts";
import { type Desk, fundPatient, openDesk, openRehearsal, showing } from "./desk.ts";
import { chooseRecord, readNicknames, titleOf } from "./recordChoice.ts";
import { dryRun, lastPublishCost, type Planned } from "./rehearsal.ts";
import { noteStanding } from "./sealedCopies.ts";

/** Finishes what was begun and stopped. */
export async function finish(context: Context, options: ChangeOptions): Promise<Result> {
  const desk = await openDesk(context, options);
  const { patient, store } = desk;
  const begun = await patient.unfinished();
  const ids =
    options.record === undefined
      ? [...new Map(begun.map(({ emrId }) => [hex(emrId), emrId])).values()]
      : [await chooseRecord(desk, options)];
  await fundPatient(desk);
  if (options.dryRun === true) {
    const wanted = begun.filter(({ emrId }) => ids.some((each) => hex(each) === hex(emrId)));
    return rehearseFinish(desk, wanted);
  }
  const reports: { emrId: Uint8Array; report: ChangeReport }[] = [];
  for (const emrId of ids) {
    const report = await showing(context, "finishing what was begun", (how) => patient.finish(emrId, how));
    await noteStanding(store, patient, emrId);
    reports.push({ emrId, report });
  }
  const names = await readNicknames(store);
  return {
    json: { finished: reports.map(({ emrId, report }) => ({ emrId: hex(emrId), ...reportObject(report) })) },
    text:
      reports.length === 0
        ? "Nothing was begun that isn't finished."
        : reports.flatMap(({ emrId, report }) => [
            `Finished ${titleOf(emrId, names)}.`,
            ...reportInWords(report),
          ]),
  };
}

async function rehearseFinish(desk: Desk, begun: readonly Unfinished[]): Promise<Result> {
  const run = new DryRun(desk.chains);
  const patient = await openRehearsal(desk, run);
  const planned: Planned[] = [];
  for (const act of begun)
    planned.push(
      ...("plan" in act
        ? await publishLeft(desk, { run, patient }, act.emrId, act)
        : await stopLeft({ run, patient }, act.emrId, act)),
    );
  const ids = [...new Set(begun.map(({ emrId }) => hex(emrId)))];
  return dryRun(desk.context, planned, { emrIds: ids });
}

type Rehearsing = { run: DryRun; patient: Patient };

/** What is left of a block, a close, or the like. */
async function stopLeft({ run, patient }: Rehearsing, emrId: Uint8Array, act: BegunAct): Promise<Planned[]> {
  const planned: Planned[] = [];
  for (const view of act.views) {
    const gas = await run.gasOf(() => {
      if (act.act === "close") return patient.close(emrId, [view]);
      if (act.act === "revoke-grants") return patient.revokeGrants(emrId, act.account, [view]);
      return patient[act.act](emrId, act.account, [view]);
    });
    const whom = act.act === "close" ? `the ${view} view` : act.account;
    if (gas !== undefined) planned.push({ side: ledgerOf[view], act: `${act.act} ${whom}`, gas });
  }
  return planned;
}

/** What is left of storing, changing or amending: whom it stops, what it closes, what it publishes. */
async function publishLeft(
  { chains, patient: real }: Desk,
  { run, patient }: Rehearsing,
  emrId: Uint8Array,
  { plan, indexes }: BegunPublish,
): Promise<Planned[]> {
  const { ledgerRecordIds } = await real.show(emrId);
  const left: Planned[] = [];
  for (const account of plan.block)
    for (const view of viewNames) {
      const gas = await run.gasOf(() => patient.block(emrId, account, [view]));
      if (gas !== undefined) left.push({ side: ledgerOf[view], act: `block ${account}`, gas });
    }
  const publishes: Planned[] = [];
  for (const view of viewNames) {
    if (plan.views[view] === undefined) continue;
    const side = ledgerOf[view];
    const standing = await new IndexLedger(chains[side]).find(ledgerRecordIds[side]);
    if (standing !== undefined && indexHash(standing.index) === indexes[view]) continue;
    if (plan.views[view] === "next") {
      const gas = await run.gasOf(() => patient.close(emrId, [view]));
      if (gas !== undefined) left.push({ side, act: `close the ${view} view`, gas });
    }
    const cost = standing === undefined ? {} : await lastPublishCost(chains[side], ledgerRecordIds[side]);
    publishes.push({ side, act: `publish the ${view} view`, ...cost });
  }
  return [...left, ...publishes];
}
