/** diptych/abe in a real page: on its main thread and in a Web Worker. */
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { launchBrowser } from "../browser.ts";
import type { PageCalls } from "./page.ts";

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));
/** What a careful page allows: scripts and workers of its own origin, and WebAssembly. */
const contentSecurityPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'";

describe("abe: in Chromium", () => {
  const scripts = new Map<string, Uint8Array>();
  let browser: Browser | undefined;
  let server: Server;
  let page: Page;

  before(async function () {
    this.timeout(120_000);
    browser = await launchBrowser(this);
    const { outputFiles } = await build({
      entryPoints: { page: file("./page.ts"), worker: file("../../src/abe/worker.ts") },
      outdir: "/",
      bundle: true,
      minify: true,
      write: false,
      format: "esm",
      platform: "browser",
      target: "es2023",
      conditions: ["diptych-source"],
      logLevel: "silent",
    });
    for (const { path, contents } of outputFiles) scripts.set(path, contents);
    server = createServer(({ url = "" }, answer) => {
      const script = scripts.get(url);
      answer.setHeader("content-security-policy", contentSecurityPolicy);
      answer.setHeader("content-type", script ? "text/javascript" : "text/html");
      answer.end(script ?? "<!doctype html><title>abe</title>");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });

  after(async () => {
    await browser?.close();
    server?.close();
  });

  beforeEach(async () => {
    page = await browser!.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.evaluate(() => {
      const script = document.createElement("script");
      script.type = "module";
      script.src = "/page.js";
      document.head.append(script);
      return new Promise((resolve) => script.addEventListener("load", resolve));
    });
  });

  afterEach(() => page.close());

  /** Calls a function of page.ts in the page. */
  function call<K extends keyof PageCalls>(
    name: K,
    ...args: Parameters<PageCalls[K]>
  ): Promise<Awaited<ReturnType<PageCalls[K]>>> {
    return page.evaluate(
      ([which, given]) =>
        (globalThis as unknown as { calls: Record<string, (...all: unknown[]) => unknown> }).calls[which]!(
          ...given,
        ),
      [name, args] as const,
    ) as Promise<Awaited<ReturnType<PageCalls[K]>>>;
  }

  for (const where of ["main thread", "workers"] as const)
    it(`the vectors hold on the page's ${where}`, async () => {
      const vectors = JSON.parse(readFileSync(file("./vectors/kem.json"), "utf8"));
      const { wrong, looks } = await call("checkVectors", where, vectors);
      expect(wrong).to.deep.equal([]);
      expect(looks).to.be.greaterThan(100);
    });

  it("while a worker encapsulates and decapsulates under 50 attributes, no task holds the main thread over 50 ms", async function () {
    // A machine that starves the page makes a long task of anything; what freezes a page does so every time.
    this.retries(4);
    const { opened, longTasks, longTasksOnMain } = await call("watchLongTasks", 50);
    expect(opened).to.equal(true);
    expect(longTasks).to.deep.equal([]);
    // The same work on the main thread is noticed: the look is one that can fail.
    expect(longTasksOnMain.length).to.be.greaterThan(0);
  });

  it("errors come out of the worker with their codes, also when it can't be loaded", async () => {
    expect(await call("failInWorkers", "/worker.js")).to.deep.equal(["policy-syntax", "abe-not-satisfied"]);
    expect(await call("failInWorkers", "/nowhere.js")).to.deep.equal(["worker-failed", "worker-failed"]);
  });
});
