/** `diptych doctor sign`: one signature over a record's parts, sealed to the patient who invited. */
import type { Ceas } from "../../ces/index.ts";
import { hex, utf8 } from "../../core/bytes.ts";
import { DiptychError } from "../../core/errors.ts";
import { type SplitRecord, sampleRecord } from "../../record/index.ts";
import type { Result } from "../frame/acting.ts";
import type { Context } from "../frame/context.ts";
import { nameOfInput, readInput } from "../frame/input.ts";
import { writeNew } from "../frame/newFile.ts";
import { parsePositions, printPositions } from "../frame/positions.ts";
import { shown } from "../frame/printing.ts";
import { readRecord } from "../frame/recordFile.ts";
import { readInvitationFile } from "../patient/invitationFile.ts";
import { describeCertificate } from "../verify/certificateFile.ts";
import { type DoctorChoice, doctorStore, openDoctor, readCertificate } from "./doctorRole.ts";

export type SignOptions = DoctorChoice & {
  invitation: string;
  out: string;
  sides?: string;
  mandatory?: string;
  needs?: string;
  never?: string;
};

const longestInvitation = 1 << 16;

export async function signRecord(context: Context, options: SignOptions, record: string): Promise<Result> {
  if (record === "-" && options.invitation === "-")
    throw new DiptychError("usage", "Only one of the record and the invitation can be stdin.");
  const { split } = await readRecord(record === "sample" ? undefined : record, options.sides);
  const ceas = ruleOf(options, split);
  const invitation = readInvitationFile(
    await readInput(options.invitation, longestInvitation),
    nameOfInput(options.invitation),
  );
  const store = await doctorStore(context, options);
  await demandValid(await readCertificate(store));
  const doctor = await openDoctor(context, store);
  const info1 = await signTo(context, options.out, split, () => doctor.issue(split, invitation, ceas));
  const parts = split.parts.map(({ position, label, content }) => ({
    position,
    label,
    bytes: content.length,
  }));
  return {
    json: {
      emrId: hex(invitation.emrId),
      schema: split.schema,
      parts,
      rule: ceas,
      out: options.out,
      bytes: info1.length,
    },
    text: [
      ...context.output.table(
        parts.map(({ position, label, bytes }) => [String(position), shown(label, 60), `${bytes} bytes`]),
      ),
      ...ruleInWords(ceas),
      `${options.out}: ${info1.length} bytes, sealed to the patient who wrote the invitation; nobody else can open it.`,
      `Next, for the patient: diptych patient accept ${options.out}`,
    ],
  };
}

/** Tells what is odd about a record, has it signed, and writes what came of that. */
export async function signTo(
  context: Context,
  out: string,
  { parts, warnings }: SplitRecord,
  sign: () => Promise<Uint8Array>,
): Promise<Uint8Array> {
  for (const warning of warnings) context.output.warn(shown(warning));
  const signing = context.output.progress(`Signing ${parts.length} parts`);
  const info1 = await sign().finally(() => signing.done());
  await writeNew(context, out, info1);
  return info1;
}

/** `diptych doctor sample`: a synthetic record to try things with. */
export async function writeSample(context: Context, { out }: { out?: string }): Promise<Result> {
  if (out === undefined) return { json: JSON.parse(sampleRecord), text: sampleRecord.trimEnd() };
  await writeNew(context, out, utf8(sampleRecord));
  return { json: { out }, text: `${out}: a synthetic record with nine parts.` };
}

/** The rule on extraction: what the options say in place of the schema's defaults. @throws DiptychError `usage` */
export function ruleOf(
  options: Pick<SignOptions, "mandatory" | "needs" | "never">,
  split: SplitRecord,
): Ceas {
  const last = split.parts.length;
  const positions = (text: string) => parsePositions(text, last);
  return {
    mandatory: options.mandatory === undefined ? split.ceas.mandatory : positions(options.mandatory),
    implications: options.needs === undefined ? split.ceas.implications : implicationsOf(options.needs, last),
    never: options.never === undefined ? split.ceas.never : positions(options.never),
  };
}

/** "6:5,7:5-6" is: 6 needs 5, 7 needs 5 and 6. */
function implicationsOf(text: string, last: number): Ceas["implications"] {
  const found = new Map<string, Ceas["implications"][number]>();
  for (const item of text.split(",")) {
    const [from, to, ...more] = item.split(":");
    if (to === undefined || more.length > 0)
      throw new DiptychError(
        "usage",
        `--needs takes pairs such as 6:5 (part 6 only together with part 5), not ${JSON.stringify(item.slice(0, 40))}.`,
      );
    for (const position of parsePositions(from!, last))
      for (const needs of parsePositions(to, last)) found.set(`${position}:${needs}`, { position, needs });
  }
  return [...found.values()].sort((a, b) => a.position - b.position || a.needs - b.needs);
}

/** A rule on extraction for people. */
export function ruleInWords({ mandatory, implications, never }: Ceas): string[] {
  return [
    ...(mandatory.length === 0 ? [] : [`In every extraction: ${printPositions(mandatory)}.`]),
    ...implications.map(({ position, needs }) => `Part ${position} only together with part ${needs}.`),
    ...(never.length === 0 ? [] : [`Only in the whole record: ${printPositions(never)}.`]),
  ];
}

/** Readers refuse what is signed outside the certificate's time: better to hear of it before. */
export async function demandValid(certificate: Uint8Array | undefined): Promise<void> {
  if (certificate === undefined) return;
  const { notAfter } = describeCertificate(certificate);
  if (notAfter.getTime() < Date.now())
    throw new DiptychError(
      "certificate-invalid",
      `Your certificate expired on ${notAfter.toISOString().slice(0, 10)}: run \`diptych doctor enrol\` for a new one.`,
    );
}
