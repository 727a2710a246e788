/** Finds a Chromium on this machine and starts it, for tests that need a real page. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const applications = ["Google Chrome", "Chromium"].map(
  (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
);

/** The path of a Chromium or Chrome: `DIPTYCH_CHROMIUM`, else one where they are usually installed. */
export function findBrowser(): string | undefined {
  const { DIPTYCH_CHROMIUM: told, PATH = "" } = process.env;
  if (told !== undefined && told !== "") return told;
  const folders = ["/usr/bin", ...PATH.split(delimiter).filter((folder) => folder !== "")];
  const candidates = [
    ...folders.flatMap((folder) => names.map((name) => join(folder, name))),
    ...applications,
  ];
  return candidates.find((path) => existsSync(path));
}

/**
 * A running browser, to be closed by the caller. Skips the tests of `context` when the machine has none, saying so; fails
 * instead when `DIPTYCH_BROWSER` is `required`.
 */
export async function launchBrowser(context: Mocha.Context): Promise<Browser> {
  const executablePath = findBrowser();
  if (executablePath === undefined) {
    const message = "No Chromium or Chrome found: install one, or set DIPTYCH_CHROMIUM to its path.";
    if (process.env.DIPTYCH_BROWSER === "required") throw new Error(message);
    console.warn(`    skipped: ${message}`);
    context.skip();
  }
  return chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-sync",
      "--no-first-run",
    ],
  });
}
