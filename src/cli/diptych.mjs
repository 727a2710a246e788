#!/usr/bin/env node
// The command `diptych`. In a clone the sources run as they stand, in the package what was built from them. Plain
// JavaScript of Node 18, so that an old Node gets a sentence instead of a syntax error.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const sources = new URL("./main.ts", import.meta.url);
const inClone = existsSync(fileURLToPath(sources));
const [major, minor] = process.versions.node.split(".").map(Number);
const ready = inClone ? major >= 24 : major > 20 || (major === 20 && minor >= 19);
if (ready) await import(inClone ? sources.href : new URL("../../dist/cli/main.js", import.meta.url).href);
else {
  const needed = inClone ? "24" : "20.19";
  console.error(
    `diptych: Node ${process.version} is older than ${needed}: run it as \`npx -p node@24 -p diptych diptych\`, or install Node 24. [usage]`,
  );
  process.exitCode = 2;
}
