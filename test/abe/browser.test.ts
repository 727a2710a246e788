import { expect } from "chai";
import { build } from "esbuild";

describe("abe: in browsers", () => {
  for (const folder of ["policy", "abe"])
    it(`${folder} bundles for a browser with nothing of Node's`, async () => {
      const result = await build({
        entryPoints: [new URL(`../../src/${folder}/index.ts`, import.meta.url).pathname],
        bundle: true,
        write: false,
        format: "esm",
        platform: "browser",
        target: "es2023",
        conditions: ["diptych-source"],
        metafile: true,
        logLevel: "silent",
      });
      expect(result.warnings).to.deep.equal([]);
      const code = result.outputFiles[0]!.text;
      const imports = Object.values(result.metafile.outputs).flatMap((output) => output.imports);
      expect(imports).to.deep.equal([]);
      expect(code).to.not.match(/require\(["'](node:)?(fs|crypto|path|util|module)["']\)/);
    });

  it("a bundle opens a capsule without Node's globals", async () => {
    const result = await build({
      stdin: {
        contents: `
          import { setup, keygen, encapsulate, decapsulate } from "./index.ts";
          globalThis.outcome = (async () => {
            const { publicKey, masterKey } = await setup();
            const secretKey = await keygen(publicKey, masterKey, ["a:1"]);
            const { capsule, key } = await encapsulate(publicKey, "a:1", new Uint8Array());
            return [key, await decapsulate(publicKey, secretKey, capsule, new Uint8Array())];
          })();`,
        resolveDir: new URL("../../src/abe", import.meta.url).pathname,
        loader: "ts",
      },
      bundle: true,
      write: false,
      format: "iife",
      platform: "browser",
      conditions: ["diptych-source"],
    });
    // Names that only Node has are hidden from the bundle.
    const hidden = ["process", "Buffer", "require", "module", "exports", "global", "__dirname"];
    const page: { crypto: typeof crypto; outcome?: Promise<Uint8Array[]> } = { crypto };
    new Function("globalThis", ...hidden, result.outputFiles[0]!.text)(page);
    const [key, opened] = await page.outcome!;
    expect(opened).to.have.length(32).and.deep.equal(key);
  });
});
