/** Gates look at the shares that they are dealt, and complain about bad ones with evidence that anybody can judge. */
import { expect } from "chai";
import type { Block, BlockTag } from "ethers";
import { randomBytes, unhex } from "../../src/core/bytes.ts";
import { type Chain, KeyRegistry } from "../../src/ledger/index.ts";
import { judgeShareComplaint } from "../../src/seal/index.ts";
import { type GateServeOptions, serveGate } from "../../src/services/gateServer.ts";
import { Gate, type GateComplaint } from "../../src/services/index.ts";
import { ShareWatch } from "../../src/services/shareWatch.ts";
import { mine, through, world } from "../world.ts";
import { dealTo, giveMoney, type OwnGate, registerGate, until } from "./ownGates.ts";

describe("services: a gate and the shares that it is dealt", () => {
  let chain: Chain;
  let registry: KeyRegistry;
  let keys: OwnGate;

  const spoil = (sealed: Uint8Array) => sealed.map((byte, i) => (i === 80 ? byte ^ 1 : byte));
  const head = async () => (await chain.provider.getBlock("latest"))!.number;

  /** Serves while `work` runs. */
  async function serving(
    options: GateServeOptions,
    work: (url: string, log: string[]) => Promise<void>,
  ): Promise<void> {
    const log: string[] = [];
    const served = await serveGate(await Gate.open(chain, keys.seed, 0), {
      ...options,
      log: { stream: { write: (line) => log.push(line) } },
    });
    try {
      await work(served.url, log);
    } finally {
      await served.close();
    }
  }

  async function complaintsAt(url: string, keySet?: string): Promise<GateComplaint[]> {
    const query = keySet === undefined ? "" : `?keySet=${keySet}`;
    const answer = await fetch(`${url}/v1/complaints${query}`);
    return ((await answer.json()) as { complaints: GateComplaint[] }).complaints;
  }

  before(async () => {
    chain = (await world()).chains.shared;
    registry = new KeyRegistry(chain);
    keys = await registerGate(chain);
  });

  it("says nothing about good ones, and takes no notice of those of others", async () => {
    const from = await head();
    await dealTo(chain, keys);
    await dealTo(chain, await registerGate(chain), spoil);
    const gate = await Gate.open(chain, keys.seed, 0);
    const checked = await new ShareWatch(gate, from).scan();
    expect(checked.map(({ state }) => state)).to.deep.equal(["good"]);
    expect(gate.complaints.size).to.equal(0);
    expect(gate.sharesReady).to.equal(0);
  });

  it("serves its evidence when one is bad; without money the chain doesn't hear of it, with money it does, once", async () => {
    const watchFrom = (await head()) + 1;
    const { keySet, set, binding } = await dealTo(chain, keys, spoil);
    const dealt = { keySet, generation: 1, gate: keys.address };
    await serving({ upkeep: { everySeconds: 0.1, watchFrom } }, async (url, log) => {
      await until(async () => (await complaintsAt(url)).length > 0);
      const [complaint] = await complaintsAt(url, keySet);
      expect(complaint).to.deep.include(dealt);
      const evidence = unhex(complaint!.evidence);
      expect(await judgeShareComplaint(evidence, set.sealedShares[0]!, binding)).to.equal("share-bad");
      expect(await complaintsAt(url, `0x${"00".repeat(32)}`)).to.deep.equal([]);
      expect(log.some((line) => line.includes("dealt a bad share") && line.includes(keySet))).to.equal(true);
      expect(await registry.complaints(keySet)).to.deep.equal([]);

      await giveMoney(chain, keys.address);
      await until(async () => (await registry.complaints(keySet)).length > 0);
      const [onChain] = await registry.complaints(keySet);
      expect(onChain).to.deep.include({ ...dealt, evidence });
    });
    await serving({ upkeep: { everySeconds: 0.1, watchFrom } }, async (url, log) => {
      await until(() => log.some((line) => line.includes("complaint failed")));
      expect(await complaintsAt(url)).to.have.length(1);
      expect(await registry.complaints(keySet)).to.have.length(1);
    });
  });

  it("gives its complaints in pages, of all key sets or of one", async () => {
    const gate = await Gate.open(chain, keys.seed, 0);
    const sets = [`0x${"11".repeat(32)}`, `0x${"22".repeat(32)}`] as const;
    for (let i = 0; i < 130; i++)
      gate.complaints.add(String(i), {
        keySet: sets[i % 2]!,
        generation: i + 1,
        gate: keys.address,
        evidence: "0x0100",
      });
    // Looked at again they stay where they are.
    gate.complaints.find("0");
    const served = await serveGate(gate, { upkeep: false });
    const page = async (query: string) => {
      const answer = await fetch(`${served.url}/v1/complaints?${query}`);
      const { complaints = [], next } = (await answer.json()) as {
        complaints?: GateComplaint[];
        next?: number;
      };
      return { status: answer.status, generations: complaints.map(({ generation }) => generation), next };
    };
    const upTo = (from: number, to: number, step = 1) =>
      Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);
    try {
      expect(await page("")).to.deep.equal({ status: 200, generations: upTo(1, 64), next: 64 });
      expect(await page("after=64")).to.deep.equal({ status: 200, generations: upTo(65, 128), next: 128 });
      expect(await page("after=128")).to.deep.equal({
        status: 200,
        generations: [129, 130],
        next: undefined,
      });
      const ofOne = await page(`keySet=${sets[1]}`);
      expect(ofOne).to.deep.equal({ status: 200, generations: upTo(2, 128, 2), next: 128 });
      expect((await page(`keySet=${sets[1]}&after=128`)).generations).to.deep.equal([130]);
      expect((await page("after=x")).status).to.equal(400);
    } finally {
      await served.close();
    }
  });

  it("spends its money on so many complaints an hour and no more, since anybody can deal", async () => {
    const watchFrom = (await head()) + 1;
    const dealt = [await dealTo(chain, keys, () => randomBytes(177)), await dealTo(chain, keys, spoil)];
    await serving({ upkeep: { everySeconds: 0.1, watchFrom, complaintsPerHour: 1 } }, async (url, log) => {
      await until(() => log.some((line) => line.includes("complained on chain")));
      const seen = log.length;
      await dealTo(chain, keys);
      await until(async () => (await complaintsAt(url)).length === 2 && log.length >= seen);
    });
    const complaints = await Promise.all(dealt.map(({ keySet }) => registry.complaints(keySet)));
    expect(complaints.flat()).to.have.length(1);
  });

  it("goes on where it was, and looks again at blocks that were taken back", async () => {
    const from = (await head()) + 1;
    await dealTo(chain, keys);
    let turned = false;
    const reached = { number: -1 };
    const turning = through(chain, {
      getBlock: async (tag) => {
        const block = (await chain.provider.getBlock(tag as BlockTag))!;
        return turned && tag === reached.number
          ? (Object.create(block, { hash: { value: `0x${"ee".repeat(32)}` } }) as Block)
          : block;
      },
    });
    const watch = new ShareWatch(await Gate.open(turning, keys.seed, 0), from);
    expect(await watch.scan()).to.have.length(1);
    reached.number = watch.next! - 1;
    expect(await watch.scan()).to.have.length(0);
    reached.number = watch.next! - 1;
    await mine(chain, 1);
    turned = true;
    expect((await watch.scan()).length).to.be.at.least(1);
    turned = false;
    const resumed = new ShareWatch(await Gate.open(chain, keys.seed, 0), watch.next!);
    expect(await resumed.scan()).to.have.length(0);
    await dealTo(chain, keys, spoil);
    expect((await resumed.scan()).map(({ state }) => state)).to.deep.equal(["bad"]);
  });
});
