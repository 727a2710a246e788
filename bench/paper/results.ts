/** Results of sections: written once measured, so that a run that was stopped goes on where it was, and read for page and checks. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Resvg } from "@resvg/resvg-js";
import { fingerprint } from "../../scripts/built.ts";
import { describeMachine, draw, type Figure, formatCsv, type Row, readCommit } from "../report.ts";
import type { Form, Outcome } from "./section.ts";

export type Result = {
  name: string;
  command: string;
  form: Form;
  commit: string;
  /** Fingerprint of everything that was measured and that measured. */
  sources: string;
  machine: Record<string, string | number>;
  /** Hosts of the chains' nodes, or "simulated". */
  networks: { storage: string; shared: string };
  seconds: number;
  rows: Row[];
  figures: Record<string, Figure>;
  pictures: { name: string; title: string }[];
};

/** Where the committed results lie. */
export const resultsFolder = join("bench", "results", "paper");

/** What results are of: with other sources they are other results. */
export function sourcesNow(): string {
  return fingerprint({
    stamp: "",
    folders: ["src", "contracts", "bench/baselines", "bench/paper/sections"],
    files: [
      "package-lock.json",
      "hardhat.config.ts",
      ...["acts", "bed", "load", "network", "requests", "traffic", "workload"].map(
        (name) => `bench/paper/${name}.ts`,
      ),
    ],
  });
}

export function readResult(folder: string, name: string): Result | undefined {
  const file = join(folder, `${name}.json`);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Result) : undefined;
}

/** Whether a section needn't be measured again: this form of it was, from these sources. */
export function isMeasured(result: Result | undefined, form: Form, sources: string): boolean {
  return result !== undefined && result.form === form && result.sources === sources;
}

/** Writes NAME.json, NAME.csv and each picture as SVG and PNG. */
export async function writeResult(
  folder: string,
  name: string,
  { rows, figures, pictures }: Outcome,
  run: { command: string; form: Form; seconds: number; sources: string },
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const picture of pictures) {
    const svg = await draw({ ...look, title: picture.title, ...picture.spec }, rows);
    writeFileSync(join(folder, `${name}-${picture.name}.svg`), svg);
    const png = new Resvg(svg, { background: "white", fitTo: { mode: "zoom", value: 2 } }).render().asPng();
    writeFileSync(join(folder, `${name}-${picture.name}.png`), png);
  }
  // Paths and user names of node URLs are often keys.
  const url = (side: string) => {
    const named = process.env[`DIPTYCH_${side}_URL`];
    return named ? new URL(named).host : "simulated";
  };
  const result: Result = {
    name,
    command: run.command,
    form: run.form,
    commit: readCommit(),
    sources: run.sources,
    machine: describeMachine(),
    networks: { storage: url("STORAGE"), shared: url("SHARED") },
    seconds: run.seconds,
    rows,
    figures,
    pictures: pictures.map((picture) => ({ name: picture.name, title: picture.title })),
  };
  writeFileSync(join(folder, `${name}.csv`), formatCsv(rows));
  // Last: what it stands beside is complete then.
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(result, null, 2)}\n`);
}

/** All pictures look alike; colours that also the colour-blind tell apart. */
const look = {
  background: "white",
  config: {
    font: "DejaVu Sans, Arial, sans-serif",
    range: {
      category: ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#999999", "#d55e00", "#000000"],
    },
  },
};
