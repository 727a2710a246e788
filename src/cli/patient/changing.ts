/** `diptych patient share`, `unshare`, `allow`, `reopen`, and revoking with rotation: changes of sides and rights (paper, 5.3). */
import { hex } from "../../core/bytes.ts";
import type { Side } from "../../ledger/chain.ts";
import type { ChangeReport } from "../../roles/carrying.ts";
import type { RecordOverview } from "../../roles/overview.ts";
import { ledgerOf, type ViewName, viewNames } from "../../roles/ownRecord.ts";
import { type Change, type Plan, planChange } from "../../roles/redefinition.ts";
import type { Result } from "../frame/acting.ts";
import type { Context } from "../frame/context.ts";
import { DryRun } from "../frame/dryRun.ts";
import { parsePositions, printPositions } from "../frame/positions.ts";
import { gasInWords } from "../frame/printing.ts";
import { type Desk, fundPatient, openDesk, openRehearsal, type PatientChoice, showing } from "./desk.ts";
import { publishedInWords, publishedObject } from "./publishing.ts";
import { chooseRecord, type RecordChoice } from "./recordChoice.ts";
import { dryRun, lastPublishCost, type Planned } from "./rehearsal.ts";
import { demandRights, type RightsOptions, rightInWords, rightsFrom } from "./rights.ts";
import { noteStanding } from "./sealedCopies.ts";
import { viewsOf } from "./views.ts";

export type ChangeOptions = PatientChoice & RecordChoice & { dryRun?: boolean };

/** Moves parts to the shared side, or back to the private one. */
export async function moveParts(
  context: Context,
  options: ChangeOptions,
  to: "shared" | "private",
  positions: string,
): Promise<Result> {
  const desk = await openDesk(context, options);
  const emrId = await chooseRecord(desk, options);
  const { parts } = await desk.patient.show(emrId);
  const moved = parsePositions(positions, parts.length);
  const before = parts.filter(({ side }) => side === "shared").map(({ position }) => position);
  const shared =
    to === "shared"
      ? [...new Set([...before, ...moved])].sort((a, b) => a - b)
      : before.filter((position) => !moved.includes(position));
  return change(desk, emrId, { shared }, options);
}

/** Changes who may read which view. */
export async function allow(context: Context, options: ChangeOptions & RightsOptions): Promise<Result> {
  demandRights(options);
  const desk = await openDesk(context, options);
  const emrId = await chooseRecord(desk, options);
  const { rights } = await desk.patient.show(emrId);
  return change(desk, emrId, { rights: rightsFrom(rights, options) }, options);
}

/** Publishes closed views again, under new keys. */
export async function reopen(
  context: Context,
  options: ChangeOptions & { view?: ViewName },
): Promise<Result> {
  const desk = await openDesk(context, options);
  const emrId = await chooseRecord(desk, options);
  return change(desk, emrId, { reopen: options.view === undefined ? viewNames : [options.view] }, options);
}

/** Shows what a change means, asks, and carries it out. */
export async function change(
  desk: Desk,
  emrId: Uint8Array,
  wanted: Change,
  { dryRun: dry }: { dryRun?: boolean },
): Promise<Result> {
  const { context, patient, store } = desk;
  const before = await patient.show(emrId);
  const plan = planFor(before, wanted);
  for (const line of planInWords(before, plan, wanted)) context.output.note(line);
  if (dry === true) {
    await fundPatient(desk);
    return rehearseChange(desk, emrId, plan, wanted);
  }
  const nothing =
    Object.keys(plan.views).length === 0 && wanted.reopen === undefined && plan.block.length === 0;
  if (!nothing) {
    context.output.warn(whatStays(plan, wanted));
    await context.confirm("Go on?");
  }
  await fundPatient(desk);
  const report = await showing(context, "stopping, encrypting, uploading, publishing", (how) =>
    patient.change(emrId, wanted, how),
  );
  await noteStanding(store, patient, emrId);
  const lines = reportInWords(report);
  return {
    json: { emrId: hex(emrId), ...reportObject(report) },
    text: lines.length === 0 ? "Nothing had to be changed: it stands just so." : lines,
  };
}

function planFor({ header, parts, rights }: RecordOverview, wanted: Change): Plan {
  const shared = parts.filter(({ side }) => side === "shared").map(({ position }) => position);
  return planChange({ shared, rights }, wanted, { header, parts });
}

/** Before and after, and what it entails. */
export function planInWords(before: RecordOverview, plan: Plan, wanted: Change): string[] {
  const lines: string[] = [];
  for (const { position, label, side } of before.parts) {
    const after = plan.shared.includes(position) ? "shared" : "private";
    if (after !== side) lines.push(`  part ${position} ${label}: ${side} -> ${after}`);
  }
  for (const view of viewNames) {
    const [from, to] = [rightInWords(before.rights, view), rightInWords(plan.rights, view)];
    if (from !== to) lines.push(`  ${view}: ${from}`, `  ${" ".repeat(view.length)}  -> ${to}`);
  }
  for (const account of plan.block) lines.push(`  ${account}: blocked on both ledgers`);
  for (const view of wanted.reopen ?? []) lines.push(`  ${view}: open again, under new keys`);
  if (plan.rotate.length > 0)
    lines.push(`  encrypted again under new keys: parts ${printPositions(plan.rotate)}`);
  for (const view of viewNames)
    if (plan.views[view] !== undefined)
      lines.push(
        plan.views[view] === "next"
          ? `  ${view}: a new version and a new epoch, which ends every grant of this one`
          : `  ${view}: a new version; grants stay`,
      );
  return lines;
}

/** What a change can't take back. */
function whatStays(plan: Plan, wanted: Change): string {
  if (wanted.reopen !== undefined)
    return "Whoever fits the policies may ask again, and may keep what they read. What was read before the close may have been kept: nothing takes that back.";
  return plan.rotate.length > 0 || plan.block.length > 0
    ? "From now on those who lose something get nothing new: new keys, new versions, no release. What they could read until now they may have read and kept: nothing takes that back."
    : "Whoever may read more from now on may keep what they read: nothing takes that back later.";
}

async function rehearseChange(desk: Desk, emrId: Uint8Array, plan: Plan, wanted: Change): Promise<Result> {
  const { reopen = [] } = wanted;
  const standing = await viewsOf(desk, await desk.patient.show(emrId));
  // What either view holds gets new keys then, and the other has to carry them, too.
  const both = reopen.some((view) => standing[view]?.closed === true);
  const planned = await rehearsePlan(desk, emrId, plan, both ? viewNames : []);
  return dryRun(desk.context, planned, { emrId: hex(emrId), shared: plan.shared, rights: plan.rights });
}

/** The transactions that a plan takes: whom it blocks, what it closes, and what it publishes, `also` these views. */
export async function rehearsePlan(
  desk: Desk,
  emrId: Uint8Array,
  plan: Plan,
  also: readonly ViewName[] = [],
): Promise<Planned[]> {
  const rehearsal = new DryRun(desk.chains);
  const patient = await openRehearsal(desk, rehearsal);
  const { ledgerRecordIds } = await desk.patient.show(emrId);
  const planned: Planned[] = [];
  const tell = async (side: Side, act: string, run: () => Promise<unknown>) => {
    const gas = await rehearsal.gasOf(run);
    if (gas !== undefined) planned.push({ side, act, gas });
  };
  for (const account of plan.block)
    for (const view of viewNames)
      await tell(ledgerOf[view], `block ${account}`, () => patient.block(emrId, account, [view]));
  for (const view of viewNames)
    if (plan.views[view] === "next")
      await tell(ledgerOf[view], `close the ${view} view`, () => patient.close(emrId, [view]));
  for (const view of viewNames)
    if (plan.views[view] !== undefined || also.includes(view))
      planned.push({
        side: ledgerOf[view],
        act: `publish the ${view} view`,
        ...(await lastPublishCost(desk.chains[ledgerOf[view]], ledgerRecordIds[ledgerOf[view]])),
      });
  return planned;
}

/** What `--json` tells of a change. */
export function reportObject({ plan, blocked, closed, uploadedBytes, published }: ChangeReport) {
  const sent = (mined: { hash: string; gas: bigint }) => ({ transaction: mined.hash, gas: mined.gas });
  return {
    shared: plan.shared,
    rights: plan.rights,
    rotated: plan.rotate,
    blocked: blocked.map(sent),
    closed: closed.map(sent),
    uploadedBytes,
    published: published.map(publishedObject),
  };
}

/** A change in words; none when it did nothing. */
export function reportInWords({ blocked, closed, uploadedBytes, published, plan }: ChangeReport): string[] {
  return [
    ...blocked.map(({ gas }) => `blocked, ${gasInWords(gas)}`),
    ...closed.map(({ gas }) => `closed, ${gasInWords(gas)}`),
    ...(uploadedBytes > 0
      ? [
          `uploaded ${uploadedBytes.toLocaleString("en")} bytes${plan.rotate.length > 0 ? `; parts ${printPositions(plan.rotate)} under new keys` : ""}`,
        ]
      : []),
    ...published.map(publishedInWords),
  ];
}
