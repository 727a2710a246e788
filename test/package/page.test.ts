/** The packed package in a real browser: each snippet that stands alone, bundled into a page of its own. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { format } from "node:util";
import { expect } from "chai";
import { build } from "esbuild";
import type { Browser } from "playwright-core";
import { launchBrowser } from "../browser.ts";
import { type Consumer, consumer } from "./consumer.ts";
import { alone } from "./snippets.ts";

/** What a careful page allows: scripts of its own origin, and WebAssembly. */
const contentSecurityPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'";

async function bundle({ folder }: Consumer, code: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: folder },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2023",
    logLevel: "silent",
  });
  return outputFiles[0]!.contents;
}

describe("package: in Chromium", () => {
  const scripts = new Map<string, Uint8Array>();
  let browser: Browser | undefined;
  let server: Server;

  before(async function () {
    this.timeout(120_000);
    browser = await launchBrowser(this);
    const project = await consumer();
    for (const [at, { code }] of alone.entries()) scripts.set(`/${at}.js`, await bundle(project, code));
    server = createServer(({ url = "" }, answer) => {
      const script = scripts.get(url);
      answer.setHeader("content-security-policy", contentSecurityPolicy);
      answer.setHeader("content-type", script === undefined ? "text/html" : "text/javascript");
      answer.end(script ?? "<!doctype html><title>page</title>");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });

  after(async () => {
    await browser?.close();
    server?.close();
  });

  for (const [at, { name, document, prints }] of alone.entries())
    it(`${name} in ${document} prints in a page what it says`, async () => {
      const page = await browser!.newPage();
      const told: Promise<string>[] = [];
      page.on("console", (message) =>
        told.push(Promise.all(message.args().map((arg) => arg.jsonValue())).then((args) => format(...args))),
      );
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      await page.evaluate((path) => import(path).then(() => undefined), `/${at}.js`);
      expect(await Promise.all(told)).to.deep.equal(prints);
      await page.close();
    });
});
