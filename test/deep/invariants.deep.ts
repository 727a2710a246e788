/**
 * The invariants of the contracts over a million calls, and proof that each can fail: with a ledger broken on purpose its
 * test must fail, by name.
 */
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";

const root = join(import.meta.dirname, "..", "..");
const hardhat = join(root, "node_modules", "hardhat", "dist", "src", "cli.js");

/** Runs the Solidity tests of the project in `directory`; what they printed, and whether all passed. */
function runSolidityTests(directory: string, calls: number): Promise<{ passed: boolean; output: string }> {
  const args = [hardhat, "test", "solidity", "test/contracts/invariants/Ledger.t.sol"];
  const env = { ...process.env, DIPTYCH_INVARIANT_CALLS: String(calls), FORCE_COLOR: "0" };
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: directory, env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
      resolve({ passed: error === null, output: stdout + stderr }),
    );
  });
}

interface Break {
  invariant: string;
  what: string;
  file: string;
  from: string;
  to: string;
}

const breaks: Break[] = [
  {
    invariant: "invariant_recordsAreTheirOwners",
    what: "a block changes the epoch's end too",
    file: "IndexRecords.sol",
    from: "_blocked[ledgerRecordId][account] = blocked;",
    to: "_blocked[ledgerRecordId][account] = blocked; _records[ledgerRecordId].phase = Phase.Closed;",
  },
  {
    invariant: "invariant_nothingForbiddenHappened",
    what: "whoever isn't the owner may act",
    file: "RecordStore.sol",
    from: "if (found.owner != account) revert IndexLedgerNotOwner(ledgerRecordId, account);",
    to: "account;",
  },
  {
    invariant: "invariant_nothingForbiddenHappened",
    what: "a pause stops the revocation of grants",
    file: "IndexLedger.sol",
    from: "function revokeGrant(bytes32 requestId) external {",
    to: "function revokeGrant(bytes32 requestId) external whenNotPaused {",
  },
  {
    invariant: "invariant_nothingForbiddenHappened",
    what: "deadlines don't count",
    file: "Mandates.sol",
    from: "if (block.timestamp > mandate.deadline) revert IndexLedgerDeadlinePassed(mandate.deadline);",
    to: "",
  },
  {
    invariant: "invariant_nothingForbiddenHappened",
    what: "purposes don't count",
    file: "IndexLedger.sol",
    from: "if (!PolicyProgram.allows(parts.purposes, purpose)) return Decision.PurposeNotAllowed;",
    to: "",
  },
  ...(
    [
      ["expiry", "if (expiry <= block.timestamp) return Status.Expired;"],
      ["revocation", "if (expiry == 0) return Status.Revoked;"],
      ["the epoch", "if (grant.epoch != found.epoch) return Status.EpochEnded;"],
      ["a close", "if (decision == Decision.Closed) return Status.Closed;"],
      ["a block", "if (decision == Decision.Blocked) return Status.Blocked;"],
      ["its attributes", "if (decision == Decision.PolicyNotSatisfied) return Status.PolicyNotSatisfied;"],
    ] as const
  ).map(([what, from]) => ({
    invariant: "invariant_grantsLiveAsLongAsTheyShould",
    what: `a grant outlives ${what}`,
    file: "IndexLedger.sol",
    from,
    to: "",
  })),
  {
    invariant: "invariant_denialsLeaveNothing",
    what: "a denial is kept like a grant",
    file: "IndexLedger.sol",
    from: "    if (granted) {\n",
    to: "    {\n",
  },
  {
    invariant: "invariant_expiredAttributesCountForNothing",
    what: "an attribute never expires",
    file: "AttributeRegistry.sol",
    from: "if (attestations[leaf].expiry > block.timestamp) bitmap |= bit;",
    to: "if (attestations[leaf].expiry != 0) bitmap |= bit;",
  },
  {
    invariant: "invariant_noncesCountRelayedActs",
    what: "a nonce is used again",
    file: "Mandates.sol",
    from: "_owners[owner].nonce = next + 1;",
    to: "",
  },
  {
    invariant: "invariant_listsAreComplete",
    what: "a record that changes hands stays linked with its neighbours",
    file: "RecordStore.sol",
    from: "if (previous != 0) _records[_recordIdOf(previous)].next = next;",
    to: "",
  },
  {
    invariant: "invariant_listsAreComplete",
    what: "a record that changes hands is still counted",
    file: "RecordStore.sol",
    from: "    --list.count;\n",
    to: "",
  },
];

describe("Invariants of the contracts", function () {
  this.timeout(3_600_000);

  it("hold over a million calls", async () => {
    const { passed, output } = await runSolidityTests(root, 1_000_000);
    expect(passed, output).to.equal(true);
    expect(output.match(/✔ invariant_/g)).to.have.length(7);
  });

  describe("can fail", () => {
    const copy = join(root, "cache", "invariants");
    const write = (file: string, text: string) => writeFileSync(join(copy, "contracts", file), text);

    before(() => {
      rmSync(copy, { recursive: true, force: true });
      mkdirSync(join(copy, "test", "contracts"), { recursive: true });
      for (const part of [
        "contracts",
        "test/contracts/invariants",
        "scripts",
        "src",
        "package.json",
        "hardhat.config.ts",
      ])
        cpSync(join(root, part), join(copy, part), { recursive: true });
      symlinkSync(join(root, "node_modules"), join(copy, "node_modules"), "dir");
    });

    after(() => rmSync(copy, { recursive: true, force: true }));

    for (const { invariant, what, file, from, to } of breaks)
      it(`${invariant}, when ${what}`, async () => {
        const sound = readFileSync(join(root, "contracts", file), "utf8");
        expect(sound.split(from), "the place to break").to.have.length(2);
        try {
          write(
            file,
            sound.replace(from, () => to),
          );
          const { passed, output } = await runSolidityTests(copy, 20_000);
          expect(passed).to.equal(false);
          expect(output).to.match(new RegExp(`\\d\\) ${invariant}\\(\\)`));
        } finally {
          write(file, sound);
        }
      });
  });
});
