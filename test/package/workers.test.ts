/** Workers of the packed package, compiled to JavaScript, in whatever Node runs the tests. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";
import { consumer } from "./consumer.ts";

describe("package: workers of diptych/abe", () => {
  it("run from an empty project, and let the process end", async function () {
    this.timeout(120_000);
    const { folder } = await consumer();
    const entry = (path: string) => pathToFileURL(join(folder, "node_modules/diptych/dist/abe", path)).href;
    const code = `
      import { decapsulate } from ${JSON.stringify(entry("index.js"))};
      import { openWorkers } from ${JSON.stringify(entry("workers.js"))};
      const workers = openWorkers({ count: 2 });
      const { publicKey, masterKey } = await workers.setup();
      const [secretKey] = await workers.keygenMany(publicKey, masterKey, [["a:1", "level = 3"], ["b:2"]]);
      const { capsule, key } = await workers.encapsulate(publicKey, "a:1 and level > 2");
      const both = [
        await workers.decapsulate(publicKey, secretKey, capsule),
        await decapsulate(publicKey, secretKey, capsule),
      ];
      const failure = await workers.encapsulate(publicKey, "a:1 and").catch((error) => error);
      await workers.close();
      console.log(both.every((each) => Buffer.compare(each, key) === 0), failure.name, failure.code);`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", code], {
      cwd: folder,
      timeout: 60_000,
    });
    expect(stdout).to.equal("true DiptychError policy-syntax\n");
  });
});
