/** A program that is killed for real while it stores a record, again and again, until one run ends. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import type { JsonRpcProvider } from "ethers";
import { hex } from "../../src/core/bytes.ts";
import { IndexLedger, type Side } from "../../src/ledger/index.ts";
import { sharedPositions } from "../../src/record/index.ts";
import { enrolPatient, issue, rights, sample, sides, surroundings, theRequester } from "../world.ts";
import { folderStore, type Setup } from "./stoppedProgram.ts";

const program = fileURLToPath(new URL("stoppedProgram.ts", import.meta.url));

/** Runs the program; the signal that ended it, or null. */
async function run(setup: string, point: number): Promise<NodeJS.Signals | null> {
  const child = spawn(process.execPath, ["--conditions=diptych-source", program, setup, String(point)], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  expect(code === 0 || signal === "SIGKILL", said).to.equal(true);
  return signal;
}

describe("roles: a program that is killed", function () {
  this.timeout(120_000);

  it("each run gets a little further; in the end all is stored once and paid once", async () => {
    const folder = await mkdtemp(join(tmpdir(), "diptych-"));
    try {
      const keyStore = folderStore(join(folder, "keys"));
      const { patient } = await enrolPatient({ keyStore });
      const emrId = await issue(patient);
      const { chains, authority, gateway } = await surroundings();
      const withUrl = (side: Side) => {
        const { provider, ...addresses } = chains[side];
        return { ...addresses, url: (provider as JsonRpcProvider)._getConnection().url };
      };
      const shared = sharedPositions(sample());
      const setup: Setup = {
        folder: join(folder, "keys"),
        chains: { storage: withUrl("storage"), shared: withUrl("shared") },
        ...{ authority, gateway, emrId: hex(emrId), shared, rights },
      };
      const file = join(folder, "setup.json");
      await writeFile(file, JSON.stringify(setup));
      const sent = () =>
        Promise.all(
          sides.map(async (side) => chains[side].provider.getTransactionCount(await patient.address(side))),
        );
      const before = await sent();
      let kills = 0;
      // Deeper each time, since a run that notes nothing before it dies leaves nothing to go on with.
      for (let point = 5; (await run(file, point)) === "SIGKILL"; point += 3) kills++;
      expect(kills).to.be.greaterThan(1);
      const after = await sent();
      expect(after.map((count, i) => count - before[i]!)).to.deep.equal([1, 1]);
      const { ledgerRecordIds } = await patient.show(emrId);
      for (const side of sides)
        expect(await new IndexLedger(chains[side]).record(ledgerRecordIds[side])).to.include({
          version: 1,
          closed: false,
        });
      const left = await readdir(setup.folder);
      expect(left.filter((name) => /draft|begun|accepted|new$/.test(name))).to.deep.equal([]);
      const requester = await theRequester("role:doctor");
      const { decided } = await requester.request("storage", ledgerRecordIds.storage);
      const opened = await requester.openGranted("storage", decided);
      expect(opened.extraction.parts).to.have.length(9);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
