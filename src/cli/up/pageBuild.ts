/** Sees to it that the web page is built from the sources at hand; in a clone only. */
import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "../frame/project.ts";
import { withoutSecrets } from "./supervised.ts";

/**
 * Builds the page unless that was done; `log` is a file that takes what the builder says, and `starts` is told when it has something
 * to do. Resolves to the page's folder, or to undefined where it could not be built or was called off.
 */
export function ensurePage(
  log: string,
  signal: AbortSignal,
  starts: () => void,
): Promise<string | undefined> {
  const said = createWriteStream(log, { mode: 0o600 });
  // A log that can't be written must not stop what it is about.
  said.on("error", () => undefined);
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(projectFolder, "scripts", "tasks.ts"), "web"], {
      cwd: projectFolder,
      env: withoutSecrets(),
      stdio: ["ignore", "pipe", "pipe"],
      signal,
    });
    child.stderr.once("data", starts);
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => said.write(text));
    child.on("error", () => resolve(undefined));
    child.on("close", (status) => {
      said.end();
      resolve(status === 0 ? join(projectFolder, "web", "dist") : undefined);
    });
  });
}
