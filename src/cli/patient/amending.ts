/** `diptych patient amend-request` and `amend`: a record goes to a doctor, and its next revision comes back. */
import { hex, utf8Decode } from "../../core/bytes.ts";
import { DiptychError, isDiptychError } from "../../core/errors.ts";
import type { Amendment, AmendmentWishes } from "../../roles/index.ts";
import { viewNames } from "../../roles/ownRecord.ts";
import type { Result } from "../frame/acting.ts";
import type { Context } from "../frame/context.ts";
import { nameOfInput, readInput } from "../frame/input.ts";
import { writeNew } from "../frame/newFile.ts";
import { parsePositions } from "../frame/positions.ts";
import { printable, timeInWords } from "../frame/printing.ts";
import { planInWords, rehearsePlan } from "./changing.ts";
import { type Desk, fundPatient, openDesk, type PatientChoice, showing } from "./desk.ts";
import { publishedInWords, publishedObject } from "./publishing.ts";
import { chooseRecord, type RecordChoice, readNicknames, titleOf } from "./recordChoice.ts";
import { dryRun } from "./rehearsal.ts";
import { keepCopy, noteStanding, readCopy } from "./sealedCopies.ts";

const largestInvitation = 1 << 16;

export type AmendRequestOptions = PatientChoice & RecordChoice & { out: string };

/** Seals the whole record to a doctor who invited, after showing who that is. */
export async function requestAmendment(
  context: Context,
  options: AmendRequestOptions,
  file: string,
): Promise<Result> {
  const invitation = await readInput(file, largestInvitation);
  const desk = await openDesk(context, options);
  const { patient, store } = desk;
  const emrId = await chooseRecord(desk, options);
  const { subject, notAfter } = await patient.amendments.readInviter(invitation);
  const doctor = printable(subject);
  context.output.note(
    `Asked by ${doctor}, certified by the authority until ${notAfter.toISOString().slice(0, 10)}.`,
  );
  context.output.warn("The doctor will read all parts of the record. Nothing takes that back.");
  const title = titleOf(emrId, await readNicknames(store));
  await context.confirm(`Write ${title} for ${doctor}?`);
  const sealed = await showing(context, "sealing the record", (how) =>
    patient.amendments.request(emrId, invitation, how),
  );
  await writeNew(context, options.out, sealed);
  return {
    json: { emrId: hex(emrId), doctor: subject, out: options.out, bytes: sealed.length },
    text: [
      `${options.out} is for ${doctor}; nobody else can open it. The record stays as it stands until you take what comes back.`,
      `Next, for the doctor: diptych doctor amend-read ${options.out} --out RECORD`,
    ],
  };
}

export type AmendOptions = PatientChoice &
  RecordChoice & { share?: string; only?: string; reopen?: boolean; show?: boolean; dryRun?: boolean };

/** Takes the next revision from a doctor, and publishes it where the record is published. */
export async function amend(context: Context, options: AmendOptions, file: string): Promise<Result> {
  const info1 = await readInput(file);
  const desk = await openDesk(context, options);
  const { patient, store } = desk;
  const found = await showing(context, "verifying the amendment", () => findAmended(desk, options, info1));
  if (found === undefined)
    throw new DiptychError(
      "seal-open-failed",
      `${nameOfInput(file)} amends none of this patient's records, or was changed on its way: ask the doctor to send it again.`,
    );
  const { emrId, amendment } = found;
  const { header, replaced, appended, parts } = amendment;
  const wishes = wishesOf(options, parts.length);
  const title = titleOf(emrId, await readNicknames(store));
  for (const line of amendmentInWords(amendment, wishes, options.show === true)) context.output.note(line);
  if (options.dryRun === true) return rehearseAmend(desk, emrId, info1, wishes);
  await context.confirm(`Make this revision ${header.revision} of ${title}?`);
  await fundPatient(desk);
  const { change } = await showing(context, "encrypting, uploading, publishing on both chains", (how) =>
    patient.amendments.accept(emrId, info1, wishes, how),
  );
  const copy = await readCopy(store, emrId);
  if (copy !== undefined) await keepCopy(store, { ...copy, info1 });
  if (change !== undefined) await noteStanding(store, patient, emrId);
  const shared = change?.plan.shared ?? [];
  return {
    json: {
      emrId: hex(emrId),
      revision: header.revision,
      issuer: header.issuer,
      time: header.time,
      replaced,
      appended,
      shared,
      uploadedBytes: change?.uploadedBytes ?? 0,
      published: (change?.published ?? []).map(publishedObject),
    },
    text:
      change === undefined
        ? [`Accepted revision ${header.revision} of ${title}.`, "Next: diptych patient publish"]
        : [
            ...change.published.map(publishedInWords),
            `${title} stands in revision ${header.revision} now. Grants go on; whoever asks reads this revision. What was read before may have been kept.`,
          ],
  };
}

/** @throws DiptychError `usage` */
function wishesOf({ share, only, reopen }: AmendOptions, last: number): AmendmentWishes {
  return {
    ...(share === undefined ? {} : { share: parsePositions(share, last) }),
    ...(only === undefined ? {} : { only: parsePositions(only, last) }),
    ...(reopen === true ? { reopen: viewNames } : {}),
  };
}

/** The record that Info1 amends: the one that is named, else the one that it opens for. */
async function findAmended(
  desk: Desk,
  options: RecordChoice,
  info1: Uint8Array,
): Promise<{ emrId: Uint8Array; amendment: Amendment } | undefined> {
  const { patient } = desk;
  const ids = options.record === undefined ? patient.list() : [await chooseRecord(desk, options)];
  for (const emrId of ids) {
    try {
      return { emrId, amendment: await patient.amendments.review(emrId, info1) };
    } catch (error) {
      if (!isDiptychError(error, "seal-open-failed")) throw error;
    }
  }
  return undefined;
}

function amendmentInWords(amendment: Amendment, { share }: AmendmentWishes, show: boolean): string[] {
  const { header, replaced, appended, parts, newRule } = amendment;
  const inWords = (positions: readonly number[], tell: (position: number) => string) =>
    positions.flatMap((position) => {
      const { label, content } = parts[position - 1]!;
      const says = show
        ? utf8Decode(content)
            .split("\n")
            .map((line) => `      ${printable(line)}`)
        : [];
      return [`  part ${position} ${printable(label)}: ${tell(position)}`, ...says];
    });
  return [
    `Revision ${header.revision}, signed by ${printable(header.issuer)} at ${timeInWords(header.time)}.`,
    ...inWords(replaced, () => "replaced"),
    ...inWords(appended, (position) => `new, ${share?.includes(position) === true ? "shared" : "private"}`),
    ...(replaced.length + appended.length === 0 ? ["  every part as it stands"] : []),
    ...(newRule ? ["  the doctor's rule on which parts may be shown: another than before"] : []),
  ];
}

/** What the same command would do: it refuses what that would refuse. */
async function rehearseAmend(
  desk: Desk,
  emrId: Uint8Array,
  info1: Uint8Array,
  wishes: AmendmentWishes,
): Promise<Result> {
  const { patient, context } = desk;
  const { header, replaced, appended, plan } = await patient.amendments.review(emrId, info1, wishes);
  const facts = {
    emrId: hex(emrId),
    ...{ revision: header.revision, issuer: header.issuer, time: header.time },
    ...{ replaced, appended, shared: plan?.shared ?? [] },
  };
  if (plan === undefined) return dryRun(context, [], facts);
  const reopened = viewNames.filter((view) => plan.views[view] === "next");
  for (const line of planInWords(await patient.show(emrId), plan, { reopen: reopened }))
    context.output.note(line);
  return dryRun(context, await rehearsePlan(desk, emrId, plan), facts);
}
