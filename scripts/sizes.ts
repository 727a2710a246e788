/** What each entry of the package weighs in a page; run by itself it writes the table into docs/packages.md. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "esbuild";

/** Most bytes that everything under an entry may take, minified: somewhat above what it took when this was written. */
export const sizeLimits: Readonly<Record<string, number>> = {
  "diptych/core": 20_000,
  "diptych/policy": 36_000,
  "diptych/abe": 690_000,
  "diptych/abe/workers": 680_000,
  "diptych/ces": 35_000,
  "diptych/seal": 108_000,
  "diptych/record": 420_000,
  "diptych/cloud": 146_000,
  "diptych/ledger": 375_000,
  "diptych/ledger/abi": 58_000,
  "diptych/services": 555_000,
  "diptych/roles": 1_700_000,
  diptych: 1_700_000,
};

export interface BundleSize {
  entry: string;
  /** The minified bundle. */
  code: Uint8Array;
  /** Bytes of it that come from packages of others, greatest first. */
  packages: [name: string, bytes: number][];
}

const root = fileURLToPath(new URL("../", import.meta.url));

/** Everything that an entry exports, bundled from the sources for a page of today and minified. */
export async function bundleEntry(entry: string): Promise<BundleSize> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: `export * from "${entry}";`, resolveDir: join(root, "src") },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2023",
    conditions: ["diptych-source"],
    metafile: true,
    logLevel: "silent",
  });
  const shares = new Map<string, number>();
  for (const [file, { bytesInOutput }] of Object.entries(Object.values(metafile.outputs)[0]!.inputs)) {
    const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1];
    if (name !== undefined) shares.set(name, (shares.get(name) ?? 0) + bytesInOutput);
  }
  const packages = [...shares].sort(([, a], [, b]) => b - a);
  return { entry, code: outputFiles[0]!.contents, packages };
}

const tablePlace = /(<!-- sizes -->\n)[\s\S]*?(<!-- \/sizes -->)/;

const kilobytes = (bytes: number) => (bytes / 1000).toFixed(1);

/** The kB that the table in docs/packages.md states for each entry's minified bundle. */
export function statedSizes(page: string): Record<string, number> {
  const table = tablePlace.exec(page)?.[0] ?? "";
  return Object.fromEntries(
    [...table.matchAll(/^\| `([^`]+)` \| ([\d.]+) \|/gm)].map(([, entry, size]) => [entry, Number(size)]),
  );
}

async function writeTable(): Promise<void> {
  const lines = [
    "| entry | minified, kB | gzip, kB | brotli, kB | limit, kB | most of it |",
    "| --- | --: | --: | --: | --: | --- |",
  ];
  for (const [entry, limit] of Object.entries(sizeLimits)) {
    const { code, packages } = await bundleEntry(entry);
    const sizes = [code, gzipSync(code, { level: 9 }), brotliCompressSync(code)].map((each) =>
      kilobytes(each.length),
    );
    const most = packages.slice(0, 3).map(([name, bytes]) => `${name} ${kilobytes(bytes)}`);
    lines.push(`| \`${entry}\` | ${sizes.join(" | ")} | ${limit / 1000} | ${most.join(", ") || "our own"} |`);
  }
  const page = join(root, "docs", "packages.md");
  const before = await readFile(page, "utf8");
  const after = before.replace(tablePlace, (_all, start, end) => `${start}\n${lines.join("\n")}\n\n${end}`);
  await writeFile(page, after);
  console.log(lines.join("\n"));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeTable();
