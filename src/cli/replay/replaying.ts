/** Publishing patients' records again on chains that know nothing of them, from the sealed copies in the home. */
import { hex, utf8Decode } from "../../core/bytes.ts";
import { DiptychError } from "../../core/errors.ts";
import { viewNames } from "../../roles/ownRecord.ts";
import type { Patient } from "../../roles/patient.ts";
import type { ActOptions } from "../../roles/progress.ts";
import type { Result } from "../frame/acting.ts";
import type { Context } from "../frame/context.ts";
import { printable } from "../frame/printing.ts";
import { type Binding, differences } from "../home/binding.ts";
import type { Home } from "../home/home.ts";
import { type Desk, fundPatient, openPatient, showing } from "../patient/desk.ts";
import { defaultGates } from "../patient/gates.ts";
import { readNicknames, titleOf } from "../patient/recordChoice.ts";
import {
  listCopies,
  readCopy,
  readStanding,
  type SealedCopy,
  type Standing,
} from "../patient/sealedCopies.ts";
import { viewsOf } from "../patient/views.ts";
import { type ReplayPlace, rehearseReplay } from "./rehearsing.ts";

export type ReplayOptions = { name?: string; dryRun?: boolean };

/** What became of one record. */
type Replayed = {
  role: string;
  emrId: Uint8Array;
  title: string;
  outcome: "published" | "accepted" | "stands" | "handed-over" | "failed";
  error?: DiptychError;
};

export async function replay(context: Context, { name, dryRun: dry }: ReplayOptions): Promise<Result> {
  const home = await context.home();
  const config = await context.config();
  const found = await context.identifyChains(config);
  const chains = await context.openChainsOf(config);
  const fresh = home.bound === undefined || differences(home.bound, found).length > 0;
  const all = (await home.roles()).filter((role) => /^patient(-|$)/.test(role));
  const wanted = name === undefined ? undefined : `patient-${name}`;
  if (wanted !== undefined && !all.includes(wanted))
    throw new DiptychError("key-missing", `This home has no keys of ${wanted}: it knows ${inWords(all)}.`);
  const done = fresh ? await readDone(home, found) : [];
  const now = wanted === undefined ? all.filter((role) => !done.includes(role)) : [wanted];
  if (dry === true) return rehearseReplay(context, now, { config, chains, fresh });
  if (fresh && config.local !== true && now.length > 0)
    await context.confirm(`Publish the records of ${inWords(now)} again, on other chains than before?`);
  const replayed: Replayed[] = [];
  for (const role of now) {
    replayed.push(...(await replayRole(context, role, { config, chains, fresh })));
    if (!done.includes(role)) done.push(role);
    if (fresh) await keepDone(home, found, done);
  }
  const left = all.filter((role) => !done.includes(role));
  const bound = fresh && left.length === 0;
  if (bound) await home.bind(found);
  context.failWith(replayed.find(({ error }) => error !== undefined)?.error?.code);
  return {
    json: {
      bound,
      left,
      records: replayed.map(({ role, emrId, outcome, error }) => ({
        role,
        emrId: hex(emrId),
        outcome,
        ...(error === undefined ? {} : { code: error.code, message: error.message }),
      })),
    },
    text: [...replayed.map(outcomeInWords), ...ending(fresh, bound, left)],
  };
}

function outcomeInWords({ role, title, outcome, error }: Replayed): string {
  const words = {
    published: "published again",
    accepted: "accepted again; it was never published",
    stands: "stands there already",
    "handed-over": "left out: another person has it",
    failed: `not published: ${printable(error?.message ?? "")} [${error?.code}]`,
  };
  return `${role}: ${title} ${words[outcome]}`;
}

function ending(fresh: boolean, bound: boolean, left: readonly string[]): string[] {
  if (!fresh) return ["The home is bound to these chains already."];
  if (!bound)
    return [
      `Left to replay before other commands work: ${inWords(left)}; say --name for those with another passphrase.`,
    ];
  return [
    "The home is bound to the new chains now.",
    "Grants and attestations were on the chains that are gone: the authority attests requesters again, and they ask again.",
  ];
}

function inWords(roles: readonly string[]): string {
  return roles.length === 0 ? "no patient" : roles.join(", ");
}

async function replayRole(
  context: Context,
  role: string,
  { config, chains, fresh }: ReplayPlace,
): Promise<Replayed[]> {
  const name = role === "patient" ? undefined : role.slice("patient-".length);
  const store = await context.role("patient", name);
  const patient = await openPatient({ context, store, config, chains });
  const desk: Desk = { context, name, store, config, chains, patient };
  const ids = await listCopies(store);
  if (ids.length === 0) return [];
  const { failed } = await patient.restore();
  for (const { error } of failed) context.output.warn(`${printable(error.message)} [${error.code}]`);
  await fundPatient(desk);
  const names = await readNicknames(store);
  const replayed: Replayed[] = [];
  for (const emrId of ids) {
    const copy = await readCopy(store, emrId);
    if (copy === undefined) continue;
    const title = titleOf(emrId, names);
    try {
      const outcome = await showing(context, `${role}: ${title}`, (how) =>
        replayRecord(desk, copy, fresh, how),
      );
      replayed.push({ role, emrId, title, outcome });
    } catch (error) {
      if (!isRecordsOwn(error)) throw error;
      replayed.push({ role, emrId, title, outcome: "failed", error });
    }
  }
  return replayed;
}

/** Whether an error is about this record alone: the others can go on without it. */
function isRecordsOwn(error: unknown): error is DiptychError {
  const codes = ["certificate-invalid", "ces-verification-failed", "info1-invalid", "seal-open-failed"];
  return error instanceof DiptychError && codes.includes(error.code);
}

async function replayRecord(
  desk: Desk,
  { invitation, info1 }: SealedCopy,
  fresh: boolean,
  how: ActOptions,
): Promise<Replayed["outcome"]> {
  const { patient, store } = desk;
  const { emrId } = invitation;
  const standing = await readStanding(store, emrId);
  if (standing?.handedOver === "taken") return "handed-over";
  if (!patient.list().some((each) => hex(each) === hex(emrId))) await patient.accept(info1, invitation);
  if (standing === undefined) return "accepted";
  const views = await viewsOf(desk, await patient.show(emrId));
  if (!fresh && views.full !== undefined && views.shared !== undefined) return "stands";
  const gates = await defaultGates(desk);
  await patient.store(emrId, standing.shared, standing.rights, { ...how, gates });
  await stopAgain(patient, emrId, standing);
  return "published";
}

/** Blocks and closures of before. */
async function stopAgain(patient: Patient, emrId: Uint8Array, { blocked, closed }: Standing): Promise<void> {
  for (const view of viewNames)
    for (const account of blocked[view]) await patient.block(emrId, account, [view]);
  if (closed.length > 0) await patient.close(emrId, closed);
}

const doneFile = ["journal", "replayed.json"] as const;

/** Roles that have been replayed on these chains. */
async function readDone(home: Home, binding: Binding): Promise<string[]> {
  const bytes = await home.read(...doneFile);
  if (bytes === undefined) return [];
  const kept = JSON.parse(utf8Decode(bytes)) as { binding: Binding; roles: string[] };
  return differences(kept.binding, binding).length === 0 ? kept.roles : [];
}

async function keepDone(home: Home, binding: Binding, roles: readonly string[]): Promise<void> {
  await home.folderOf("journal");
  await home.write(`${JSON.stringify({ binding, roles })}\n`, ...doneFile);
}
