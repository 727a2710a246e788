/** The search through what browsers send finds what was planted there, however it is written. */
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { randomBytes } from "../../src/core/bytes.ts";
import { Wiretap } from "./wiretap.ts";

describe("page: the wiretap", () => {
  const secret = Buffer.from(randomBytes(32));
  const text = "Synthetic Person 1 & <others>";
  let wiretap: Wiretap;
  let server: Server;

  beforeEach(async () => {
    wiretap = await Wiretap.start();
    server = createServer((asked, answer) => asked.resume().on("end", () => answer.end("well")));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(async () => {
    await wiretap.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  /** Sends something as a browser does that has a proxy. */
  function send(path: string, body: Uint8Array | string = "", headers: Record<string, string> = {}) {
    const { port } = server.address() as AddressInfo;
    const proxy = new URL(wiretap.proxy.server);
    const options = { port: proxy.port, path: `http://127.0.0.1:${port}${path}`, method: "POST", headers };
    return new Promise<string>((resolve, reject) => {
      const sent = request(options, (answer) => {
        let told = "";
        answer.setEncoding("utf8").on("data", (chunk: string) => {
          told += chunk;
        });
        answer.on("end", () => resolve(told));
      });
      sent.on("error", reject).end(body);
    });
  }
  const find = () => wiretap.find([{ name: "secret", bytes: secret }]).length;

  it("passes everything on, and finds nothing where nothing is", async () => {
    expect(await send("/somewhere", randomBytes(10_000))).to.equal("well");
    expect(wiretap.requests).to.equal(1);
    expect(find()).to.equal(0);
    expect(wiretap.find([{ name: "text", bytes: Buffer.from(text) }])).to.deep.equal([]);
  });

  it("finds bytes as they are, in hex, and in base64 wherever they begin", async () => {
    const around = (before: number) =>
      Buffer.concat([randomBytes(before), secret, randomBytes(5)]).toString("base64");
    const planted = [
      Buffer.concat([randomBytes(999), secret]),
      `{"key":"0x${secret.toString("hex")}"}`,
      secret.toString("hex").toUpperCase(),
      around(0),
      around(1),
      around(2),
      Buffer.from(around(4), "base64").toString("base64url"),
    ];
    for (const [at, body] of planted.entries()) {
      await send("/", body);
      expect(find(), `planted ${at}`).to.equal(1);
      wiretap.forget();
    }
  });

  it("finds it in an address and in a header, and text in a URL's escapes", async () => {
    await send(`/?key=${secret.toString("base64url")}`);
    expect(find()).to.equal(1);
    wiretap.forget();
    await send("/", "", { authorization: `Bearer ${secret.toString("hex")}` });
    expect(find()).to.equal(1);
    await send(`/?name=${encodeURIComponent(text)}`);
    expect(wiretap.find([{ name: "text", bytes: Buffer.from(text) }])).to.have.length(1);
  });
});
