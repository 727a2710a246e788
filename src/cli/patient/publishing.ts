/** `diptych patient publish`: encrypts a record, brings it to the cloud, and its indexes to both chains (paper, 5.1.3 to 5.1.5). */
import { hex } from "../../core/bytes.ts";
import { DiptychError, isDiptychError } from "../../core/errors.ts";
import { sharedPositions, splitRecord } from "../../record/index.ts";
import { ledgerOf, type ViewName, viewNames } from "../../roles/ownRecord.ts";
import type { Rights } from "../../roles/redefinition.ts";
import type { PublishedView } from "../../roles/settling.ts";
import type { Result } from "../frame/acting.ts";
import type { Context } from "../frame/context.ts";
import { DryRun } from "../frame/dryRun.ts";
import { parsePositions } from "../frame/positions.ts";
import { gasInWords, printable } from "../frame/printing.ts";
import { readSides } from "../frame/sidesFile.ts";
import { type Desk, fundPatient, openDesk, openRehearsal, type PatientChoice, showing } from "./desk.ts";
import { appointDefaults, defaultGates } from "./gates.ts";
import { chooseRecord, type RecordChoice, readNicknames, titleOf } from "./recordChoice.ts";
import { dryRun, type Planned } from "./rehearsal.ts";
import { defaultRights, type RightsOptions, rightInWords, rightsFrom } from "./rights.ts";
import { noteStanding } from "./sealedCopies.ts";

export type PublishOptions = PatientChoice &
  RecordChoice &
  RightsOptions & { shared?: string; sides?: string; dryRun?: boolean };

const sides = ["storage", "shared"] as const;

export async function publish(context: Context, options: PublishOptions): Promise<Result> {
  const desk = await openDesk(context, options);
  const { patient, store } = desk;
  const emrId = await chooseRecord(desk, options);
  const { parts } = await patient.show(emrId);
  const shared = await chooseShared(desk, emrId, parts.length, options);
  const rights = rightsFrom(defaultRights, options);
  for (const line of placesInWords(context, parts, shared, rights)) context.output.note(line);
  await fundPatient(desk);
  if (options.dryRun === true) return rehearsePublish(desk, emrId, shared, rights);
  const gates = await defaultGates(desk);
  const published = await showing(context, "encrypting, uploading, publishing on both chains", (how) =>
    patient.store(emrId, shared, rights, { ...how, gates }),
  );
  const missing = await patient.gates.missing();
  const gatesAppointed = sides.filter((side) => gates[side] !== undefined && !missing.includes(side));
  await noteStanding(store, patient, emrId);
  const { ledgerRecordIds } = await patient.show(emrId);
  const title = titleOf(emrId, await readNicknames(store));
  return {
    json: {
      emrId: hex(emrId),
      shared,
      rights,
      ledgerRecordIds,
      gatesAppointed,
      published: published.map(publishedObject),
    },
    text: [
      ...published.map(publishedInWords),
      published.length === 0
        ? `Published ${title} stood just so already.`
        : `Published ${title}. Whoever may read it asks for:`,
      `  full    ${ledgerRecordIds.storage} on the storage chain`,
      `  shared  ${ledgerRecordIds.shared} on the shared chain`,
    ],
  };
}

/** What `--json` tells of a publish on one ledger. */
export function publishedObject(view: PublishedView) {
  const { mined, ...rest } = view;
  return { ...rest, transaction: mined.hash, gas: mined.gas };
}

/** A publish on one ledger in words. */
export function publishedInWords({ view, ledger, version, epoch, mined }: PublishedView): string {
  return `${view}: version ${version}, epoch ${epoch} on the ${ledger} chain, ${gasInWords(mined.gas)}`;
}

/** The parts of the shared side: as the options say, else as the table of sides has it. */
async function chooseShared(
  { patient, context }: Desk,
  emrId: Uint8Array,
  count: number,
  { shared, sides }: PublishOptions,
): Promise<number[]> {
  if (shared !== undefined && sides !== undefined)
    throw new DiptychError("usage", "Both --shared and --sides say what is shared: give one of them.");
  if (shared !== undefined) return parsePositions(shared, count);
  const table = await readSides(sides);
  const split = splitRecord(await patient.readFile(emrId), { sides: table });
  for (const warning of split.warnings) context.output.warn(printable(warning));
  return sharedPositions(split);
}

/** Where the parts of a record go, and who may read what. */
export function placesInWords(
  { output }: Context,
  parts: readonly { position: number; label: string }[],
  shared: readonly number[],
  rights: Rights,
): string[] {
  const rows = parts.map(({ position, label }) => [
    String(position),
    printable(label),
    shared.includes(position) ? "shared" : "private",
  ]);
  return [
    ...output.table(rows).map((line) => `  ${line}`),
    `all parts: who has ${rightInWords(rights, "full")}`,
    `shared:    who has ${rightInWords(rights, "shared")}`,
  ];
}

async function rehearsePublish(
  desk: Desk,
  emrId: Uint8Array,
  shared: readonly number[],
  rights: Rights,
): Promise<Result> {
  const run = new DryRun(desk.chains);
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
  const views =
    planned.length > 0
      ? viewNames.map((view) => ({ view }))
      : await publishGas(patient, run, emrId, shared, rights);
  for (const { view, ...cost } of views)
    planned.push({ side: ledgerOf[view], act: `publish the ${view} view`, ...cost });
  return dryRun(desk.context, planned, { emrId: hex(emrId), shared, rights });
}

/** What each view's publish would cost; nothing for a record that stands already. */
export async function publishGas(
  patient: Desk["patient"],
  run: DryRun,
  emrId: Uint8Array,
  shared: readonly number[],
  rights: Rights,
): Promise<{ view: ViewName; gas?: bigint }[]> {
  try {
    const draft = await patient.encrypt(emrId, shared, rights);
    const indexes = await patient.index(draft);
    const costs: { view: ViewName; gas?: bigint }[] = [];
    for (const view of draft.views) {
      const gas = await run.gasOf(() => patient.publish({ ...draft, views: [view] }, indexes));
      costs.push({ view: view.name, ...(gas === undefined ? {} : { gas }) });
    }
    return costs;
  } catch (error) {
    if (isDiptychError(error, "record-stored")) return [];
    throw error;
  }
}
