/** Uploads that tell how far they are, in Node and in Chromium. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { build } from "esbuild";
import { sendTelling, type Upload } from "../../src/cloud/uploading.ts";
import { launchBrowser } from "../browser.ts";

const size = 3_000_000;

/** What came of an upload: the answer, what was told, or what went wrong. */
type Outcome = { answer?: string; status?: number; told: number[]; error?: string };

async function upload(send: typeof sendTelling, url: string, stopAt = Infinity): Promise<Outcome> {
  const told: number[] = [];
  const stop = new AbortController();
  const request: Upload = {
    method: "POST",
    headers: { "content-type": "application/octet-stream" },
    body: new Uint8Array(3_000_000).fill(7),
    signal: stop.signal,
  };
  try {
    const response = await send(url, request, (done) => {
      told.push(done);
      if (done >= stopAt) stop.abort(new Error("stopped"));
    });
    return { answer: await response.text(), status: response.status, told };
  } catch (error) {
    return { told, error: (error as Error).message };
  }
}

describe("cloud: uploads that tell how far they are", () => {
  let server: Server;
  let url: string;

  before(async () => {
    server = createServer((request, response) => {
      if (request.url === "/")
        return void response.setHeader("content-type", "text/html").end("<!doctype html>");
      let bytes = 0;
      request.on("data", (chunk: Uint8Array) => {
        bytes += chunk.length;
      });
      request.on("end", () => {
        if (request.url === "/nothing") return response.writeHead(204).end();
        if (request.url === "/elsewhere") return response.writeHead(307, { location: "/taken" }).end();
        return response.writeHead(request.url === "/refused" ? 403 : 200).end(String(bytes));
      });
      request.on("error", () => undefined);
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  function judge({ answer, status, told }: Outcome, expected: number): void {
    expect([status, answer]).to.deep.equal([expected, String(size)]);
    expect(told).to.deep.equal([...told].sort((a, b) => a - b));
    expect([told[0], told.at(-1)]).to.deep.equal([0, size]);
  }

  it("in Node: 0 first, all at the end, and what the service answers", async () => {
    const { told } = await upload(sendTelling, `${url}/taken`);
    expect(told.length).to.be.above(20);
    judge(await upload(sendTelling, `${url}/taken`), 200);
    judge(await upload(sendTelling, `${url}/refused`), 403);
    expect((await upload(sendTelling, `${url}/taken`, size / 2)).error).to.equal("stopped");
    expect(await upload(sendTelling, `${url}/nothing`)).to.include({ status: 204, answer: "" });
    expect((await upload(sendTelling, `${url}/elsewhere`)).error).to.be.a("string");
  });

  it("in a page over HTTP/1.1 likewise", async function () {
    this.timeout(60_000);
    const browser = await launchBrowser(this);
    try {
      const source = fileURLToPath(new URL("../../src/cloud/uploading.ts", import.meta.url));
      const { outputFiles } = await build({
        entryPoints: [source],
        bundle: true,
        write: false,
        format: "iife",
        globalName: "uploading",
        target: "es2023",
        logLevel: "silent",
      });
      const page = await browser.newPage();
      await page.goto(url);
      await page.addScriptTag({
        content: `${outputFiles[0]!.text}; globalThis.upload = ${upload.toString()}; globalThis.sendTelling = uploading.sendTelling;`,
      });
      const call = (path: string, stopAt?: number) =>
        page.evaluate(
          ([to, at]) => {
            const { upload: run, sendTelling: send } = globalThis as unknown as {
              upload: typeof upload;
              sendTelling: typeof sendTelling;
            };
            return run(send, to as string, at as number | undefined);
          },
          [`${url}${path}`, stopAt] as const,
        );
      judge(await call("/taken"), 200);
      judge(await call("/refused"), 403);
      expect((await call("/taken", 0)).error).to.equal("stopped");
      expect(await call("/nothing")).to.include({ status: 204, answer: "" });
      expect((await call("/elsewhere")).error).to.be.a("string");
      const nobody = (await page.evaluate(() =>
        (globalThis as unknown as { upload: typeof upload; sendTelling: typeof sendTelling }).upload(
          (globalThis as unknown as { sendTelling: typeof sendTelling }).sendTelling,
          "http://127.0.0.1:1/",
        ),
      )) as Outcome;
      expect(nobody.error).to.equal("The request failed.");
    } finally {
      await browser.close();
    }
  });
});
