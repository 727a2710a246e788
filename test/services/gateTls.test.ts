/** A gate that speaks TLS itself. */
import { get } from "node:https";
import { expect } from "chai";
import { randomBytes } from "../../src/core/bytes.ts";
import { makeGateCertificate, serveGate } from "../../src/services/gateServer.ts";
import { Gate } from "../../src/services/index.ts";
import { world } from "../world.ts";

describe("services: a gate's TLS", () => {
  it("has a certificate of its own; one that comes from its seed has the same key each time", async () => {
    const { chains } = await world();
    const seed = randomBytes(32);
    const gate = await Gate.open(chains.storage, seed, 0);
    const about: Record<string, unknown>[] = [];
    for (let i = 0; i < 2; i++) {
      const tls = await makeGateCertificate(seed, ["localhost", "127.0.0.1"]);
      const { url, close } = await serveGate(gate, { upkeep: false, tls });
      try {
        expect(url).to.match(/^https:/);
        about.push(await getOverTls(`${url}/v1/gate`, tls.cert));
        const stranger = await makeGateCertificate(randomBytes(32), ["localhost", "127.0.0.1"]);
        await expectRejected(getOverTls(`${url}/v1/gate`, stranger.cert));
      } finally {
        await close();
      }
    }
    expect(about[0]).to.include({ address: gate.address });
    expect(about[0]!.tlsKey).to.match(/^0x[0-9a-f]{64}$/);
    expect(about[1]!.tlsKey).to.equal(about[0]!.tlsKey);
  });
});

/** Reads JSON from whoever has this certificate, or one that it signed. */
function getOverTls(url: string, ca: string): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const asking = get(url, { ca, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () => resolve(JSON.parse(Buffer.concat(chunks).toString())));
    });
    asking.on("error", reject);
  });
}

async function expectRejected(running: Promise<unknown>): Promise<void> {
  const outcome = await running.then(
    () => "answered",
    (error: { code?: string }) => error.code,
  );
  expect(outcome).to.equal("DEPTH_ZERO_SELF_SIGNED_CERT");
}
