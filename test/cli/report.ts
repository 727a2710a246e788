/** The shape of the report of the main job, as docs/demo-report.md has it: every field, and no other. */
import { expect } from "chai";

type Fields = Record<string, unknown>;

const isWhole = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
const isHex = (bytes: number) => (value: unknown) =>
  new RegExp(`^0x[0-9a-fA-F]{${2 * bytes}}$`).test(String(value));
const isOneOf =
  (...choices: unknown[]) =>
  (value: unknown) =>
    choices.includes(value);
const isText = (value: unknown) => typeof value === "string" && value.length > 0;

/** Demands exactly these fields; those in `optional` may be missing. */
function checkFields(
  value: unknown,
  shape: Record<string, (value: unknown) => boolean>,
  optional: string[] = [],
) {
  expect(value).to.be.an("object");
  const fields = value as Fields;
  const known = Object.keys(shape);
  expect(Object.keys(fields).filter((each) => !known.includes(each))).to.deep.equal([]);
  for (const [name, holds] of Object.entries(shape)) {
    if (optional.includes(name) && !Object.hasOwn(fields, name)) continue;
    expect(holds(fields[name]), `${name}: ${JSON.stringify(fields[name])}`).to.equal(true);
  }
}

export const partyNames = ["patient", "privileged", "general", "general-on-storage", "stranger", "expired"];

export type Party = { name: string; decision: string; reason?: string; parts: number[]; verified: boolean };
export type Report = {
  ok: boolean;
  record: { schema: string; parts: { index: number; label: string; side: string; bytes: number }[] };
  steps: { step: string; name: string; skipped?: true }[];
  parties: Party[];
  after: Party[];
  purposes: { purpose: string; decision: string; transaction: string; explanation: string }[];
};

export function checkReport(report: unknown): asserts report is Report {
  const anything = () => true;
  checkFields(report, {
    ok: isOneOf(true),
    record: anything,
    chains: anything,
    steps: Array.isArray,
    parties: Array.isArray,
    after: Array.isArray,
    purposes: Array.isArray,
  });
  const { record, chains, steps, parties, after, purposes } = report as Record<string, Fields>;
  checkFields(record, { schema: isOneOf("emr9", "fhir-r4"), parts: Array.isArray });
  for (const [i, part] of (record!.parts as unknown[]).entries())
    checkFields(part, {
      index: isOneOf(i + 1),
      label: isText,
      side: isOneOf("private", "shared"),
      bytes: isWhole,
    });
  checkFields(chains, { storage: anything, shared: anything });
  checkFields(chains!.storage, { chainId: isOneOf(31338), contract: isHex(20) });
  checkFields(chains!.shared, { chainId: isOneOf(31339), contract: isHex(20) });
  expect((chains!.storage as Fields).contract).not.to.equal((chains!.shared as Fields).contract);
  for (const step of steps as unknown as Fields[])
    checkFields(
      step,
      {
        step: (value) => /^5\.[123](\.[1-5])?$/.test(String(value)),
        name: isText,
        ms: isWhole,
        gas: isWhole,
        bytes: isWhole,
        skipped: isOneOf(true),
      },
      ["gas", "bytes", "skipped"],
    );
  for (const list of [parties, after] as unknown as Party[][]) {
    expect(list.map((party) => party.name)).to.deep.equal(partyNames);
    for (const party of list) checkParty(party);
  }
  checkPurposes(purposes as unknown as Report["purposes"], (parties as unknown as Fields[])[2]!);
}

function checkPurposes(asked: Report["purposes"], general: { transaction?: unknown }): void {
  expect(asked.map(({ purpose, decision }) => [purpose, decision])).to.deep.equal([
    ["HMARKT", "denied"],
    ["HRESCH", "granted"],
  ]);
  for (const each of asked) {
    const shape = { purpose: isText, decision: isText, transaction: isHex(32), explanation: isText };
    checkFields(each, { ...shape, reason: isOneOf("purpose-not-allowed") }, ["reason"]);
    expect(Object.hasOwn(each, "reason")).to.equal(each.decision === "denied");
  }
  const [refused, granted] = asked;
  expect(refused!.explanation).to.contain("The record may not be asked for this purpose.");
  expect(refused!.explanation).to.contain("TREAT").and.contain("HRESCH").and.contain("role:researcher");
  expect(granted!.explanation).to.contain("A request would be granted.");
  expect(granted!.transaction).to.equal(general.transaction);
  expect(refused!.transaction).not.to.equal(granted!.transaction);
}

function checkParty(party: Party): void {
  const shape = {
    name: isText,
    ledger: isOneOf("storage", "shared"),
    attributes: (value: unknown) => Array.isArray(value) && value.every(isText),
    decision: isOneOf("owner", "granted", "denied"),
    reason: isOneOf("closed", "blocked", "policy-not-satisfied"),
    transaction: isHex(32),
    parts: (value: unknown) => Array.isArray(value) && value.every((each, i) => each > (value[i - 1] ?? 0)),
    verified: (value: unknown) => typeof value === "boolean",
  };
  checkFields(party, shape, ["reason"]);
  expect(party.reason !== undefined).to.equal(party.decision === "denied");
  expect(party.decision === "owner").to.equal(party.name === "patient");
  expect(party.verified).to.equal(party.decision !== "denied");
  expect(party.parts.length > 0).to.equal(party.decision !== "denied");
}
