/** What users of the SDK run in a page must not need Node. */
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { build } from "esbuild";

/**
 * @hpke/common asks for Node's crypto where the page has none: in a try, at run time, and so never in a browser of today. It is
 * the one import that a bundle may keep.
 */
const tolerated = ["dynamic-import of crypto in @hpke/common"];

/** A bundle for a page; what it would still import goes to `found`. A static import of Node's makes it fail. */
async function bundle(source: string, found: string[] = []): Promise<string> {
  const result = await build({
    stdin: {
      contents: source,
      resolveDir: fileURLToPath(new URL("../../src", import.meta.url)),
      loader: "ts",
    },
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2023",
    conditions: ["diptych-source"],
    metafile: true,
    logLevel: "silent",
  });
  for (const [file, { imports }] of Object.entries(result.metafile.inputs))
    for (const { external, kind, path } of imports) {
      const owner = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? file;
      const what = `${kind} of ${path} in ${owner}`;
      if (external === true && !tolerated.includes(what)) found.push(what);
    }
  return result.outputFiles[0]!.text;
}

describe("package: in a browser", () => {
  const folders = ["core", "policy", "abe", "ces", "seal", "record", "cloud", "ledger", "services", "roles"];
  for (const entry of [...folders.map((folder) => `./${folder}/index.ts`), "./index.ts"])
    it(`src/${entry.slice(2)} bundles with nothing of Node's`, async () => {
      const found: string[] = [];
      await bundle(`export * from "${entry}";`, found);
      expect(found).to.deep.equal([]);
    });

  it("this would notice a server, or the block store on disk", async () => {
    for (const entry of ["./services/gateServer.ts", "./cloud/embedded.ts"]) {
      const found: string[] = [];
      await bundle(`export * from "${entry}";`, found).catch((error: Error) => found.push(error.message));
      expect(found).not.to.deep.equal([]);
    }
  });

  it("a patient's and a requester's first steps run where Node's globals are hidden", async () => {
    const code = await bundle(`
      import { memoryKeyStore, Patient, Requester, splitRecord, sampleRecord } from "./index.ts";
      import { Wallet } from "ethers";
      export const outcome = async (chains) => {
        const at = { chains, authority: "http://127.0.0.1:9", gateway: "http://127.0.0.1:9" };
        const patient = await Patient.open({ ...at, keyStore: memoryKeyStore() });
        const account = Wallet.createRandom();
        const requester = await Requester.open({ ...at, keyStore: memoryKeyStore(), account });
        const parts = splitRecord(new TextEncoder().encode(sampleRecord)).parts.length;
        return [await patient.address("storage"), patient.invite(), requester.address === account.address, parts];
      };`);
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
