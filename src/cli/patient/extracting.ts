/** `diptych patient extract`: some parts with the doctor's signature, for anybody to verify (paper, 5.1.2). */
import { hex } from "../../core/bytes.ts";
import { encodeExtractionFile } from "../../record/index.ts";
import type { Result } from "../frame/acting.ts";
import type { Context } from "../frame/context.ts";
import { writeNew } from "../frame/newFile.ts";
import { parsePositions, printPositions } from "../frame/positions.ts";
import { openDesk, type PatientChoice, showing } from "./desk.ts";
import { chooseRecord, type RecordChoice } from "./recordChoice.ts";

export type ExtractOptions = PatientChoice & RecordChoice & { out: string };

export async function extractParts(
  context: Context,
  options: ExtractOptions,
  parts: string,
): Promise<Result> {
  const desk = await openDesk(context, options);
  const { patient } = desk;
  const emrId = await chooseRecord(desk, options);
  const { header, certificateChain } = await patient.show(emrId);
  const positions = parsePositions(parts, header.n);
  const extraction = await showing(context, "extracting", (how) => patient.extract(emrId, positions, how));
  const bytes = encodeExtractionFile({ extraction, certificateChain });
  await writeNew(context, options.out, bytes);
  return {
    json: { emrId: hex(emrId), parts: positions, file: options.out, bytes: bytes.length },
    text: [
      `${options.out} shows parts ${printPositions(positions)} to whoever has it, with the doctor's signature; of the others it tells nothing but how many there are.`,
      `Anybody verifies it offline: diptych verify ${options.out}`,
    ],
  };
}
