import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { artifacts } from "hardhat";
import { renderAbiFiles } from "../../scripts/abi.ts";

describe("ABIs", () => {
  it("that are committed equal those that were compiled", async () => {
    const files = await renderAbiFiles();
    expect(files).to.have.length(4);
    for (const { url, text } of files)
      expect(await readFile(url, "utf8"), `${url.pathname} is out of date: run node scripts/abi.ts`).to.equal(
        text,
      );
  });

  it("of both ledgers are one", async () => {
    const [storage, shared] = await Promise.all(
      ["StorageLedger", "SharedLedger"].map((name) => artifacts.readArtifact(name)),
    );
    expect(storage?.abi).to.deep.equal(shared?.abi);
  });

  it("name every error that the libraries can raise", async () => {
    const { abi } = await artifacts.readArtifact("StorageLedger");
    const errors = abi.filter((entry) => entry.type === "error").map((entry) => entry.name);
    expect(errors).to.include.members([
      "PolicyProgramMalformed",
      "CodeBlobNotWritten",
      "IndexLedgerNonceMismatch",
    ]);
  });

  it("come from bytecode for the old level of the machine, below the size limit", async () => {
    for (const name of [
      "StorageLedger",
      "SharedLedger",
      "AttributeRegistry",
      "KeyRegistry",
      "ConsortiumTimelock",
    ]) {
      const { deployedBytecode, buildInfoId } = await artifacts.readArtifact(name);
      expect((deployedBytecode.length - 2) / 2, name).to.be.within(1, 24_576);
      const path = await artifacts.getBuildInfoPath(buildInfoId!);
      const { input } = JSON.parse(await readFile(path!, "utf8"));
      expect(input.settings.evmVersion, name).to.equal("paris");
    }
  });
});
