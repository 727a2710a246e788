/**
 * What a gate keeps of what it has worked out: so much and no more, and never an answer older than the question; and by what it
 * counts who asks.
 */
import { expect } from "chai";
import type { Provider } from "ethers";
import fc from "fast-check";
import { networkOf } from "../../src/services/addressNetwork.ts";
import { BoundedCache, cached } from "../../src/services/boundedCache.ts";
import { FinalBlocks } from "../../src/services/finalBlocks.ts";
import { sharing } from "../../src/services/sharedAnswer.ts";
import { expectCode } from "../expectCode.ts";

describe("services: a gate's caches", () => {
  it("hold so many values, the ones used last", () => {
    const keys = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 200 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), keys, (most, used) => {
        const cache = new BoundedCache<number>(most);
        let order: number[] = [];
        for (const key of used) {
          expect(cache.get(String(key))).to.equal(order.includes(key) ? key : undefined);
          cache.set(String(key), key);
          order = [...order.filter((each) => each !== key), key].slice(-most);
          expect(cache.list()).to.deep.equal(order);
          expect(cache.size).to.be.at.most(most);
        }
      }),
    );
  });

  it("make a value once for all who wait for it, and don't keep failures", async () => {
    const cache = new BoundedCache<Promise<number>>(4);
    let made = 0;
    const make = async () => {
      made += 1;
      if (made === 1) throw new Error("not yet");
      return made;
    };
    const failed = await Promise.allSettled([cached(cache, "a", make), cached(cache, "a", make)]);
    expect(failed.map(({ status }) => status)).to.deep.equal(["rejected", "rejected"]);
    expect(made).to.equal(1);
    expect(await Promise.all([cached(cache, "a", make), cached(cache, "a", make)])).to.deep.equal([2, 2]);
  });

  it("a shared question is asked after everybody who gets its answer called, one at a time", async () => {
    let asked = 0;
    let underWay = 0;
    const ask = sharing(async () => {
      const mine = ++asked;
      expect(++underWay).to.equal(1);
      await new Promise((wake) => setTimeout(wake, 5));
      underWay -= 1;
      if (mine === 2) throw new Error("the second fails");
      return mine;
    });
    const first = ask();
    await new Promise((wake) => setTimeout(wake, 1));
    const second = [ask(), ask()];
    expect(await first).to.equal(1);
    const outcomes = await Promise.allSettled(second);
    expect(outcomes.map(({ status }) => status)).to.deep.equal(["rejected", "rejected"]);
    expect(await Promise.all([ask(), ask(), ask()])).to.deep.equal([3, 3, 3]);
  });

  it("a shared question that gathers waits for who comes a little later", async () => {
    const turn = () => new Promise<void>((wake) => setTimeout(wake));
    let asked = 0;
    const ask = sharing(async () => ++asked, turn);
    const first = ask();
    for (let i = 0; i < 10; i++) await Promise.resolve();
    expect(await Promise.all([first, ask()])).to.deep.equal([1, 1]);
    expect(await ask()).to.equal(2);
  });
});

describe("services: a gate's final block", () => {
  const hashOf = (number: number, fork = 0) =>
    `0x${String(fork).repeat(32)}${number.toString(16).padStart(32, "0")}`;
  const addresses = {
    side: "storage" as const,
    chainId: 31_337,
    ledger: `0x${"11".repeat(20)}`,
    attributeRegistry: `0x${"22".repeat(20)}`,
    keyRegistry: `0x${"33".repeat(20)}`,
  };

  /** A node of which the head and the fork can be set, and what it was asked for. */
  function node() {
    const state = { head: 10, fork: 0, asked: [] as (number | string)[] };
    const provider = {
      getBlock: async (tag: number | "latest") => {
        state.asked.push(tag);
        const number = tag === "latest" ? state.head : tag;
        return { number, hash: hashOf(number, state.fork), timestamp: Math.floor(Date.now() / 1000) };
      },
      getCode: async () => "0x00",
      getNetwork: async () => ({ chainId: 31_337n }),
    } as unknown as Provider;
    return { state, blocks: new FinalBlocks({ ...addresses, provider }, 3) };
  }

  it("is asked for by number only when the head is another, by number or by hash", async () => {
    const { state, blocks } = node();
    const found = [];
    for (const [head, fork] of [
      [10, 0],
      [10, 0],
      [11, 0],
      [11, 1],
      [11, 1],
      [11, 0],
    ] as const) {
      Object.assign(state, { head, fork, asked: [] });
      const { number, hash } = await blocks.newest();
      expect(hash).to.equal(hashOf(head - 3, fork));
      found.push([number, ...state.asked]);
    }
    expect(found).to.deep.equal([
      [7, "latest", 7],
      [7, "latest"],
      [8, "latest", 8],
      [8, "latest", 8],
      [8, "latest"],
      [8, "latest", 8],
    ]);
  });

  it("is looked for again after reads, even if the head is the same; who comes within a turn shares the answer", async () => {
    const { state, blocks } = node();
    const block = await blocks.newest();
    state.asked = [];
    const first = blocks.still(block);
    await Promise.resolve();
    await Promise.all([first, blocks.still(block)]);
    expect(state.asked).to.deep.equal([7]);
    state.fork = 1;
    await expectCode("node-behind", () => blocks.still(block));
    expect(state.asked).to.deep.equal([7, 7]);
  });
});

describe("services: whose allowance a request counts against", () => {
  const names: Record<string, string> = {
    "192.0.2.1": "192.0.2.1",
    "::ffff:192.0.2.1": "192.0.2.1",
    "::FFFF:c000:201": "192.0.2.1",
    "::1": "0:0:0:0::/64",
    "::": "0:0:0:0::/64",
    "2001:db8::1": "2001:db8:0:0::/64",
    "2001:0DB8:0:0:1:2:3:4": "2001:db8:0:0::/64",
    "2001:db8:a:b::": "2001:db8:a:b::/64",
    "64:ff9b::192.0.2.1": "64:ff9b:0:0::/64",
    "fe80::1%eth0": "fe80:0:0:0::/64",
    "1:2:3:4:5:6:7:8:9": "1:2:3:4::/64",
  };
  for (const [address, name] of Object.entries(names))
    it(`${address} is of ${name}`, () => {
      expect(networkOf(address)).to.equal(name);
    });
});
