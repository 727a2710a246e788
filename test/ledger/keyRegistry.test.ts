/** The key registry's client: gates, complaints, and what is told of deals. */
import { expect } from "chai";
import type { JsonRpcSigner, Wallet } from "ethers";
import { randomBytes } from "../../src/core/bytes.ts";
import {
  type Chain,
  type Dealing,
  type GateEntry,
  KeyRegistry,
  keySetIdOf,
  signGate,
} from "../../src/ledger/index.ts";
import { generateKeyPair } from "../../src/seal/index.ts";
import { expectCode } from "../expectCode.ts";
import { fundedWallet, nodeAccount, random32, through, world } from "../world.ts";

describe("ledger: the key registry's client", () => {
  let chain: Chain;
  let keys: KeyRegistry;
  let operator: JsonRpcSigner;
  const gates: Wallet[] = [];
  const entries: GateEntry[] = [];

  const refusal = async (attempt: () => Promise<unknown>, name: string) => {
    const { message } = await expectCode("transaction-reverted", attempt);
    expect(message).to.contain(name);
  };

  async function makeGate(): Promise<{ gate: Wallet; entry: GateEntry }> {
    const gate = (await fundedWallet()).connect(chain.provider);
    const hpkeKey = (await generateKeyPair()).publicKey;
    const signature = await signGate(gate, chain, hpkeKey);
    return { gate, entry: { address: gate.address, hpkeKey, url: "http://127.0.0.1:9", signature } };
  }

  /** Deals a fresh index key to these gates, or the same one again. */
  async function deal(to: readonly Wallet[], indexKey: Uint8Array, dealer: Wallet) {
    const sealedShares = to.map(() => randomBytes(100));
    const accounts = to.map(({ address }) => address);
    await keys.deal(dealer, {
      indexKey,
      generation: (await keys.generationOf(keySetIdOf(dealer.address, indexKey))) + 1,
      threshold: 1,
      gates: accounts,
      commitments: [indexKey],
      sealedShares,
    });
    return keySetIdOf(dealer.address, indexKey);
  }
  const freshKey = async () => (await generateKeyPair()).publicKey;
  const dealer = async () => (await fundedWallet()).connect(chain.provider);

  before(async () => {
    chain = (await world()).chains.storage;
    keys = new KeyRegistry(chain);
    operator = await nodeAccount(chain, 2);
    for (let i = 0; i < 3; i++) {
      const { gate, entry } = await makeGate();
      gates.push(gate);
      entries.push(entry);
      await keys.setGate(operator, entry);
    }
  });

  it("registers a gate with its own account's signature, and nobody else's", async () => {
    const [{ gate, entry }, { gate: mallory }] = [await makeGate(), await makeGate()];
    const { chains } = await world();
    const attempts = [
      { ...entry, signature: await signGate(mallory, chain, entry.hpkeKey) },
      { ...entry, signature: await signGate(gate, chains.shared, entry.hpkeKey) },
      { ...entry, signature: await signGate(gate, { ...chain, keyRegistry: chain.ledger }, entry.hpkeKey) },
      { ...entry, hpkeKey: await freshKey() },
    ];
    for (const attempt of attempts)
      await refusal(() => keys.setGate(operator, attempt), "KeyRegistrySignatureInvalid");
    expect(await keys.gateKeyOf(gate.address)).to.have.length(0);
    await keys.setGate(operator, entry);
    const { signature: _, ...registered } = entry;
    expect(await keys.gate(gate.address)).to.deep.equal(registered);
    expect(await keys.gateAccounts()).to.include(gate.address);
  });

  it("a gate's URL changes, its key never; removed, it keeps its key", async () => {
    const { gate, entry } = await makeGate();
    await keys.setGate(operator, entry);
    await keys.setGate(operator, { ...entry, url: "https://gate.example" });
    expect((await keys.gate(gate.address)).url).to.equal("https://gate.example");
    const hpkeKey = await freshKey();
    const swapped = { ...entry, hpkeKey, signature: await signGate(gate, chain, hpkeKey) };
    await refusal(() => keys.setGate(operator, swapped), "KeyRegistryGateKeyFixed");
    await keys.removeGate(operator, gate.address);
    await refusal(() => keys.setGate(operator, swapped), "KeyRegistryGateKeyFixed");
    expect(await keys.gate(gate.address)).to.deep.equal({
      address: gate.address,
      hpkeKey: new Uint8Array(0),
      url: "",
    });
    expect(await keys.gateKeyOf(gate.address)).to.deep.equal(entry.hpkeKey);
    expect(await keys.gateAccounts()).not.to.include(gate.address);
    await refusal(() => keys.removeGate(operator, gate.address), "KeyRegistryGateUnknown");
  });

  it("complaints: who, about what, with which evidence; once a generation", async () => {
    const by = await dealer();
    const indexKey = await freshKey();
    const id = await deal(gates, indexKey, by);
    expect(await keys.complaints(id)).to.deep.equal([]);
    const [first, second] = [randomBytes(200), randomBytes(512)];
    const mined = await keys.complain(gates[2]!, id, 1, first);
    await keys.complain(gates[0]!, id, 1, second);
    await refusal(() => keys.complain(gates[0]!, id, 1, first), "KeyRegistryComplaintTwice");
    await refusal(() => keys.complain(gates[1]!, id, 2, first), "KeyRegistryGenerationMismatch");
    await refusal(() => keys.complain(gates[1]!, id, 1, randomBytes(513)), "KeyRegistryEvidenceSize");
    await refusal(() => keys.complain(by, id, 1, first), "KeyRegistryNoShare");

    // The patient repairs: a new generation, about which nobody has complained.
    await deal([gates[1]!, gates[2]!], indexKey, by);
    await keys.complain(gates[2]!, id, 2, first);
    const found = await keys.complaints(id);
    expect(found.map(({ gate, generation, evidence }) => [gate, generation, evidence])).to.deep.equal([
      [gates[2]!.address, 1, first],
      [gates[0]!.address, 1, second],
      [gates[2]!.address, 2, first],
    ]);
    expect(found[0]).to.include({ keySet: id, block: mined.block, transaction: mined.hash });
    expect(await keys.complaints(id, { fromBlock: found[2]!.block })).to.deep.equal(found.slice(2));
  });

  it("complaints about a key set that nobody dealt are refused", async () => {
    await expectCode("record-unknown", () => keys.complain(gates[0]!, random32(), 1, randomBytes(9)));
    expect(await keys.dealerOf(random32())).to.equal(undefined);
    expect(await keys.complaints(random32())).to.deep.equal([]);
  });

  it("deals are told in order, from any block on", async () => {
    const by = await dealer();
    const from = await chain.provider.getBlockNumber();
    const indexKey = await freshKey();
    const id = await deal(gates, indexKey, by);
    expect(await keys.dealerOf(id)).to.equal(by.address);
    await deal(gates.slice(1), indexKey, by);
    const found: Dealing[] = [];
    for await (const dealing of keys.dealings({ fromBlock: from + 1 })) found.push(dealing);
    const own = found.filter(({ dealer }) => dealer === by.address);
    expect(
      own.map(({ keySet, generation, threshold, gateCount }) => [keySet, generation, threshold, gateCount]),
    ).to.deep.equal([
      [id, 1, 1, 3],
      [id, 2, 1, 2],
    ]);
    const [first, second] = own as [Dealing, Dealing];
    expect(first.block < second.block && first.transaction !== second.transaction).to.equal(true);
    const before: Dealing[] = [];
    for await (const dealing of keys.dealings({ fromBlock: from + 1, toBlock: first.block }))
      before.push(dealing);
    expect(before.filter(({ dealer }) => dealer === by.address)).to.deep.equal([first]);
  });

  it("events are asked for in pages of blocks that leave out none and overlap nowhere", async () => {
    const asked: [number, number][] = [];
    const paged = through(chain, {
      getLogs: async (filter) => {
        const { fromBlock, toBlock } = filter as { fromBlock: number; toBlock: number };
        asked.push([fromBlock, toBlock]);
        return [];
      },
    });
    for await (const _ of new KeyRegistry(paged).dealings({ fromBlock: 7, toBlock: 12_345 }));
    expect(asked).to.deep.equal([
      [7, 5006],
      [5007, 10_006],
      [10_007, 12_345],
    ]);
    const broken = through(chain, { getLogs: () => Promise.reject(new Error("too many blocks")) });
    await expectCode("transaction-reverted", () => new KeyRegistry(broken).complaints(random32()));
  });
});
