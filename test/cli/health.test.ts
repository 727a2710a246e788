/** `gate status` and `relayer status`: one rule for their exit status, and nothing of a service's words moves the cursor. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import type { Context } from "../../src/cli/frame/context.ts";
import { showGates } from "../../src/cli/gate/status.ts";
import { showRelayer } from "../../src/cli/relayer/status.ts";
import { expectCode } from "../expectCode.ts";
import { act } from "./acting.ts";
import { scratch } from "./run.ts";

describe("cli: how services are", () => {
  const folder = scratch();
  const closers: (() => void)[] = [];
  after(() => {
    for (const close of closers) close();
  });

  /** A service that says this of its health. */
  async function saying(status: number, health: object): Promise<string> {
    const server = createServer((_, response) => response.writeHead(status).end(JSON.stringify(health)));
    closers.push(() => server.close());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  const asking = {
    gate: (url: string) => (context: Context) => showGates(context, [url]),
    relayer: (url: string) => (context: Context) => showRelayer(context, url),
  };

  for (const [service, ask] of Object.entries(asking)) {
    it(`a ${service} that can't serve: 6, whatever ails it`, async () => {
      for (const code of ["transaction-reverted", "node-behind", "service-failed"]) {
        const url = await saying(503, { ok: false, reasons: [{ code, message: "No\u001b[2J way." }] });
        const { status, json, text } = await act(folder, ask(url));
        expect([status, json.ok]).to.deep.equal([6, false]);
        expect(text).to.contain("No [2J way.").and.not.contain("\u001b");
      }
    });

    it(`what is no URL of a ${service} is a slip`, async () => {
      await expectCode("usage", () => act(folder, ask("localhost without a scheme")));
    });

    it(`a ${service} that is well: 0, with its warnings`, async () => {
      const url = await saying(200, { ok: true, reasons: [], warnings: ["Look at it."] });
      const { status, json, text } = await act(folder, ask(url));
      expect([status, json.ok]).to.deep.equal([0, true]);
      expect(text).to.contain("Look at it.");
    });
  }
});
