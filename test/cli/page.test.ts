/** The web page as `diptych up` serves it: what it may do, what it is told, and to whom it answers. */
import { mkdirSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { expect } from "chai";
import type { PageConfig } from "../../src/cli/up/pageConfig.ts";
import { startPage } from "../../src/cli/up/pageProcess.ts";
import { planWorld } from "../../src/cli/up/plan.ts";
import { expectCode } from "../expectCode.ts";
import { scratch } from "./run.ts";

const address = `0x${"11".repeat(20)}`;
const chain = (chainId: number) => ({
  ...{ chainId, rpc: `http://127.0.0.1:${chainId}/key?secret` },
  ...{ ledger: address, attributeRegistry: address, keyRegistry: address },
});
const config: PageConfig = {
  version: 1,
  chains: { storage: chain(8600), shared: chain(8601) },
  confirmations: 1,
  local: true,
  authorityName: "Example authority",
  officers: [address],
};

describe("cli: the page that up serves", () => {
  const folder = join(scratch(), "dist");
  let running: Awaited<ReturnType<typeof startPage>>;

  before(async () => {
    mkdirSync(join(folder, "assets"), { recursive: true });
    writeFileSync(join(folder, "..", "secret.txt"), "secret");
    writeFileSync(join(folder, ".built.json"), "stamp");
    writeFileSync(join(folder, "diptych.json"), "{}");
    writeFileSync(join(folder, "index.html"), "<!doctype html><title>Diptych</title>");
    writeFileSync(join(folder, "assets", "index-BNwfjJ0Y.js"), "export {};");
    writeFileSync(join(folder, "favicon.svg"), "<svg/>");
    const connect = ["http://127.0.0.1:8602", "http://127.0.0.1:8602/v1", chain(8600).rpc];
    running = await startPage({ port: 0, folder, config, connect });
  });
  after(() => running.close());

  /** As any client could ask, whatever fetch would make of it. */
  function ask(path: string, headers: Record<string, string> = {}, method = "GET") {
    return new Promise<{ status: number; headers: Record<string, unknown>; body: string }>(
      (resolve, reject) => {
        const sent = request(running.facts.url, { path, headers, method }, (response) => {
          let body = "";
          response.setEncoding("utf8").on("data", (text: string) => {
            body += text;
          });
          response.on("end", () =>
            resolve({ status: response.statusCode!, headers: response.headers, body }),
          );
        });
        sent.on("error", reject).end();
      },
    );
  }

  it("may load itself and call its own world, nothing else", async () => {
    const { headers, status, body } = await ask("/");
    expect([status, headers["content-type"]]).to.deep.equal([200, "text/html; charset=utf-8"]);
    expect(body).to.contain("<title>Diptych</title>");
    expect(String(headers["content-security-policy"]).split("; ")).to.deep.equal([
      "default-src 'none'",
      "script-src 'self' 'wasm-unsafe-eval'",
      "style-src 'self'",
      "img-src 'self' data: blob:",
      "font-src 'self'",
      "manifest-src 'self'",
      "worker-src 'self'",
      "connect-src 'self' http://127.0.0.1:8602 http://127.0.0.1:8600",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types default",
    ]);
    for (const path of ["/", "/assets/index-BNwfjJ0Y.js", "/nothing", "/diptych.json"]) {
      const answer = (await ask(path)).headers;
      expect(answer["content-security-policy"]).to.equal(headers["content-security-policy"]);
      expect(answer).to.include({
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
      });
      expect(answer["permissions-policy"]).to.contain("camera=()");
      expect(answer).to.not.have.property("access-control-allow-origin");
    }
  });

  it("is told its world, which nobody keeps a copy of", async () => {
    const { status, headers, body } = await ask("/diptych.json?now");
    expect([status, headers["cache-control"]]).to.deep.equal([200, "no-store"]);
    expect(JSON.parse(body)).to.deep.equal(config);
  });

  it("keeps what is named by its content, asks again for the rest", async () => {
    const caching = async (path: string) => (await ask(path)).headers["cache-control"];
    expect(await caching("/assets/index-BNwfjJ0Y.js")).to.equal("public, max-age=31536000, immutable");
    for (const path of ["/", "/favicon.svg"]) expect(await caching(path)).to.equal("no-cache");
  });

  it("answers to names of this machine only, so that no stranger's page becomes it", async () => {
    const { port } = new URL(running.facts.url);
    expect(running.facts.url).to.equal(`http://127.0.0.1:${port}`);
    for (const host of [`localhost:${port}`, "127.0.0.1", `[::1]:${port}`, "LOCALHOST"])
      expect((await ask("/diptych.json", { host })).status, host).to.equal(200);
    const strange = [
      "evil.example",
      `evil.example:${port}`,
      "127.0.0.1.evil.example",
      "localhost.evil.example",
    ];
    for (const host of [...strange, "0.0.0.0", `127.0.0.2:${port}`, "a@localhost"]) {
      const { status, body } = await ask("/diptych.json", { host });
      expect(status, host).to.equal(421);
      expect(body).to.not.contain(address);
    }
  });

  it("gives files of its folder and of nowhere else, and takes nothing", async () => {
    const paths = [
      "/../secret.txt",
      "/%2e%2e/secret.txt",
      "/assets/..%2f..%2fsecret.txt",
      "/..%5csecret.txt",
    ];
    for (const path of [...paths, "/.built.json", "/assets/", "/assets"]) {
      const { status, body } = await ask(path);
      expect(status, path).to.be.within(400, 404);
      expect(body).to.not.match(/secret$|stamp|index-/);
    }
    for (const method of ["POST", "PUT", "DELETE"])
      expect((await ask("/index.html", {}, method)).status, method).to.equal(404);
  });

  it("the plan has a page unless told otherwise, and officers that are accounts", async () => {
    expect(planWorld({})).to.include({ page: true });
    expect(planWorld({}).ports.page).to.equal(8604);
    expect(planWorld({ web: false })).to.include({ page: false, services: true });
    expect(planWorld({ services: false })).to.include({ page: false, services: false });
    expect(planWorld({ officer: [address] }).officers).to.deep.equal([address]);
    await expectCode("usage", () => planWorld({ officer: ["alice"] }));
  });
});
