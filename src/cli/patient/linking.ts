/** `diptych patient link`: what a requester needs to ask for a view. Public, like everything on the chains. */
import { hex } from "../../core/bytes.ts";
import { DiptychError } from "../../core/errors.ts";
import { ledgerOf, type ViewName } from "../../roles/ownRecord.ts";
import { printRecordLink } from "../../roles/recordLink.ts";
import type { Result } from "../frame/acting.ts";
import type { Context } from "../frame/context.ts";
import { writeNew } from "../frame/newFile.ts";
import { openDesk, type PatientChoice } from "./desk.ts";
import { chooseRecord, type RecordChoice } from "./recordChoice.ts";
import { viewsOf } from "./views.ts";

export type LinkOptions = PatientChoice & RecordChoice & { view: ViewName; out?: string };

/** Writes the link to one view. @throws DiptychError `record-unknown` for a view that isn't published */
export async function link(context: Context, options: LinkOptions): Promise<Result> {
  const { view, out } = options;
  const desk = await openDesk(context, options);
  const emrId = await chooseRecord(desk, options);
  const overview = await desk.patient.show(emrId);
  const side = ledgerOf[view];
  if ((await viewsOf(desk, overview))[view] === undefined)
    throw new DiptychError(
      "record-unknown",
      `The ${view} view isn't published: \`diptych patient publish\` does it.`,
    );
  const text = printRecordLink(desk.chains[side], overview.ledgerRecordIds[side]);
  const json = { emrId: hex(emrId), view, side, link: text };
  if (out === undefined || out === "-") return { json, text };
  await writeNew(context, out, `${text}\n`);
  return {
    json: { ...json, file: out },
    text: `${out} is for whoever is to ask for the ${view} view: nothing in it is secret.`,
  };
}
