// Writes the ABIs of the compiled contracts as TypeScript, so that they can be imported anywhere with their types.
// `npx hardhat build` first, then `node scripts/abi.ts`; a test tells when they are out of date.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const root = new URL("../", import.meta.url);

const sources: { file: string; source?: string; constant: string; contract: string; says: string }[] = [
  {
    file: "indexLedger",
    constant: "indexLedgerAbi",
    contract: "StorageLedger",
    says: "the index ledgers of both chains (StorageLedger and SharedLedger have one ABI)",
  },
  {
    file: "attributeRegistry",
    constant: "attributeRegistryAbi",
    contract: "AttributeRegistry",
    says: "the attribute registry",
  },
  { file: "keyRegistry", constant: "keyRegistryAbi", contract: "KeyRegistry", says: "the key registry" },
  {
    file: "timelock",
    source: "Governance",
    constant: "timelockAbi",
    contract: "ConsortiumTimelock",
    says: "the timelock that administers a chain's contracts",
  },
];

/** The ABI files as they should be by what was compiled last: address of each, and its text. */
export async function renderAbiFiles(): Promise<{ url: URL; text: string }[]> {
  const files: { url: URL; text: string }[] = [];
  for (const { file, source, constant, contract, says } of sources) {
    const artifact = new URL(`artifacts/contracts/${source ?? contract}.sol/${contract}.json`, root);
    const { abi } = JSON.parse(await readFile(artifact, "utf8")) as { abi: { type: string }[] };
    const entries = abi
      .filter((entry) => entry.type !== "constructor")
      .map((entry) => `  ${JSON.stringify(entry)},\n`)
      .join("");
    files.push({
      url: new URL(`src/ledger/abi/${file}.ts`, root),
      text: `// Made by scripts/abi.ts from the compiled contract: don't edit.\n/** The ABI of ${says}. */\nexport const ${constant} = [\n${entries}] as const;\n`,
    });
  }
  return files;
}

/** The file that gives all of them at once. */
function renderBarrel(): { url: URL; text: string } {
  const barrel = sources
    .map(({ file, constant }) => `export { ${constant} } from "./${file}.ts";\n`)
    .join("");
  const text = `// Made by scripts/abi.ts: don't edit.\n/**\n * The ABIs of the contracts, without a client: for viem, wagmi, ethers, or whatever reads an ABI typed \`as const\`.\n *\n * @module\n */\n${barrel}`;
  return { url: new URL("src/ledger/abi/index.ts", root), text };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { url, text } of [...(await renderAbiFiles()), renderBarrel()]) {
    await mkdir(new URL("./", url), { recursive: true });
    await writeFile(url, text);
  }
}
