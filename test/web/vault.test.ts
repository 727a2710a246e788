/** Keys that a browser keeps, in two windows at a time: in Chromium, since they lie in its IndexedDB. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import type { Opener, Vault } from "../../web/src/engine/vault.ts";
import { launchBrowser } from "../browser.ts";

type Window = { Vault: typeof Vault; vault: Vault };

describe("web: keys in a browser with two windows", function () {
  this.timeout(60_000);
  let server: Server;
  let browser: Browser;
  let source: string;
  let world = 0;

  before(async function () {
    browser = await launchBrowser(this);
    const { outputFiles } = await build({
      entryPoints: [fileURLToPath(new URL("../../web/src/engine/vault.ts", import.meta.url))],
      ...{ bundle: true, write: false, format: "iife", globalName: "module", target: "es2023" },
      conditions: ["diptych-source", "browser"],
      logLevel: "silent",
    });
    source = `${outputFiles[0]!.text}; globalThis.Vault = module.Vault;`;
    server = createServer((_, response) => {
      response.setHeader("content-type", "text/html").end("<!doctype html>");
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  });
  after(async () => {
    await browser?.close();
    server?.closeAllConnections();
    server?.close();
  });

  /** Windows of one browser, each with the vault of a world of this test's own. */
  async function windows(count: number): Promise<Page[]> {
    const context = await browser.newContext();
    const name = `test ${world++}`;
    const pages: Page[] = [];
    for (let i = 0; i < count; i++) {
      const page = await context.newPage();
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      await page.addScriptTag({ content: source });
      await page.evaluate(async (at) => {
        const here = globalThis as unknown as Window;
        here.vault = await here.Vault.at(at);
      }, name);
      pages.push(page);
    }
    return pages;
  }

  /** Does something with the vault of a window; what came of it, or the error's code. */
  const act = (
    page: Page,
    act: "create" | "open" | "forget" | "put" | "get" | "state",
    with_ = 1,
    kind: Opener["kind"] = "authenticator",
  ) =>
    page.evaluate(
      async ([what, byte, by]) => {
        const here = globalThis as unknown as Window;
        const secret = new Uint8Array(32).fill(byte);
        const opener: Opener =
          by === "passphrase"
            ? { kind: by, passphrase: String(byte) }
            : { kind: by, secret, credentialId: Uint8Array.of(byte) };
        const store = here.vault.store();
        try {
          if (what === "create") await here.vault.create(opener);
          else if (what === "open") await here.vault.open(opener);
          else if (what === "forget") await here.vault.forget();
          else if (what === "put") await store.set("name", Uint8Array.of(byte));
          else if (what === "get") return (await store.get("name"))?.[0] ?? "nothing";
          else return (await here.vault.state()).state;
          return "done";
        } catch (error) {
          return String((error as { code?: unknown }).code);
        }
      },
      [act, with_, kind] as const,
    );

  it("what one keeps the other opens", async () => {
    const [one, other] = (await windows(2)) as [Page, Page];
    expect(await act(one, "put")).to.equal("key-missing");
    expect(await act(one, "create")).to.equal("done");
    expect(await act(one, "put", 7)).to.equal("done");
    expect(await act(other, "state")).to.equal("locked");
    expect(await act(other, "open", 2)).to.equal("passphrase-wrong");
    expect(await act(other, "open")).to.equal("done");
    expect(await act(other, "get")).to.equal(7);
    expect(await act(other, "create", 2)).to.equal("argument-invalid");
  });

  it("made in both at once, one of them has the keys and the other is told", async () => {
    const pages = await windows(2);
    // A passphrase takes a while: all have looked whether there are keys before the first ones are there.
    const outcomes = await Promise.all(pages.map((page, i) => act(page, "create", i + 1, "passphrase")));
    expect([...outcomes].sort()).to.deep.equal(["argument-invalid", "done"]);
    const winner = outcomes.indexOf("done");
    expect(await act(pages[winner]!, "put", 7)).to.equal("done");
    expect(await act(pages[1 - winner]!, "open", winner + 1, "passphrase")).to.equal("done");
    expect(await act(pages[1 - winner]!, "get")).to.equal(7);
  });

  it("forgotten in one, the other keeps nothing more that nobody could open", async () => {
    const [one, other] = (await windows(2)) as [Page, Page];
    await act(one, "create");
    await act(other, "open");
    expect(await act(one, "forget")).to.equal("done");
    expect(await act(other, "put")).to.equal("key-missing");
    expect(await act(other, "state")).to.equal("none");
    // Nor when there are others by then.
    await act(other, "create");
    await act(one, "open");
    await act(one, "forget");
    expect(await act(one, "create", 2)).to.equal("done");
    expect(await act(other, "put")).to.equal("key-missing");
    expect(await act(other, "state")).to.equal("locked");
    expect(await act(one, "put", 9)).to.equal("done");
  });
});
