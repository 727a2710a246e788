// Whether what stands in artifacts/ was compiled from these very sources. Hardhat itself looks too, but writes its cache each
// time it does, and two runs at once then trip over each other.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, "artifacts", ".diptych-built.json");

function filesUnder(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function fingerprint(): string {
  const digest = createHash("sha256");
  for (const file of [
    ...filesUnder("contracts"),
    join(root, "hardhat.config.ts"),
    join(root, "package-lock.json"),
  ])
    digest.update(file.slice(root.length)).update(readFileSync(file));
  return digest.digest("hex");
}

export function isBuilt(): boolean {
  return existsSync(stamp) && readFileSync(stamp, "utf8") === fingerprint();
}

/** To be called when a build has ended well. */
export function markBuilt(): void {
  writeFileSync(stamp, fingerprint());
}
