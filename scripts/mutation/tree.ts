import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";

/** What the contract tests need. */
const parts = [
  "contracts",
  "test/contracts",
  "test/expectCode.ts",
  "test/policy",
  "src",
  "scripts",
  "ignition/modules",
  "hardhat.config.ts",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
];

/**
 * Copies the project as it stands, or as it stood at a commit, into `to`, made anew: edits made meanwhile don't reach it,
 * nor its changes us.
 */
export function copyTree(root: string, to: string, commit?: string): void {
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  if (commit === undefined) {
    for (const part of parts) cpSync(join(root, part), join(to, part), { recursive: true });
  } else {
    const archive = execFileSync("git", ["archive", commit, "--", ...parts], {
      cwd: root,
      maxBuffer: 2 ** 28,
    });
    execFileSync("tar", ["-x", "-C", to], { input: archive });
  }
  symlinkSync(join(root, "node_modules"), join(to, "node_modules"));
}
