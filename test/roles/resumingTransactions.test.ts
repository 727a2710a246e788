/** Transactions that were signed and noted, and then vanished, waited, or lost their number to another program. */
import { expect } from "chai";
import { type JsonRpcProvider, Wallet } from "ethers";
import { IndexLedger, type Side } from "../../src/ledger/index.ts";
import { type BegunPublish, Patient, type PatientOptions } from "../../src/roles/index.ts";
import { OwnerKeys } from "../../src/roles/ownerKeys.ts";
import { expectCode } from "../expectCode.ts";
import { enrolPatient, issueAndPublish, rights, surroundings, through, world } from "../world.ts";
import { openStore } from "./stops.ts";

describe("roles: transactions of an earlier run", () => {
  const side: Side = "storage";
  const keyStore = openStore();
  let emrId: Uint8Array;
  let id: string;
  let account: string;

  before(async () => {
    const { patient } = await enrolPatient({ keyStore });
    const published = await issueAndPublish(patient);
    emrId = published.emrId;
    id = published.ledgerRecordIds[side];
    account = await patient.address(side);
  });

  async function open(options: Partial<PatientOptions> = {}): Promise<Patient> {
    const patient = await Patient.open({ ...(await surroundings()), confirmations: 0, ...options, keyStore });
    await patient.restore();
    return patient;
  }

  /** Blocks a new account, in a program whose transaction goes to `network` instead of the chain's node. */
  async function blockAndStop(network: (raw: string) => Promise<void>): Promise<string> {
    const { chains } = await world();
    const broadcastTransaction = async (raw: string) => {
      await network(raw);
      throw new Error("this program was stopped");
    };
    const patient = await open({
      chains: { ...chains, [side]: through(chains[side], { broadcastTransaction }) },
    });
    const { address } = Wallet.createRandom();
    await expectCode("transaction-reverted", () => patient.block(emrId, address, ["full"]));
    return address;
  }

  const count = async () => (await world()).chains[side].provider.getTransactionCount(account);
  const isBlocked = async (address: string) =>
    new IndexLedger((await world()).chains[side]).isBlocked(id, address);

  it("one that never arrived is sent again, the same bytes", async () => {
    const before = await count();
    let noted = "";
    const address = await blockAndStop(async (raw) => {
      noted = raw;
    });
    expect([await count(), await isBlocked(address)]).to.deep.equal([before, false]);
    const { chains } = await world();
    const sent: string[] = [];
    const broadcastTransaction = (raw: string) => {
      sent.push(raw);
      return chains[side].provider.broadcastTransaction(raw);
    };
    const again = await open({
      chains: { ...chains, [side]: through(chains[side], { broadcastTransaction }) },
    });
    expect(await again.unfinished()).to.deep.equal([
      { emrId, act: "block", account: address, views: ["full"] },
    ]);
    await again.block(emrId, address, ["full"]);
    expect(sent).to.deep.equal([noted]);
    expect([await count(), await isBlocked(address), await again.unfinished()]).to.deep.equal([
      before + 1,
      true,
      [],
    ]);
  });

  it("one that waits in the node is waited for, and not paid twice", async () => {
    const node = (await world()).chains[side].provider as JsonRpcProvider;
    const before = await count();
    await node.send("evm_setIntervalMining", [0]);
    await node.send("evm_setAutomine", [false]);
    try {
      const address = await blockAndStop(async (raw) => {
        await node.send("eth_sendRawTransaction", [raw]);
      });
      expect(await node.getTransactionCount(account, "pending")).to.equal(before + 1);
      const blocking = (await open()).block(emrId, address, ["full"]);
      const answered = await Promise.race([
        blocking.then(() => true),
        new Promise((resolve) => setTimeout(() => resolve(false), 600)),
      ]);
      expect([answered, await count()]).to.deep.equal([false, before]);
      await node.send("evm_mine", []);
      await blocking;
      expect([await count(), await isBlocked(address)]).to.deep.equal([before + 1, true]);
    } finally {
      await node.send("evm_setAutomine", [true]);
      await node.send("evm_setIntervalMining", [1000]);
    }
  });

  it("one whose number another program took is made anew with the next, and that is said", async () => {
    const before = await count();
    const address = await blockAndStop(async () => undefined);
    const keys = await OwnerKeys.derive((await keyStore.get("patient/seed"))!);
    const other = keys.account((await world()).chains[side]);
    await (await other.sendTransaction({ to: account })).wait();
    const said: string[] = [];
    const again = await open({ notice: (sentence) => said.push(sentence) });
    await again.block(emrId, address, ["full"]);
    expect([await count(), await isBlocked(address)]).to.deep.equal([before + 2, true]);
    expect(said).to.have.length(1);
    expect(said[0]).to.include(`transaction ${before} `).and.to.include(account);
  });

  it("one that another program's overtakes while it is sent goes out with the next number", async () => {
    const before = await count();
    const { chains } = await world();
    const keys = await OwnerKeys.derive((await keyStore.get("patient/seed"))!);
    let overtaken = false;
    const broadcastTransaction = async (raw: string) => {
      if (!overtaken) {
        overtaken = true;
        await (await keys.account(chains[side]).sendTransaction({ to: account })).wait();
      }
      return chains[side].provider.broadcastTransaction(raw);
    };
    const said: string[] = [];
    const patient = await open({
      chains: { ...chains, [side]: through(chains[side], { broadcastTransaction }) },
      notice: (sentence) => said.push(sentence),
    });
    const { address } = Wallet.createRandom();
    expect(await patient.block(emrId, address, ["full"])).to.have.length(1);
    expect([await count(), await isBlocked(address), said.length]).to.deep.equal([before + 2, true, 1]);
  });

  it("one that the node refuses for good leaves its number to the next", async () => {
    const before = await count();
    const address = await blockAndStop(async () => undefined);
    const { chains } = await world();
    const node = chains[side].provider as JsonRpcProvider;
    const money = await node.send("eth_getBalance", [account, "latest"]);
    await node.send("hardhat_setBalance", [account, "0x0"]);
    const poor = await open();
    await expectCode("transaction-reverted", () => poor.block(emrId, address, ["full"]));
    await node.send("hardhat_setBalance", [account, money]);
    await (await open()).block(emrId, address, ["full"]);
    expect([await count(), await isBlocked(address)]).to.deep.equal([before + 1, true]);
  });

  it("one of a chain that was made anew is forgotten", async () => {
    const before = await count();
    const address = await blockAndStop(async () => undefined);
    const name = keyStore
      .names()
      .find((each) => each.startsWith("patient/sent/") && each.endsWith(account.toLowerCase()));
    const noted = await keyStore.get(name!);
    noted![5]! ^= 1;
    await keyStore.set(name!, noted!);
    const again = await open();
    await again.block(emrId, address, ["full"]);
    expect([await count(), await isBlocked(address)]).to.deep.equal([before + 1, true]);
  });

  it("a publish that another device forestalled is made anew upon what stands", async () => {
    const { chains } = await world();
    const cut = { broadcastTransaction: async () => Promise.reject(new Error("this program was stopped")) };
    const first = await open({ chains: { ...chains, shared: through(chains.shared, cut) } });
    await expectCode("transaction-reverted", () => first.change(emrId, { shared: [2, 3, 4, 5, 6, 7, 8] }));
    const elsewhere = openStore();
    await elsewhere.set("patient/seed", (await keyStore.get("patient/seed"))!);
    const device = await Patient.open({ ...(await surroundings()), confirmations: 0, keyStore: elsewhere });
    await device.restore();
    await device.change(emrId, { rights: { ...rights, shared: `${rights.shared} or role:insurer` } });
    const said: string[] = [];
    const again = await open({ notice: (sentence) => said.push(sentence) });
    const [begun, ...others] = await again.unfinished();
    expect(others).to.deep.equal([]);
    expect(begun).to.deep.include({ emrId, act: "change" });
    expect((begun as BegunPublish).plan.shared).to.deep.equal([2, 3, 4, 5, 6, 7, 8]);
    const report = await again.finish(emrId);
    // The other device let insurers in; this change, made before, has them out again, and under new keys.
    expect(report.published.map(({ view, version, epoch }) => [view, version, epoch])).to.deep.equal([
      ["full", 2, 1],
      ["shared", 3, 2],
    ]);
    expect([report.plan.rotate, report.closed.length, said.length]).to.deep.equal([[2, 3, 4, 5, 6, 7], 1, 1]);
    const { parts } = await again.show(emrId);
    expect(parts.filter((part) => part.side === "shared")).to.have.length(7);
    expect(await again.unfinished()).to.deep.equal([]);
  });
});
