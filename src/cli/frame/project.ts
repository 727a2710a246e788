/** What only a clone of the project can do: Hardhat's chains and the contracts' sources are not in the package. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { DiptychError } from "../../core/errors.ts";
import { fromCaller } from "./settings.ts";

/** The project's folder; in the package, that of the package. */
export const projectFolder = fileURLToPath(new URL("../../..", import.meta.url));

/** Demands that this runs in a clone. @throws DiptychError `usage` */
export function demandProject(command: string): void {
  if (existsSync(new URL("../main.ts", import.meta.url))) return;
  throw new DiptychError(
    "usage",
    `\`diptych ${command}\` runs Hardhat's chains, which the package doesn't bring: use a clone of the project, or \`diptych connect\` to chains that run elsewhere.`,
  );
}

/**
 * Loads a module that stands in the clone only. Hardhat looks for its configuration in the working directory: that becomes the
 * project's, after which paths given by the caller are found by `fromCaller` alone.
 */
export async function fromProject<T>(command: string, module: string): Promise<T> {
  demandProject(command);
  process.env.INIT_CWD = fromCaller(".");
  process.chdir(projectFolder);
  return (await import(new URL(module, import.meta.url).href)) as T;
}
