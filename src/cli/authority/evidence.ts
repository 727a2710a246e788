/** Evidence that an applicant brings forward: a text on the command line, or a file. */
import { utf8, utf8Decode } from "../../core/bytes.ts";
import { DiptychError } from "../../core/errors.ts";
import { nameOfInput, readInput } from "../frame/input.ts";

export type EvidenceOptions = { evidence?: string; evidenceFile?: string };

/** As much as the authority's service takes. */
const longest = 4096;

/** Reads the evidence. @throws DiptychError `usage` for none, both, or more than 4,096 bytes */
export async function readEvidence({ evidence, evidenceFile }: EvidenceOptions): Promise<string> {
  if ((evidence === undefined) === (evidenceFile === undefined))
    throw new DiptychError("usage", "Say on what evidence: --evidence TEXT or --evidence-file FILE.");
  const text = evidence ?? (await readText(evidenceFile!));
  if (text.trim() === "" || utf8(text).length > longest)
    throw new DiptychError(
      "usage",
      `The evidence must be a text of 1 to ${longest} bytes: name where the rest lies.`,
    );
  return text;
}

async function readText(path: string): Promise<string> {
  const bytes = await readInput(path, 1 << 20);
  try {
    return utf8Decode(bytes);
  } catch (cause) {
    throw new DiptychError("usage", `${nameOfInput(path)} is no UTF-8 text: give the evidence as text.`, {
      cause,
    });
  }
}
