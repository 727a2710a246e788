/** `diptych replay --dry-run`: what publishing again would send, and what it would cost as far as that can be known. */
import { hex } from "../../core/bytes.ts";
import type { Chain, Side } from "../../ledger/chain.ts";
import { ledgerOf, viewNames } from "../../roles/ownRecord.ts";
import type { Config } from "../config/schema.ts";
import type { Result } from "../frame/acting.ts";
import type { Context } from "../frame/context.ts";
import { DryRun } from "../frame/dryRun.ts";
import { type Desk, fundPatient, openPatient } from "../patient/desk.ts";
import { appointDefaults } from "../patient/gates.ts";
import { publishGas } from "../patient/publishing.ts";
import { readNicknames, titleOf } from "../patient/recordChoice.ts";
import { dryRun, type Planned } from "../patient/rehearsal.ts";
import { listCopies, readCopy, readStanding, type SealedCopy } from "../patient/sealedCopies.ts";

/** On which chains a replay would publish; `fresh`: other ones than those that the home is bound to. */
export type ReplayPlace = { config: Config; chains: Record<Side, Chain>; fresh: boolean };

/** What a replay for these roles would send. Nothing is sent, kept or bound. */
export async function rehearseReplay(
  context: Context,
  roles: readonly string[],
  place: ReplayPlace,
): Promise<Result> {
  const planned: Planned[] = [];
  for (const role of roles) planned.push(...(await rehearseRole(context, role, place)));
  return dryRun(context, planned, { roles });
}

async function rehearseRole(
  context: Context,
  role: string,
  { config, chains }: ReplayPlace,
): Promise<Planned[]> {
  const name = role === "patient" ? undefined : role.slice("patient-".length);
  const store = await context.role("patient", name);
  const ids = await listCopies(store);
  if (ids.length === 0) return [];
  const run = new DryRun(chains);
  const patient = await openPatient({ context, store, config, chains }, run);
  const desk: Desk = { context, name, store, config, chains, patient };
  await fundPatient(desk);
  await patient.restore();
  const planned: Planned[] = [];
  for (const side of await patient.gates.missing()) {
    const gas = await run.gasOf(() => appointDefaults(desk, side));
    const act = `${role}: share the index key out to the gates`;
    planned.push({ side, act, ...(gas === undefined ? {} : { gas }) });
  }
  const dealt = planned.length === 0;
  const names = await readNicknames(store);
  for (const emrId of ids) {
    const copy = await readCopy(store, emrId);
    if (copy !== undefined)
      planned.push(...(await rehearseRecord(desk, run, copy, { dealt, title: titleOf(emrId, names) })));
  }
  return planned;
}

async function rehearseRecord(
  { patient, store }: Desk,
  run: DryRun,
  { invitation, info1 }: SealedCopy,
  { dealt, title }: { dealt: boolean; title: string },
): Promise<Planned[]> {
  const { emrId } = invitation;
  const standing = await readStanding(store, emrId);
  if (standing === undefined || standing.handedOver === "taken") return [];
  if (!patient.list().some((each) => hex(each) === hex(emrId))) await patient.accept(info1, invitation);
  const { shared, rights, blocked, closed } = standing;
  const views = dealt
    ? await publishGas(patient, run, emrId, shared, rights)
    : viewNames.map((view) => ({ view }));
  const planned: Planned[] = views.map(({ view, ...cost }) => ({
    side: ledgerOf[view],
    act: `publish the ${view} view of ${title}`,
    ...cost,
  }));
  if (planned.length === 0) return [];
  for (const view of viewNames)
    for (const account of blocked[view])
      planned.push({ side: ledgerOf[view], act: `block ${account} on ${title}` });
  for (const view of closed)
    planned.push({ side: ledgerOf[view], act: `close the ${view} view of ${title}` });
  return planned;
}
