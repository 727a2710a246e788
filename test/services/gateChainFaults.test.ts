/** Gates whose chain turns, lags or has another clock: what they do about it, and that the others open the index meanwhile. */
import { expect } from "chai";
import type { Block, BlockTag, JsonRpcProvider } from "ethers";
import { type Chain, type Decided, IndexLedger } from "../../src/ledger/index.ts";
import type { Requester } from "../../src/roles/requester.ts";
import { Gate } from "../../src/services/index.ts";
import { expectCode } from "../expectCode.ts";
import {
  enrolPatient,
  enrolRequester,
  issueAndPublish,
  mine,
  random32,
  theRequester,
  through,
  world,
} from "../world.ts";
import { type NodeFault, openFaulty } from "./nodeFront.ts";
import { askRelease, orderOf, registerGate } from "./ownGates.ts";
import { type ServedGate, serveOwnGate, serveOwnGates } from "./servedGates.ts";

describe("services: faults of a gate's chain", () => {
  let chain: Chain;
  let requester: Requester;
  const closers: (() => unknown)[] = [];

  before(async () => {
    chain = (await world()).chains.shared;
    requester = await theRequester("role:researcher");
  });
  after(async () => {
    for (const close of closers.reverse()) await close();
  });

  /** A record of a patient with these gates, two of which open it. */
  async function publishTo(gates: readonly { address: string }[]): Promise<string> {
    const { patient } = await enrolPatient({ gates: { shared: gates.map(({ address }) => address) } });
    return (await issueAndPublish(patient)).ledgerRecordIds.shared;
  }

  async function askAt({ url }: ServedGate, decided: Decided): Promise<string> {
    const { status, body } = await askRelease(url, orderOf(decided));
    return status === 200 ? "released" : String(body.code);
  }

  describe("reorganised after the release request", () => {
    const depth = 3;
    let careful: ServedGate[];
    let hasty: ServedGate;
    let ledgerRecordId: string;
    let rpc: (method: string, ...params: unknown[]) => Promise<unknown>;

    before(async () => {
      const own = await serveOwnGates(chain, 2, { confirmations: depth });
      hasty = await serveOwnGate(chain);
      closers.push(own.close, hasty.stop);
      careful = own.gates;
      ledgerRecordId = await publishTo([...careful, hasty]);
      rpc = (method, ...params) => (chain.provider as JsonRpcProvider).send(method, params);
    });

    /** Stops the chain's own mining while `act` runs: blocks come by transactions only. */
    async function still(act: () => Promise<void>): Promise<void> {
      await rpc("evm_setIntervalMining", 0);
      try {
        await act();
      } finally {
        // Taken back, the chain's clock stands where it stood: on to the wall's again.
        const { timestamp } = (await chain.provider.getBlock("latest"))!;
        const behind = Math.floor(Date.now() / 1000) - timestamp;
        if (behind > 0) await rpc("evm_increaseTime", behind);
        await rpc("evm_setIntervalMining", 1000);
        await mine(chain, 1);
      }
    }

    it("gates waited for depth: what was taken back was never released, but by one that doesn't wait", async () => {
      await still(async () => {
        await mine(chain, depth);
        const before = await rpc("evm_snapshot");
        const { decided } = await requester.request("shared", ledgerRecordId);
        expect(decided.decision).to.equal("granted");
        for (const gate of careful) expect(await askAt(gate, decided)).to.equal("node-behind");
        expect(await askAt(hasty, decided)).to.equal("released");
        await mine(chain, depth - 1);
        for (const gate of careful) expect(await askAt(gate, decided)).to.equal("node-behind");

        expect(await rpc("evm_revert", before)).to.equal(true);
        expect(await new IndexLedger(chain).status(decided.requestId)).to.equal("unknown");
        await mine(chain, depth + 1);
        for (const gate of [...careful, hasty]) expect(await askAt(gate, decided)).to.equal("not-releasable");
        await expectCode("not-releasable", () => requester.release("shared", decided));
      });
    });

    it("a request that stays is released once it is deep enough, on the chain that won", async () => {
      await still(async () => {
        await mine(chain, depth);
        const before = await rpc("evm_snapshot");
        await mine(chain, 1);
        const lost = (await chain.provider.getBlock("latest"))!.hash;
        expect(await rpc("evm_revert", before)).to.equal(true);
        const { decided } = await requester.request("shared", ledgerRecordId);
        expect((await chain.provider.getBlock("latest"))!.hash).not.to.equal(lost);
        for (const gate of careful) expect(await askAt(gate, decided)).to.equal("node-behind");
        await mine(chain, depth);
        for (const gate of careful) expect(await askAt(gate, decided)).to.equal("released");
      });
    });

    it("a client waits with its gates until a request is final", async () => {
      const { decided } = await requester.request("shared", ledgerRecordId);
      const released = await requester.release("shared", decided);
      expect(released.gates).to.have.length(2);
      expect(released.plaintext.url).to.match(/^ipfs:/);
    });
  });

  it("what was read while the chain was another for a moment isn't taken for this one's afterwards", async () => {
    const keys = await registerGate(chain);
    const { gates } = await world();
    const owner = await enrolPatient({ gates: { shared: [keys.address, ...gates.shared.slice(0, 2)] } });
    const { emrId, ledgerRecordIds } = await issueAndPublish(owner.patient);
    const { decided } = await requester.request("shared", ledgerRecordIds.shared);
    await owner.patient.change(emrId, { shared: [2, 3, 4, 5, 6, 7, 8] });
    const head = (await chain.provider.getBlock("latest"))!;
    let turned = true;
    let looked = 0;
    const called: string[] = [];
    // The head stands still, so that both releases go by one block. While turned, reads find the record as it was before.
    const at = through(chain, {
      getBlock: async (tag) => {
        if (tag === "latest")
          return Object.create(head, { timestamp: { value: Math.floor(Date.now() / 1000) } }) as Block;
        const block = (await chain.provider.getBlock(tag as BlockTag))!;
        const another = turned && looked++ > 0;
        return another ? (Object.create(block, { hash: { value: random32() } }) as Block) : block;
      },
      call: (transaction) => {
        called.push(String(transaction.to).toLowerCase());
        return chain.provider.call(turned ? { ...transaction, blockTag: decided.block } : transaction);
      },
    });
    const gate = await Gate.open(at, keys.seed, 0);
    await expectCode("node-behind", () => gate.release(orderOf(decided)));
    expect(gate.sharesReady, "no share of what didn't stand is opened").to.equal(0);
    turned = false;
    expect(await gate.release(orderOf(decided))).to.include({ version: 2 });
    expect(called.filter((to) => to === chain.keyRegistry.toLowerCase())).to.have.length(2);
  });

  describe("behind, or with another clock", () => {
    let fault: NodeFault;
    let odd: ServedGate;
    let decided: Decided;
    let ledgerRecordId: string;

    before(async () => {
      fault = {};
      const { at, close } = await openFaulty(chain, () => fault);
      const own = await serveOwnGates(chain, 2);
      odd = await serveOwnGate(chain, { at });
      closers.push(close, own.close, odd.stop);
      ledgerRecordId = await publishTo([odd, ...own.gates]);
      ({ decided } = await requester.request("shared", ledgerRecordId));
    });
    beforeEach(() => {
      fault = {};
    });

    const openedByOthers = async () => {
      const released = await requester.release("shared", decided);
      expect(released.gates).not.to.include(odd.address);
      return released;
    };

    it("serves while nothing is wrong", async () => {
      expect(await askAt(odd, decided)).to.equal("released");
    });

    it("whose node is stuck: releases nothing that it doesn't see granted, nothing at all when it is stuck for long", async () => {
      fault = { stuckAt: decided.block - 1 };
      expect(await askAt(odd, decided)).to.equal("not-releasable");
      await openedByOthers();
      fault = { stuckAt: decided.block, clock: -40 };
      expect(await askAt(odd, decided)).to.equal("node-behind");
      await openedByOthers();
    });

    it("whose node is stuck before the end of a grant: it can't know yet, but not for longer than 30 s", async () => {
      const other = await enrolRequester(["role:researcher"]);
      const asked = (await other.request("shared", ledgerRecordId)).decided;
      const at = asked.block;
      await (await world()).authority.revokeAttributes(other.address, ["role:researcher"]);
      expect(await askAt(odd, asked)).to.equal("grant-ended");
      fault = { stuckAt: at };
      expect(await askAt(odd, asked)).to.equal("released");
      fault = { stuckAt: at, clock: -31 };
      expect(await askAt(odd, asked)).to.equal("node-behind");
      // One gate that can't know is no danger: it takes two.
      await expectCode("grant-ended", () => other.release("shared", asked));
    });

    for (const clock of [-40, 40])
      it(`whose clock is ${Math.abs(clock)} s ${clock < 0 ? "ahead of" : "behind"} its chain's: it releases nothing and says so`, async () => {
        fault = { clock };
        expect(await askAt(odd, decided)).to.equal("node-behind");
        await openedByOthers();
      });

    for (const clock of [-10, 10])
      it(`whose clock is ${Math.abs(clock)} s ${clock < 0 ? "ahead of" : "behind"} its chain's: it serves on`, async () => {
        fault = { clock };
        expect(await askAt(odd, decided)).to.equal("released");
      });
  });
});
