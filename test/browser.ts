/** Finds a Chromium for this machine and starts it, for tests that need a real page. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const applications = ["Google Chrome", "Chromium"].map(
  (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
);
const switches = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-sync",
  "--no-first-run",
];

/** The path of a Chromium or Chrome: `DIPTYCH_CHROMIUM`, else one where they are usually installed. */
function findInstalled(): string | undefined {
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
 * The Chromium that an npm package brings along, unpacked to the system's folder for temporary files; for Linux on x64 only. Its
 * makers' switches are left out: some of them weaken what the page is held to.
 */
async function unpack(): Promise<string | undefined> {
  if (process.platform !== "linux" || process.arch !== "x64") return undefined;
  const { default: packed } = await import("@sparticuz/chromium");
  return packed.executablePath();
}

/** A running browser, to be closed by the caller, or why there is none. */
export async function openBrowser(): Promise<Browser | string> {
  const installed = findInstalled();
  if (installed !== undefined) return chromium.launch({ executablePath: installed, args: switches });
  try {
    const executablePath = await unpack();
    if (executablePath !== undefined)
      return await chromium.launch({ executablePath, args: [...switches, "--no-zygote"] });
  } catch (error) {
    return `No Chromium or Chrome found, and the one that npm brings doesn't start: install one, or set DIPTYCH_CHROMIUM to its path. (${String(error).split("\n", 1)[0]})`;
  }
  return "No Chromium or Chrome found: install one, or set DIPTYCH_CHROMIUM to its path.";
}

/**
 * A running browser, to be closed by the caller. Skips the tests of `context` when the machine has none, saying so; fails
 * instead when `DIPTYCH_BROWSER` is `required`.
 */
export async function launchBrowser(context: Mocha.Context): Promise<Browser> {
  const browser = await openBrowser();
  if (typeof browser !== "string") return browser;
  if (process.env.DIPTYCH_BROWSER === "required") throw new Error(browser);
  console.warn(`    skipped: ${browser}`);
  return context.skip();
}
