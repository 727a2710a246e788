/** Whoever asks a service how it is costs its chain node something: many who ask at once cost it no more than one. */
import { expect } from "chai";
import { Gate } from "../../src/services/gate.ts";
import { serveGate } from "../../src/services/gateServer.ts";
import type { Served } from "../../src/services/httpServer.ts";
import { through, world } from "../world.ts";
import { registerGate } from "./ownGates.ts";
import { serveOwnRelayer } from "./relaying.ts";

describe("services: health that many ask for", () => {
  const open: Pick<Served, "close">[] = [];
  after(() => Promise.all(open.map((each) => each.close())));

  /** The chain through a node that takes its time, and how often it was asked for a balance, which each answer needs. */
  async function counted() {
    const chain = (await world()).chains.storage;
    let asked = 0;
    const getBalance = async (address: string) => {
      asked += 1;
      await new Promise((resolve) => setTimeout(resolve, 300));
      return chain.provider.getBalance(address);
    };
    return { chain: through(chain, { getBalance }), asked: () => asked };
  }
  async function askOften(url: string): Promise<void> {
    const answers = await Promise.all(Array.from({ length: 40 }, () => fetch(`${url}/health`)));
    for (const { status } of answers) expect(status).to.equal(200);
  }

  // A few rounds at most, however slowly they come in; each alone would be forty.
  it("a gate's node is asked for all of them together", async () => {
    const { chain, asked } = await counted();
    const { seed } = await registerGate(chain);
    const served = await serveGate(await Gate.open(chain, seed, 0), { upkeep: false });
    open.push(served);
    await askOften(served.url);
    expect(asked()).to.be.within(1, 20);
  });

  it("so are a relayer's", async () => {
    const { chain, asked } = await counted();
    const relayer = await serveOwnRelayer({ at: { storage: chain } });
    open.push(relayer);
    await askOften(relayer.url);
    expect(asked()).to.be.within(1, 20);
  });
});
