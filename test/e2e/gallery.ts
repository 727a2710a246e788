/** Looks at screens as they come up in a story: axe's rules in light and dark, and pictures of them where they are wanted. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import type { Profile } from "./profile.ts";
import { shrinkPng } from "./smallPng.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const schemes = ["light", "dark"] as const;
const widths = [390, 1280] as const;
/** Pictures end here, in CSS pixels: the rest of a long list shows nothing new. */
const tallest = 2400;

export class Gallery {
  /** What axe found, with the screen where it was. */
  readonly violations: string[] = [];
  /** Screens that are wider than the window. */
  readonly tooWide: string[] = [];
  readonly shown: string[] = [];

  /**
   * Looks at what a profile shows now. `DIPTYCH_SCREENS` names the folder for pictures, which are of `part` alone where it is given:
   * what stands far down a long page wouldn't be in them.
   */
  async show(profile: Profile, name: string, part?: Locator): Promise<void> {
    const { page } = profile;
    const { DIPTYCH_SCREENS: folder } = process.env;
    this.shown.push(name);
    const before = page.viewportSize();
    await page.evaluate(axe);
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme });
      await page.waitForFunction(
        (scheme) => document.documentElement.dataset.mantineColorScheme === scheme,
        colorScheme,
      );
      // Taking a picture of a part brings it into sight: what goes out of it keeps the colours of before.
      if (part !== undefined) await page.evaluate(() => window.scrollTo(0, 0));
      await drawn(page);
      for (const violation of await findViolations(page))
        this.violations.push(`${name}, ${colorScheme}: ${violation}`);
      if (folder === undefined || folder === "") continue;
      mkdirSync(folder, { recursive: true });
      for (const width of widths) {
        await showAll(page, width);
        const path = join(folder, `${name}-${width}-${colorScheme}.png`);
        const picture = await (part ?? page).screenshot({ animations: "disabled", caret: "hide" });
        writeFileSync(path, shrinkPng(picture));
      }
      if (before !== null) await page.setViewportSize(before);
    }
    await page.setViewportSize({ width: 390, height: 844 });
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    if (width > 390) this.tooWide.push(`${name}: ${width} px`);
    if (before !== null) await page.setViewportSize(before);
    await page.emulateMedia({ colorScheme: null });
  }
}

/** Makes the window as high as its page; cards that come into sight may turn out higher than was guessed. */
async function showAll(page: Page, width: number): Promise<void> {
  await resize(page, width, width < 500 ? 844 : 900);
  for (let times = 0; times < 2; times++) {
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    await resize(page, width, Math.min(tallest, height));
  }
}

/** Resolves when the page is drawn at that size. */
async function resize(page: Page, width: number, height: number): Promise<void> {
  await page.setViewportSize({ width, height });
  await drawn(page);
}

async function drawn(page: Page): Promise<void> {
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50))));
}

/** What axe finds, in lines that tell where. */
async function findViolations(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
    const { violations } = await axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"],
      resultTypes: ["violations"],
    });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`),
    );
  });
}
