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
  });
  const { record, chains, steps, parties, after } = report as Record<string, Fields>;
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
