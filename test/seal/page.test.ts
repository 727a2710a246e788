/** diptych/seal in a real page, whose WebCrypto is another one than Node's. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { launchBrowser } from "../browser.ts";
import type { PageCalls } from "./page.ts";

type Calling = typeof globalThis & { calls: PageCalls };

describe("seal: in Chromium", () => {
  let browser: Browser | undefined;
  let server: Server;
  let page: Page;

  before(async function () {
    this.timeout(120_000);
    browser = await launchBrowser(this);
    const { outputFiles } = await build({
      entryPoints: [fileURLToPath(new URL("./page.ts", import.meta.url))],
      bundle: true,
      write: false,
      format: "esm",
      platform: "browser",
      target: "es2023",
      logLevel: "silent",
    });
    server = createServer((_, answer) => {
      answer.setHeader("content-type", "text/html");
      answer.end("<!doctype html><title>seal</title>");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.addScriptTag({ content: outputFiles[0]!.text, type: "module" });
  });

  after(async () => {
    await browser?.close();
    server?.close();
  });

  it("products are those of the curve's library", async () => {
    const pairs = await page.evaluate(() => (globalThis as Calling).calls.products(10));
    expect(pairs).to.have.length(20);
    for (const [native, other] of pairs) expect(native).to.equal(other);
  });

  it("an index opens with two of three gates", async () => {
    const [opened, sealed] = await page.evaluate(() => (globalThis as Calling).calls.open());
    expect(opened).to.equal(sealed);
  });
});
