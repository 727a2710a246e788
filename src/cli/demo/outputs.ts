/** What `--out DIR` writes: the files that each party holds at the end of 5.2. */
import { cp, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RevealedPart } from "../../ces/index.ts";
import { DiptychError } from "../../core/errors.ts";

/** Demands that `folder` is new or empty, so that nobody's files are mixed with ours; makes it. */
export async function prepareOutput(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    if ((await readdir(folder)).length === 0) return;
  } catch (cause) {
    throw new DiptychError("usage", `Cannot make the folder ${folder}: choose another one for --out.`, {
      cause,
    });
  }
  throw new DiptychError("usage", `The folder ${folder} is not empty: choose a new or empty one for --out.`);
}

export async function writeOutputs(
  folder: string,
  got: { patient: Uint8Array; privileged: Uint8Array; general: readonly RevealedPart[]; storeFolder: string },
): Promise<void> {
  for (const party of ["patient", "privileged"] as const) {
    await mkdir(join(folder, party), { recursive: true });
    await writeFile(join(folder, party, "record.json"), got[party]);
  }
  await mkdir(join(folder, "general"), { recursive: true });
  for (const { position, label, content } of got.general)
    await writeFile(join(folder, "general", `${String(position).padStart(2, "0")}-${label}.json`), content);
  await cp(got.storeFolder, join(folder, "cloud"), { recursive: true });
}
