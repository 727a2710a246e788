// Whether what stands in artifacts/ and dist/ was made from these very sources. Hardhat itself looks too, but writes its cache
// each time it does, and two runs at once then trip over each other.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Something that is built from sources: where its fingerprint is kept, and what goes into it. */
export interface Product {
  stamp: string;
  folders: readonly string[];
  files: readonly string[];
}

const contractBuild: Product = {
  stamp: join("artifacts", ".diptych-built.json"),
  folders: ["contracts"],
  files: ["hardhat.config.ts", "package-lock.json"],
};

/** The stamp moves into place with the build that it is of; package.json keeps it out of the package. */
export const packageBuild: Product = {
  stamp: join("dist", ".diptych-built.json"),
  folders: ["src"],
  files: ["tsconfig.json", "tsconfig.build.json", "package-lock.json"],
};

/** The page, from its own sources and those of the library that it uses. */
export const webBuild: Product = {
  stamp: join("web", "dist", ".diptych-built.json"),
  folders: [
    ...["abe", "ces", "cloud", "core", "ledger", "policy", "record", "roles", "seal", "services"].map(
      (name) => join("src", name),
    ),
    join("web", "public"),
    join("web", "src"),
  ],
  files: [
    ...["index.html", "vite.config.ts", "tsconfig.json"].map((name) => join("web", name)),
    join("src", "index.ts"),
    "tsconfig.json",
    "package-lock.json",
  ],
};

function filesUnder(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** The state of the sources; what was made between two equal ones was made from them. */
export function fingerprint({ folders, files }: Product = contractBuild): string {
  const digest = createHash("sha256");
  for (const file of [...folders.flatMap(filesUnder), ...files.map((name) => join(root, name))])
    digest.update(file.slice(root.length)).update(readFileSync(file));
  return digest.digest("hex");
}

export function isBuilt(product: Product = contractBuild): boolean {
  const stamp = join(root, product.stamp);
  return existsSync(stamp) && readFileSync(stamp, "utf8") === fingerprint(product);
}

/** To be called when a build of the contracts has ended well. */
export function markBuilt(): void {
  writeFileSync(join(root, contractBuild.stamp), fingerprint());
}
