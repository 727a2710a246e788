/** What a gate does of its own accord when its node fails it: nothing is lost, and one duty doesn't wait for another. */
import { expect } from "chai";
import type { Filter, Provider } from "ethers";
import { type Chain, KeyRegistry, signReceipt } from "../../src/ledger/index.ts";
import { type GateEvent, GateUpkeep, type UpkeepOptions } from "../../src/services/gateUpkeep.ts";
import { Gate } from "../../src/services/index.ts";
import { ShareWatch } from "../../src/services/shareWatch.ts";
import { expectCode } from "../expectCode.ts";
import { mine, random32, through, world } from "../world.ts";
import { dealTo, giveMoney, type OwnGate, registerGate, until } from "./ownGates.ts";

describe("services: a gate's upkeep", () => {
  let chain: Chain;
  let registry: KeyRegistry;
  let keys: OwnGate;

  const spoil = (sealed: Uint8Array) => sealed.map((byte, i) => (i === 80 ? byte ^ 1 : byte));
  const head = async () => (await chain.provider.getBlock("latest"))!.number;
  const openAt = (overrides: Partial<Provider>) => Gate.open(through(chain, overrides), keys.seed, 0);

  /** Runs a gate's upkeep until `done` says so. */
  async function keepUp(
    gate: Gate,
    options: UpkeepOptions,
    done: (events: GateEvent[]) => Promise<boolean> | boolean,
  ): Promise<GateEvent[]> {
    const events: GateEvent[] = [];
    const upkeep = new GateUpkeep(gate, { everySeconds: 0.05, ...options }, (event) => events.push(event));
    try {
      await until(() => done(events));
    } finally {
      await upkeep.stop();
    }
    return events;
  }

  const has = (events: GateEvent[], message: string) => events.some((event) => event.message === message);

  /** A receipt about nothing, of this gate's. */
  const makeReceipt = () => {
    const fields = { requestId: random32(), ledgerRecordId: random32(), version: 1, time: 1_800_000_000 };
    return signReceipt(keys.wallet, chain, fields);
  };

  /** What a node says that searches no more than so many blocks. */
  function searching(most: number, asked: number[] = []): Partial<Provider> {
    return {
      getLogs: async (filter) => {
        const { fromBlock, toBlock } = filter as Filter;
        const blocks = Number(toBlock) - Number(fromBlock) + 1;
        asked.push(blocks);
        if (blocks > most) throw Object.assign(new Error("range too large"), { code: "UNKNOWN_ERROR" });
        return chain.provider.getLogs(filter);
      },
    };
  }

  before(async () => {
    chain = (await world()).chains.shared;
    registry = new KeyRegistry(chain);
  });
  beforeEach(async () => {
    keys = await registerGate(chain);
    await giveMoney(chain, keys.address);
  });

  it("a complaint that didn't reach the chain is sent again, and costs nothing of the hour's allowance", async () => {
    const watchFrom = (await head()) + 1;
    const { keySet } = await dealTo(chain, keys, spoil);
    let failures = 0;
    const gate = await openAt({
      broadcastTransaction: async (signed) => {
        if (failures++ < 2) throw Object.assign(new Error("gone"), { code: "NETWORK_ERROR" });
        return chain.provider.broadcastTransaction(signed);
      },
    });
    const options = { watchFrom, complaintsPerHour: 1, retrySeconds: 0.1 };
    const events = await keepUp(gate, options, (seen) => has(seen, "complained on chain"));
    const failed = events.filter(({ message }) => message === "complaint failed");
    expect(failed.map(({ code }) => code)).to.deep.equal(["chain-unreachable", "chain-unreachable"]);
    expect(gate.complaints.waitingCount).to.equal(0);
    expect(await registry.complaints(keySet)).to.have.length(1);
  });

  it("a complaint that the contract refuses is given up: sending it again is of no use", async () => {
    const watchFrom = (await head()) + 1;
    const { keySet, set } = await dealTo(chain, keys, spoil);
    const before = await openAt({});
    await before.identities[0]!.checkShareOf(keySet, set);
    await keepUp(before, { watchFrom }, (seen) => has(seen, "complained on chain"));
    const again = await openAt({});
    const options = { watchFrom, retrySeconds: 0 };
    const events = await keepUp(again, options, (seen) => has(seen, "complaint failed"));
    expect(again.complaints.waitingCount).to.equal(0);
    const [failed, ...others] = events.filter(({ message }) => message === "complaint failed");
    expect([failed!.code, others.length]).to.deep.equal(["transaction-reverted", 0]);
  });

  it("a node that refuses to search so many blocks is asked for fewer", async () => {
    const from = (await head()) + 1;
    await dealTo(chain, keys);
    await mine(chain, 20);
    await dealTo(chain, keys, spoil);
    const asked: number[] = [];
    const watch = new ShareWatch(await openAt(searching(7, asked)), from);
    const pages: number[] = [];
    const checked = await watch.scan(undefined, async (found) => void pages.push(found.length));
    expect(checked.map(({ state }) => state)).to.deep.equal(["good", "bad"]);
    expect(pages.length).to.be.at.least(4);
    // It has learnt how many after a few refusals.
    expect(asked.filter((blocks) => blocks > 7).length).to.be.at.most(4);
    const one = new ShareWatch(await openAt(searching(1)), (await head()) - 3);
    await one.scan();
    await expectCode("transaction-reverted", async () =>
      new ShareWatch(await openAt(searching(0)), from).scan(),
    );
  });

  it("when it can't look at shares it complains and anchors all the same", async () => {
    const { keySet, set } = await dealTo(chain, keys, spoil);
    const gate = await openAt(searching(0));
    await gate.identities[0]!.checkShareOf(keySet, set);
    gate.receipts.add(await makeReceipt());
    const events = await keepUp(
      gate,
      { receiptsPerBatch: 1 },
      (seen) => has(seen, "complained on chain") && has(seen, "anchored receipts"),
    );
    expect(events.find(({ message }) => message === "upkeep failed")).to.include({ about: "shares" });
    expect(await registry.complaints(keySet)).to.have.length(1);
  });

  it("it doesn't wait for a long look at the chain to end before it anchors", async () => {
    const from = (await head()) + 1;
    await mine(chain, 12);
    let anchored: () => void = () => undefined;
    const untilAnchored = new Promise<void>((resolve) => {
      anchored = resolve;
    });
    const few = searching(4);
    let pages = 0;
    const gate = await openAt({
      getLogs: async (filter) => {
        const logs = await few.getLogs!(filter);
        if (pages++ > 0) await untilAnchored;
        return logs;
      },
    });
    gate.receipts.add(await makeReceipt());
    const events = await keepUp(gate, { watchFrom: from, receiptsPerBatch: 1 }, (seen) => {
      const done = has(seen, "anchored receipts");
      if (done) anchored();
      return done;
    });
    expect(pages).to.be.at.least(1);
    expect(has(events, "upkeep failed")).to.equal(false);
  });
});
