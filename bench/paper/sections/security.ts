/** Section 6.1: the paper's four claims of security, each with the attack tests that bear on it. */
import { existsSync, readFileSync } from "node:fs";
import type { Row } from "../../report.ts";
import type { Outcome, Section } from "../section.ts";

const root = new URL("../../../", import.meta.url);

/** Files in test/attacks, by claim; what each attacks is its first sentence or first title. */
const claims: readonly { claim: string; files: readonly string[] }[] = [
  {
    claim: "privacy of the private part",
    files: ["f03-salts", "f08-what-the-cloud-sees", "f13-one-identity", "f04-whose-record"],
  },
  {
    claim: "secure storage in the cloud",
    files: ["f07-keys-in-the-cloud", "f09-kept-keys", "f10-old-states", "f12-bearer-token"],
  },
  {
    claim: "authenticity of the extraction",
    files: ["f01-raw-rsa", "f02-authority-keys", "f04-whose-record", "f05-access-structure"],
  },
  {
    claim: "access control and sharing",
    files: [
      "f06-secret-in-contract",
      "f07-keys-in-the-cloud",
      "f09-kept-keys",
      "f11-replay",
      "f14-borrowed-indexes",
      "f15-unchecked-keys",
      "gates-borrowed-shares",
      "gates-league",
      "gates-proofs",
      "gates-requests",
    ],
  },
];

/** How often tests are said in a file of tests: `it(` at the start of a line. */
function testsIn(source: string): number {
  return [...source.matchAll(/^\s*it\(/gm)].length;
}

function titleOf(source: string): string {
  return /describe\(\s*"([^"]+)"/.exec(source)?.[1] ?? "";
}

async function measure(): Promise<Outcome> {
  const rows: Row[] = [];
  for (const { claim, files } of claims)
    for (const file of files) {
      const path = `test/attacks/${file}.test.ts`;
      const url = new URL(path, root);
      if (!existsSync(url)) throw new Error(`${path} is gone: the claims of section 6.1 need another test.`);
      const source = readFileSync(url, "utf8");
      rows.push({ claim, attack: titleOf(source), tests: testsIn(source), file: path });
    }
  const unproven = claims.filter(
    ({ claim }) => !rows.some((row) => row.claim === claim && Number(row.tests) > 0),
  );
  const figures = {
    claimsWithAttacks: {
      value: claims.length - unproven.length,
      unit: "claims",
      better: "higher" as const,
    },
  };
  return { rows, figures, pictures: [] };
}

export const security: Section = { name: "security", measure };
