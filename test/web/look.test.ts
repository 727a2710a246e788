/**
 * The building blocks of the page in a real browser: built as the page is, served under its Content-Security-Policy, at
 * two widths, light and dark. `DIPTYCH_SCREENS=DIR` keeps the pictures.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import type { Browser, Page } from "playwright-core";
import { build } from "vite";
import { launchBrowser } from "../browser.ts";

const root = fileURLToPath(new URL("../../web", import.meta.url));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const policy =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'";
const kinds: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".png": "image/png",
};

function serve(folder: string): Promise<Server> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    try {
      const body = readFileSync(join(folder, normalize(pathname)));
      const kind = kinds[extname(pathname)] ?? "application/octet-stream";
      response.writeHead(200, { "content-type": kind, "content-security-policy": policy }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

/** Makes the viewport as high as the page; cards that come into sight may turn out higher than was guessed. */
async function showAll(page: Page, width: number): Promise<void> {
  for (let height = 0; ; ) {
    const needed = await page.evaluate(() => document.documentElement.scrollHeight);
    if (needed <= height) return;
    height = needed;
    await page.setViewportSize({ width, height });
    await page.evaluate(
      () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
    );
  }
}

/** What axe finds, in lines that tell where. */
async function findViolations(page: Page, within = "html"): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async (selector) => {
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
    const { violations } = await axe.run(selector, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`),
    );
  }, within);
}

describe("the page's building blocks", function () {
  this.timeout(120_000);
  let browser: Browser;
  let server: Server;
  let folder: string;
  let complaints: string[];

  before(async function () {
    browser = await launchBrowser(this);
    folder = mkdtempSync(join(tmpdir(), "diptych-gallery-"));
    await build({
      root,
      logLevel: "warn",
      build: { outDir: folder, emptyOutDir: true, rolldownOptions: { input: join(root, "gallery.html") } },
    });
    server = await serve(folder);
  });

  after(async () => {
    await browser?.close();
    server?.closeAllConnections();
    await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  async function open(width: number, colorScheme: "light" | "dark"): Promise<Page> {
    const context = await browser.newContext({
      viewport: { width, height: width < 500 ? 844 : 900 },
      colorScheme,
      reducedMotion: "reduce",
      bypassCSP: false,
      locale: "en-GB",
    });
    const page = await context.newPage();
    complaints = [];
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("dialog", (dialog) => complaints.push(`a dialog: ${dialog.message()}`));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/gallery.html`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    return page;
  }

  for (const width of [390, 1280])
    for (const scheme of ["light", "dark"] as const)
      it(`shows all of them at ${width} px, ${scheme}: nothing refused, nothing wider than the page, no violation of axe's rules`, async () => {
        const page = await open(width, scheme);
        const { DIPTYCH_SCREENS: screens } = process.env;
        if (screens) {
          mkdirSync(screens, { recursive: true });
          await page.screenshot({ path: join(screens, `gallery-${width}-${scheme}.png`), fullPage: true });
        }
        expect(complaints, "console").to.deep.equal([]);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(wide, "pixels too wide").to.be.at.most(0);
        // Bars that stick to an edge cover what scrolls under them: look at all of the page at once.
        await showAll(page, width);
        expect(await findViolations(page), "axe").to.deep.equal([]);
        await page.setViewportSize({ width, height: 844 });
        await page.getByRole("button", { name: "Ask before revoking" }).click();
        await page.getByRole("alertdialog").waitFor();
        if (screens) await page.screenshot({ path: join(screens, `dialog-${width}-${scheme}.png`) });
        expect(await findViolations(page, "dialog"), "axe on a dialog").to.deep.equal([]);
        await page.context().close();
      });

  describe("in use", () => {
    let page: Page;
    before(async () => {
      page = await open(1280, "light");
    });
    after(() => page?.context().close());

    const side = (name: "Private" | "Shared") =>
      page.getByRole("region", { name: `Your record ${name} side` });
    const handle = (part: string) => page.getByRole("button", { name: new RegExp(`^Drag .?${part}`) });
    const holds = async (name: "Private" | "Shared", part: string) => {
      await side(name).getByText(part, { exact: true }).waitFor();
    };

    it("moves a part by pointer", async () => {
      const from = (await handle("Name").boundingBox())!;
      const to = (await side("Shared").boundingBox())!;
      await page.mouse.move(from.x + 10, from.y + 10);
      await page.mouse.down();
      await page.mouse.move(from.x + 60, from.y + 40, { steps: 4 });
      await page.mouse.move(to.x + 80, to.y + 120, { steps: 8 });
      await page.mouse.up();
      await holds("Shared", "Name");
    });

    it("moves a part by keyboard, and says so", async () => {
      await handle("Gender").focus();
      await page.keyboard.press("Space");
      await page.getByText(/^Picked up .?Gender/).waitFor({ state: "attached" });
      await page.keyboard.press("ArrowLeft");
      await page.getByText(/Gender.? is over the private side/).waitFor({ state: "attached" });
      await page.keyboard.press("Space");
      await holds("Private", "Gender");
      await page.getByText(/Gender.? now stands on the private side/).waitFor({ state: "attached" });
    });

    it("leaves a part where it was on escape", async () => {
      await handle("Symptoms").focus();
      await page.keyboard.press("Enter");
      await page.getByText(/^Picked up .?Symptoms/).waitFor({ state: "attached" });
      await page.keyboard.press("ArrowLeft");
      await page.keyboard.press("Escape");
      await page.getByText(/Symptoms.? stays where it was/).waitFor({ state: "attached" });
      await holds("Shared", "Symptoms");
    });

    it("moves a part by a plain button, which keeps the focus", async () => {
      await page.getByRole("button", { name: /^Move to shared: .?Examination report/ }).click();
      await holds("Shared", "Examination report");
      const focused = await page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
      expect(focused).to.match(/^Move to private: .?Examination report/);
    });

    it("says why a part stays, and offers no way to move it", async () => {
      await side("Shared").getByText("Stays here: it has to go with Symptoms, the doctor says").waitFor();
      expect(await handle("Diagnosis").count()).to.equal(0);
      expect(await page.getByRole("button", { name: /^Move .?Diagnosis/ }).count()).to.equal(0);
    });

    it("finds one of 10,000 parts", async () => {
      await page.getByLabel("Find a part").fill("Observation 9999");
      await page.getByText("Observation 9999", { exact: true }).waitFor();
      expect(await page.getByText("Observation 1", { exact: true }).count()).to.equal(0);
    });

    it("builds a rule by choosing, and shows its text to experts", async () => {
      const rule = page.getByRole("group", { name: "Who may read the shared side" });
      await rule.getByText(/Doctors.? of .?Yangzhou hospital.?, or .?government offices/).waitFor();
      await rule.getByRole("button", { name: "Add a group" }).click();
      const third = rule.getByRole("group", { name: "Group 3" });
      await third.getByText("Choose people, a place or a person").waitFor();
      await third.getByLabel("People").selectOption("researchers");
      await rule.getByText(/government offices.?, or .?researchers/).waitFor();
      await rule.getByRole("button", { name: "Remove group 2" }).click();
      await rule.getByLabel("Expert: write the rule as text").check();
      const text = rule.getByLabel("Rule", { exact: true });
      expect(await text.inputValue()).to.equal("role:doctor and org:yzu-hospital or role:researcher");
      await text.fill("role:doctor and");
      await rule.getByText(/Line 1, character 16: the policy ends/).waitFor();
    });

    it("asks before something that matters, and gives the focus back", async () => {
      const asks = page.getByRole("button", { name: "Ask before revoking" });
      await asks.click();
      const dialog = page.getByRole("alertdialog");
      const confirm = dialog.getByRole("button", { name: "End access" });
      expect(await confirm.isDisabled()).to.equal(true);
      await dialog.getByLabel('Type "end" to go on').fill("end");
      expect(await confirm.isDisabled()).to.equal(false);
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
      expect(await asks.evaluate((button) => button === document.activeElement)).to.equal(true);
    });

    it("refuses files of another kind, and empty ones", async () => {
      const field = page.getByLabel("A record in FHIR");
      await field.setInputFiles({
        name: "x.exe",
        mimeType: "application/x-msdownload",
        buffer: Buffer.from("x"),
      });
      await page.getByText("This kind of file can't be used here.").waitFor();
      await field.setInputFiles({ name: "x.json", mimeType: "application/json", buffer: Buffer.alloc(0) });
      await page.getByText("This file is empty.").waitFor();
      await field.setInputFiles({ name: "x.json", mimeType: "application/json", buffer: Buffer.from("{}") });
      await page.getByText("x.json", { exact: true }).waitFor();
    });

    it("takes no passphrase that is too short, or typed in two ways", async () => {
      const fresh = page.getByLabel("New passphrase");
      const submit = page.getByRole("button", { name: "Set passphrase" });
      await fresh.fill("short");
      await submit.click();
      expect(await fresh.getAttribute("aria-invalid")).to.equal("true");
      await fresh.fill("four plain words here");
      await submit.click();
      await page.getByText("The two aren't the same.").waitFor();
    });

    it("skips to the content", async () => {
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      await page.getByRole("link", { name: "Skip to content" }).focus();
      await page.keyboard.press("Enter");
      expect(await page.evaluate(() => document.activeElement?.id)).to.equal("main");
    });

    it("locks, and changes its colours, in the menu", async () => {
      await page.getByRole("button", { name: /^<script>/ }).click();
      await page.getByRole("menuitem", { name: "Lock" }).waitFor();
      expect(await findViolations(page, "header"), "axe on a menu").to.deep.equal([]);
      await page.getByRole("menuitemradio", { name: "Dark" }).click();
      expect(await page.locator("html").getAttribute("data-mantine-color-scheme")).to.equal("dark");
    });

    it("shows no text in another order than it is read in", async () => {
      const text = await page.locator("body").innerText();
      expect(text).to.include("evil");
      expect(text).not.to.match(/[\u202A-\u202E]/);
    });

    it("runs nothing that a name holds, and has nothing to complain of", () => {
      expect(complaints).to.deep.equal([]);
    });
  });
});
