// The task `hardhat check-deployment [--network storage|shared] [--json]`.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { BrowserProvider } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { DiptychError } from "../src/core/errors.ts";
import { buildContracts, type Deployment, type Side, sides } from "./deployment.ts";
import type { ChainParameters } from "./parameters.ts";
import { type BuiltContract, examine, type Finding } from "./soundness.ts";

/** Reads back the named network or both by deployments/<network>.json; exit status 1 when something is wrong, 2 for bad usage. */
export default async function checkDeployments(
  task: { json: boolean },
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  const named = hre.globalOptions.network;
  const chosen = sides.filter((side) => named === undefined || side === named);
  const found: Partial<Record<Side, Finding[]>> = {};
  try {
    if (chosen.length === 0)
      throw new DiptychError("usage", `--network must be one of ${sides.join(", ")}; got ${named}`);
    await buildContracts(hre);
    for (const side of chosen) found[side] = await check(side, hre);
  } catch (error) {
    if (!(error instanceof DiptychError)) throw error;
    console.error(`check-deployment: ${error.message}`);
    process.exitCode = 2;
    return;
  }
  const problems = Object.values(found)
    .flat()
    .filter(({ level }) => level === "problem");
  if (task.json) console.log(JSON.stringify({ sound: problems.length === 0, findings: found }, null, 2));
  else for (const [side, findings] of Object.entries(found)) tell(side, findings);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

function tell(side: string, findings: readonly Finding[]): void {
  const problems = findings.filter(({ level }) => level === "problem").length;
  console.log(`${side}: ${problems === 0 ? "sound" : `${problems} problem(s)`}`);
  for (const { level, about, says } of findings)
    console.log(`  ${level.padEnd(7)} ${about.padEnd(7)} ${says}`);
}

async function check(side: Side, hre: HardhatRuntimeEnvironment): Promise<Finding[]> {
  const file = join(hre.config.paths.root, "deployments", `${side}.json`);
  if (!existsSync(file))
    throw new DiptychError("usage", `there is no ${file}: deploy first, or copy it from who did`);
  const { parameters, ...deployment } = JSON.parse(await readFile(file, "utf8")) as Deployment & {
    parameters: ChainParameters;
  };
  const connection = await hre.network.create(side);
  try {
    const provider = new BrowserProvider(connection.provider, undefined, { cacheTimeout: -1 });
    const readContract = async (name: string) =>
      (await hre.artifacts.readArtifact(name)) as unknown as BuiltContract;
    return await examine(provider, { side, deployment, parameters, readContract });
  } finally {
    await connection.close();
  }
}
