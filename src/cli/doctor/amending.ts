/** `diptych doctor amend-invite`, `amend-read` and `amend`: the next revision of a record that a patient sends. */
import { hex } from "../../core/bytes.ts";
import { DiptychError } from "../../core/errors.ts";
import { splitAmendment } from "../../record/index.ts";
import type { RecordToAmend } from "../../roles/amendmentRequests.ts";
import type { Doctor } from "../../roles/doctor.ts";
import type { Result } from "../frame/acting.ts";
import type { Context } from "../frame/context.ts";
import { readInput } from "../frame/input.ts";
import { writeNew } from "../frame/newFile.ts";
import { printPositions } from "../frame/positions.ts";
import { shown, timeInWords } from "../frame/printing.ts";
import { readSides } from "../frame/sidesFile.ts";
import { type DoctorChoice, doctorStore, openDoctor, readCertificate } from "./doctorRole.ts";
import { demandValid, ruleInWords, ruleOf, type SignOptions, signTo } from "./signing.ts";

/** Writes what patients need to send this doctor a record to amend. */
export async function inviteAmendment(
  context: Context,
  options: DoctorChoice & { out: string },
): Promise<Result> {
  const store = await doctorStore(context, options);
  await demandValid(await readCertificate(store));
  const doctor = await openDoctor(context, store);
  const invitation = await doctor.inviteAmendment();
  await writeNew(context, options.out, invitation);
  return {
    json: { out: options.out, bytes: invitation.length },
    text: [
      `${options.out} is for patients whose records you are to amend: nothing in it is secret, and it can be used again.`,
      `Next, for the patient: diptych patient amend-request ${options.out} --out REQUEST`,
    ],
  };
}

async function openWithChains(context: Context, options: DoctorChoice): Promise<Doctor> {
  const store = await doctorStore(context, options);
  await demandValid(await readCertificate(store));
  return openDoctor(context, store, { chains: Object.values(await context.chains()) });
}

function factsOf({ header, certificate }: RecordToAmend) {
  const { emrId, schema, revision, time } = header;
  return { emrId: hex(emrId), schema, revision, issuer: certificate.subject, time };
}

/** Verifies a request and writes the record's file as it stands, to be changed. */
export async function readRequest(
  context: Context,
  options: DoctorChoice & { out: string },
  request: string,
): Promise<Result> {
  const sealed = await readInput(request);
  const doctor = await openWithChains(context, options);
  const record = await doctor.readAmendmentRequest(sealed);
  const { header, extraction, certificate, file } = record;
  await writeNew(context, options.out, file);
  const parts = extraction.parts.map(({ position, label }) => ({ position, label }));
  return {
    json: { ...factsOf(record), parts, rule: header.ceas, out: options.out, bytes: file.length },
    text: [
      `Revision ${header.revision}, signed by ${shown(certificate.subject)} at ${timeInWords(header.time)}: signature, certificate, and that its patient asks, all hold.`,
      ...context.output.table(parts.map(({ position, label }) => [String(position), shown(label, 60)])),
      ...ruleInWords(header.ceas),
      `${options.out}: the record's file, in clear. Change it, then: diptych doctor amend ${request} ${options.out} --out INFO1`,
    ],
  };
}

export type AmendOptions = Omit<SignOptions, "invitation">;

/** Signs the changed file as the next revision. */
export async function amendRecord(
  context: Context,
  options: AmendOptions,
  request: string,
  path: string,
): Promise<Result> {
  if (request === "-" && path === "-")
    throw new DiptychError("usage", "Only one of the request and the record can be stdin.");
  const sealed = await readInput(request);
  const file = await readInput(path);
  const sides = await readSides(options.sides);
  const doctor = await openWithChains(context, options);
  const record = await doctor.readAmendmentRequest(sealed);
  const { header, extraction } = record;
  const before = extraction.parts;
  const split = splitAmendment(file, { header, parts: before }, { sides });
  const ceas = ruleOf(options, split);
  const info1 = await signTo(context, options.out, split, () => doctor.amend(sealed, split, ceas));
  const parts = split.parts.map(({ position, label, content }) => {
    const old = before[position - 1];
    const state = old === undefined ? "new" : hex(old.content) === hex(content) ? "untouched" : "replaced";
    return { position, label, bytes: content.length, state };
  });
  const replaced = parts.filter(({ state }) => state === "replaced").map(({ position }) => position);
  return {
    json: {
      ...factsOf(record),
      revision: header.revision + 1,
      parts,
      rule: ceas,
      out: options.out,
      bytes: info1.length,
    },
    text: [
      ...context.output.table(
        parts.map(({ position, label, bytes, state }) => [
          String(position),
          shown(label, 60),
          `${bytes} bytes`,
          state,
        ]),
      ),
      ...ruleInWords(ceas),
      `${options.out}: revision ${header.revision + 1}${replaced.length === 0 ? "" : `, which replaces parts ${printPositions(replaced)}`}, sealed to the record's patient; nobody else can open it.`,
      `Next, for the patient: diptych patient amend ${options.out}`,
    ],
  };
}
