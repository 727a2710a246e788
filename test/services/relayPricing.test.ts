/** What a relayer offers for gas, and what becomes of an act for which the chain wants more than was offered. */
import { expect } from "chai";
import type { Block, FeeData, JsonRpcProvider } from "ethers";
import type { Chain } from "../../src/ledger/index.ts";
import { memoryRelayJournal } from "../../src/services/relayBook.ts";
import { raisedPrice } from "../../src/services/relayPricing.ts";
import { through, world } from "../world.ts";
import { type OwnRelayer, openRelayer, orderOf, PennilessOwner, sentBy } from "./relaying.ts";

const gwei = 10n ** 9n;

describe("services: what a relayer offers for gas", () => {
  it("a raised price is the chain's, a tenth more at least, and no more than it pays", () => {
    const cases: [offered: bigint, now: bigint, most: bigint, raised: bigint | undefined][] = [
      [100n, 300n, 1000n, 300n],
      [100n, 105n, 1000n, 110n],
      [101n, 102n, 1000n, 112n],
      [100n, 300n, 200n, 200n],
      [100n, 300n, 110n, 110n],
      [100n, 300n, 109n, undefined],
      [100n, 100n, 1000n, undefined],
      [100n, 50n, 1000n, undefined],
      [0n, 7n, 1000n, 7n],
    ];
    for (const [offered, now, most, raised] of cases)
      expect(raisedPrice(offered, now, most), `${offered} ${now} ${most}`).to.equal(raised);
  });

  describe("on a chain without a base fee", () => {
    let chain: Chain;
    let node: JsonRpcProvider;
    let price: bigint;
    const opened: OwnRelayer[] = [];

    /** The chain as one without a base fee, where a gas costs `price`. */
    const legacy = () =>
      through(chain, {
        getBlock: async (tag: number | "latest") => {
          const block = await node.getBlock(tag);
          return block && (Object.create(block, { baseFeePerGas: { value: null } }) as Block);
        },
        getFeeData: async () =>
          ({ gasPrice: price, maxFeePerGas: null, maxPriorityFeePerGas: null }) as FeeData,
      });
    const open = async (options: Parameters<typeof openRelayer>[0] = {}) => {
      const made = await openRelayer({ raiseAfter: 0, at: { storage: legacy() }, ...options });
      opened.push(made);
      return made;
    };

    before(async () => {
      chain = (await world()).chains.storage;
      node = chain.provider as JsonRpcProvider;
    });
    // What is sent waits in the node, as on a chain whose price went up, until a test has a block made.
    beforeEach(async () => {
      price = 2n * gwei;
      await node.send("evm_setIntervalMining", [0]);
      await node.send("evm_setAutomine", [false]);
    });
    afterEach(async () => {
      await node.send("evm_mine", []);
      await node.send("evm_setAutomine", [true]);
      await node.send("evm_setIntervalMining", [1000]);
      await Promise.all(opened.splice(0).map(({ close }) => close()));
    });

    it("an act that isn't mined is offered again at the new price, under its nonce, and paid once", async () => {
      const { relayer, wallets } = await open();
      const account = relayer.account("storage");
      const owner = new PennilessOwner(chain);
      const data = await owner.publish();
      const first = await relayer.relay(orderOf(chain, data));
      const promised = relayer.gasToday("storage");
      await account.watch();
      expect(await relayer.underWay("storage", owner.wallet.address)).to.deep.equal([first]);

      price = 3n * gwei;
      await Promise.all([account.watch(), account.watch()]);
      const [second, ...more] = await relayer.underWay("storage", owner.wallet.address);
      expect(more).to.deep.equal([]);
      expect(second).to.include({ nonce: first.nonce, account: first.account });
      expect(second!.hash).not.to.equal(first.hash);
      expect(await relayer.relay(orderOf(chain, data))).to.deep.equal(second);
      expect((await node.getTransaction(second!.hash))!.gasPrice).to.equal(price);
      expect(await node.getTransaction(first.hash)).to.equal(null);
      expect(relayer.gasToday("storage")).to.equal(promised);
      expect((await account.state()).underWay).to.equal(1);

      await node.send("evm_mine", []);
      const receipt = (await node.getTransactionReceipt(second!.hash))!;
      expect(receipt.status).to.equal(1);
      expect(await relayer.underWay("storage", owner.wallet.address)).to.deep.equal([]);
      await account.watch();
      expect(relayer.gasToday("storage")).to.equal(Number(receipt.gasUsed));
      expect(await relayer.relay(orderOf(chain, data))).to.deep.equal(second);
      expect((await sentBy(wallets.storage.address))[0]).to.equal(1);
    });

    it("the cheaper one may be mined all the same: it is the answer then", async () => {
      const raw: string[] = [];
      const broadcastTransaction = async (sent: string) => {
        raw.push(sent);
        throw new Error("no answer");
      };
      const at = { ...legacy(), provider: through(legacy(), { broadcastTransaction }).provider };
      const { relayer } = await open({ at: { storage: at } });
      const owner = new PennilessOwner(chain);
      const data = await owner.publish();
      const first = await relayer.relay(orderOf(chain, data));
      price = 4n * gwei;
      await relayer.account("storage").watch();
      expect(raw).to.have.length(2);
      const [second] = await relayer.underWay("storage", owner.wallet.address);
      expect(second!.hash).not.to.equal(first.hash);
      await node.broadcastTransaction(raw[0]!);
      await node.send("evm_mine", []);
      expect(await relayer.underWay("storage", owner.wallet.address)).to.deep.equal([]);
      expect(await relayer.relay(orderOf(chain, data))).to.deep.equal(first);
      await relayer.account("storage").watch();
      expect(await relayer.relay(orderOf(chain, data))).to.deep.equal(first);
    });

    it("not before its time, not beyond what it pays, and from a journal after a restart", async () => {
      const journal = memoryRelayJournal();
      const patient = await open({ journal, raiseAfter: 600 });
      const owner = new PennilessOwner(chain);
      const first = await patient.relayer.relay(orderOf(chain, await owner.publish()));
      const underWay = ({ relayer }: OwnRelayer) => relayer.underWay("storage", owner.wallet.address);
      price = 5n * gwei;
      await patient.relayer.account("storage").watch();
      expect(await underWay(patient)).to.deep.equal([first]);
      await patient.close();

      const wallet = patient.wallets.storage;
      const sparing = await open({ journal, wallet, prices: { maxFeePerGas: (21n * gwei) / 10n } });
      await sparing.relayer.account("storage").watch();
      expect(await underWay(sparing)).to.deep.equal([first]);
      await sparing.close();

      const again = await open({ journal, wallet });
      await again.relayer.account("storage").watch();
      const [second] = await underWay(again);
      expect((await node.getTransaction(second!.hash))!.gasPrice).to.equal(price);
    });
  });
});
