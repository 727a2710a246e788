/** What users of the SDK run in a page must not need Node. */
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { type BuildOptions, build, type Metafile } from "esbuild";

/**
 * @hpke/common asks for Node's crypto where the page has none: in a try, at run time, and so never in a browser of today. It is
 * the one import that a bundle may keep.
 */
const tolerated = ["dynamic-import of crypto in @hpke/common"];

const sources = fileURLToPath(new URL("../../src", import.meta.url));

const forPages = {
  absWorkingDir: sources,
  bundle: true,
  write: false,
  outdir: "out",
  format: "esm",
  platform: "browser",
  target: "es2023",
  conditions: ["diptych-source"],
  metafile: true,
  logLevel: "silent",
} as const satisfies BuildOptions;

/** What these files of a bundle would still import. */
function importsLeft({ inputs }: Metafile, files: readonly string[]): string[] {
  const found: string[] = [];
  for (const file of files)
    for (const { external, kind, path } of inputs[file]!.imports) {
      const owner = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? file;
      const what = `${kind} of ${path} in ${owner}`;
      if (external === true && !tolerated.includes(what)) found.push(what);
    }
  return found;
}

/** Bundles entries for a page, each for itself; what each would still import. A static import of Node's makes it fail. */
async function bundleEntries(entryPoints: string[]): Promise<Map<string, string[]>> {
  const { metafile } = await build({ ...forPages, entryPoints });
  return new Map(
    Object.values(metafile.outputs).map(({ entryPoint, inputs }) => [
      `./${entryPoint}`,
      importsLeft(metafile, Object.keys(inputs)),
    ]),
  );
}

describe("package: in a browser", () => {
  const folders = ["core", "policy", "abe", "ces", "seal", "record", "cloud", "ledger", "services", "roles"];
  const entries = [...folders.map((folder) => `./${folder}/index.ts`), "./index.ts"];
  let found: Map<string, string[]>;
  before(async () => {
    found = await bundleEntries(entries);
  });

  for (const entry of entries)
    it(`src/${entry.slice(2)} bundles with nothing of Node's`, () => {
      expect(found.get(entry)).to.deep.equal([]);
    });

  it("this would notice a server, or the block store on disk", async () => {
    for (const entry of ["./services/gateServer.ts", "./cloud/embedded.ts"]) {
      const left = await bundleEntries([entry]).then(
        (each) => each.get(entry),
        (error: Error) => error.message,
      );
      expect(left).not.to.equal(undefined);
      expect(left).not.to.deep.equal([]);
    }
  });

  it("a patient's and a requester's first steps run where Node's globals are hidden", async () => {
    const contents = `
      import { memoryKeyStore, Patient, Requester, splitRecord, sampleRecord } from "./index.ts";
      import { Wallet } from "ethers";
      export const outcome = async (chains) => {
        const at = { chains, authority: "http://127.0.0.1:9", gateway: "http://127.0.0.1:9" };
        const patient = await Patient.open({ ...at, keyStore: memoryKeyStore() });
        const account = Wallet.createRandom();
        const requester = await Requester.open({ ...at, keyStore: memoryKeyStore(), account });
        const parts = splitRecord(new TextEncoder().encode(sampleRecord)).parts.length;
        return [await patient.address("storage"), patient.invite(), requester.address === account.address, parts];
      };`;
    const { outputFiles } = await build({
      ...forPages,
      stdin: { contents, resolveDir: sources, loader: "ts" },
    });
    const code = outputFiles[0]!.text;
    const hidden = ["process", "Buffer", "require", "module", "exports", "global", "__dirname"];
    const body = code.replace(/export\s*\{\s*outcome\s*\};?\s*$/m, "return outcome;");
    const outcome = new Function("self", ...hidden, body)(globalThis);
    const address = `0x${"11".repeat(20)}`;
    const chain = (side: string, chainId: number) => {
      return {
        side,
        chainId,
        ledger: address,
        attributeRegistry: address,
        keyRegistry: address,
        provider: null,
      };
    };
    const [account, invitation, same, parts] = await outcome({
      storage: chain("storage", 1),
      shared: chain("shared", 2),
    });
    expect(account).to.match(/^0x[0-9a-fA-F]{40}$/);
    expect(invitation.pseudonym).to.have.length(32);
    expect([same, parts]).to.deep.equal([true, 9]);
  });
});
