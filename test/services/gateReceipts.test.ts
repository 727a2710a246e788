/** Receipts of releases: signed, kept, and anchored on the gate's chain as well as it can. */
import { expect } from "chai";
import { Wallet } from "ethers";
import { hex, randomBytes } from "../../src/core/bytes.ts";
import {
  anchoredAt,
  type Chain,
  checkReceipt,
  checkReceiptProof,
  type Decided,
  isAnchored,
  type Receipt,
  signReceipt,
} from "../../src/ledger/index.ts";
import { type GateServeOptions, serveGate } from "../../src/services/gateServer.ts";
import { Gate, type KeptReceipt } from "../../src/services/index.ts";
import { ReceiptBook } from "../../src/services/receiptBook.ts";
import { enrolPatient, issueAndPublish, mine, random32, theRequester, world } from "../world.ts";
import { askRelease, giveMoney, type OwnGate, orderOf, registerGate, until } from "./ownGates.ts";

describe("services: receipts of a gate", () => {
  let chain: Chain;
  let keys: OwnGate;
  let requests: Decided[];
  let decided: Decided;

  async function start(options: GateServeOptions) {
    const gate = await Gate.open(chain, keys.seed, 0);
    return { gate, ...(await serveGate(gate, options)) };
  }

  async function receiptsAt(url: string, query: string) {
    const answer = await fetch(`${url}/v1/receipts?${query}`);
    return {
      status: answer.status,
      ...((await answer.json()) as { receipts: KeptReceipt[]; next?: number }),
    };
  }

  before(async () => {
    const { chains, gates } = await world();
    chain = chains.storage;
    keys = await registerGate(chain);
    const { patient } = await enrolPatient({
      gates: { storage: [keys.address, ...gates.storage.slice(0, 2)] },
    });
    const { ledgerRecordIds } = await issueAndPublish(patient);
    const requester = await theRequester("role:doctor");
    requests = [];
    for (let i = 0; i < 4; i++)
      requests.push((await requester.request("storage", ledgerRecordIds.storage)).decided);
    decided = requests[0]!;
  });

  it("each release comes with one that holds for it and nothing else, and the gate keeps it", async () => {
    const { url, close } = await start({ upkeep: false });
    try {
      const before = Math.floor(Date.now() / 1000);
      const { body } = await askRelease(url, orderOf(decided));
      const { time, signature, ledgerRecordId } = body.receipt as Receipt;
      expect(time).to.be.within(before, Math.ceil(Date.now() / 1000));
      const { requestId } = decided;
      const receipt: Receipt = { requestId, ledgerRecordId, version: 1, time, gate: keys.address, signature };
      checkReceipt(chain, receipt);
      const wrong = [
        { requestId: random32() },
        { version: 2 },
        { time: time + 1 },
        { ledgerRecordId: random32() },
      ];
      for (const change of wrong) expect(() => checkReceipt(chain, { ...receipt, ...change })).to.throw();
      const { receipts, next } = await receiptsAt(url, `ledgerRecordId=${ledgerRecordId}`);
      expect(receipts).to.deep.equal([{ number: 1, ...receipt }]);
      expect(next).to.equal(undefined);
      expect((await receiptsAt(url, `ledgerRecordId=${ledgerRecordId}&after=1`)).receipts).to.deep.equal([]);
      expect((await receiptsAt(url, `ledgerRecordId=${random32()}`)).receipts).to.deep.equal([]);
      expect((await receiptsAt(url, "after=1")).status).to.equal(400);
    } finally {
      await close();
    }
  });

  it("anybody can ask for a release again, since requests are public: it makes no second receipt", async () => {
    const gate = await Gate.open(chain, keys.seed, 0);
    const first = await gate.release(orderOf(decided));
    await new Promise((wake) => setTimeout(wake, 1000 - (Date.now() % 1000)));
    const again = await Promise.all(Array.from({ length: 8 }, () => gate.release(orderOf(decided))));
    for (const { receipt } of again) expect(receipt).to.deep.equal(first.receipt);
    expect([gate.receipts.size, gate.receipts.pendingCount()]).to.deep.equal([1, 1]);
    // Each answer is sealed anew all the same.
    expect(new Set(again.map(({ sealed }) => sealed)).size).to.equal(8);
    await gate.release(orderOf(requests[1]!));
    expect(gate.receipts.size).to.equal(2);
  });

  it("the same request released at once to many has one receipt, too", async () => {
    const gate = await Gate.open(chain, keys.seed, 0);
    await Promise.all(Array.from({ length: 8 }, () => gate.release(orderOf(decided))));
    expect(gate.receipts.size).to.equal(1);
  });

  it("without money they stay off the chain; with money a full batch is anchored, and each is proven", async () => {
    const { gate, url, close } = await start({ upkeep: { everySeconds: 0.1, receiptsPerBatch: 3 } });
    try {
      for (const each of requests.slice(0, 3)) await gate.release(orderOf(each));
      await mine(chain);
      expect(gate.receipts.pendingCount()).to.equal(3);
      await giveMoney(chain, keys.address);
      await until(() => gate.receipts.pendingCount() === 0);
      const { receipts } = await receiptsAt(url, `ledgerRecordId=${decided.ledgerRecordId}`);
      expect(receipts).to.have.length(3);
      for (const { number: _, anchor, ...receipt } of receipts) {
        checkReceiptProof(chain, receipt, anchor!.root, anchor!.proof);
        expect(await isAnchored(chain, receipt, anchor!.root, anchor!.proof)).to.equal(true);
      }
      // One more is no batch yet.
      await gate.release(orderOf(requests[3]!));
      expect(gate.receipts.pendingCount()).to.equal(1);
    } finally {
      await close();
    }
  });

  it("when the gate is stopped it anchors what is left", async () => {
    const { gate, url, close } = await start({ upkeep: {} });
    await askRelease(url, orderOf(decided));
    expect(gate.receipts.pendingCount()).to.equal(1);
    await close();
    const [{ anchor }] = gate.receipts.list(decided.ledgerRecordId, 0, 1) as [KeptReceipt];
    expect(await anchoredAt(chain, keys.address, anchor!.root)).to.be.a("number");
  });

  it("waits no longer than it is told before it anchors a batch that isn't full", async () => {
    const { gate, close } = await start({ upkeep: { everySeconds: 0.1, anchorEverySeconds: 1 } });
    try {
      await gate.release(orderOf(decided));
      await until(() => gate.receipts.pendingCount() === 0);
    } finally {
      await close();
    }
  });

  describe("the book", () => {
    const signer = new Wallet(hex(randomBytes(32)));
    const about = random32();
    const make = (ledgerRecordId = about) =>
      signReceipt(signer, chain, { requestId: random32(), ledgerRecordId, version: 1, time: 1_800_000_000 });

    it("holds so many and forgets the oldest, pending or not", async () => {
      const book = new ReceiptBook(chain, 3);
      for (let i = 0; i < 3; i++) book.add(await make());
      await book.anchorNext(signer.address, 1, async () => undefined);
      const last = random32();
      for (let i = 0; i < 2; i++) book.add(await make(last));
      expect(book.size).to.equal(3);
      expect(book.pendingCount(signer.address)).to.equal(3);
      expect(book.list(about, 0, 9).map(({ number }) => number)).to.deep.equal([3]);
      expect(book.list(last, 0, 9).map(({ number }) => number)).to.deep.equal([4, 5]);
    });

    it("holds one of each gate, request and version, until it is forgotten", async () => {
      const book = new ReceiptBook(chain, 2);
      const receipt = await make();
      expect(book.add(receipt)).to.equal(receipt);
      expect(book.find(receipt)).to.equal(receipt);
      expect(book.add({ ...receipt, time: receipt.time + 1 })).to.equal(receipt);
      expect([book.size, book.pendingCount()]).to.deep.equal([1, 1]);
      for (const other of [{ version: 2 }, { requestId: random32() }, { gate: keys.address }])
        expect(book.find({ ...receipt, ...other })).to.equal(undefined);
      for (let i = 0; i < 2; i++) book.add(await make());
      expect(book.find(receipt)).to.equal(undefined);
    });

    it("batches that vanished don't make it grow, and the oldest are anchored again first", async () => {
      const book = new ReceiptBook(chain, 6);
      for (let i = 0; i < 4; i++) book.add(await make());
      for (let i = 0; i < 2; i++) await book.anchorNext(signer.address, 2, async () => undefined);
      for (let i = 0; i < 2; i++) book.add(await make());
      await book.settle(async () => "vanished");
      await book.anchorNext(signer.address, 3, async () => undefined);
      const anchored = book.list(about, 0, 9).filter(({ anchor }) => anchor !== undefined);
      expect(anchored.map(({ number }) => number)).to.deep.equal([1, 2, 3]);
      for (let i = 0; i < 9; i++) book.add(await make());
      expect([book.size, book.pendingCount()]).to.deep.equal([6, 6]);
      // Of the batch that was mined nothing is held any more: nobody has to look where it stands.
      await book.settle(() => Promise.reject(new Error("nothing is left to look at")));
    });

    it("gives pages", async () => {
      const book = new ReceiptBook(chain);
      for (let i = 0; i < 5; i++) book.add(await make());
      expect(book.list(about, 0, 2).map(({ number }) => number)).to.deep.equal([1, 2]);
      expect(book.list(about, 2, 2).map(({ number }) => number)).to.deep.equal([3, 4]);
      expect(book.list(about, 4, 2).map(({ number }) => number)).to.deep.equal([5]);
    });

    it("what couldn't be anchored, or vanished from the chain again, is pending again", async () => {
      const book = new ReceiptBook(chain);
      for (let i = 0; i < 2; i++) book.add(await make());
      const failing = () => Promise.reject(new Error("no"));
      await book.anchorNext(signer.address, 9, failing).catch(() => undefined);
      expect(book.pendingCount()).to.equal(2);
      await book.anchorNext(signer.address, 9, async () => undefined);
      expect(book.pendingCount()).to.equal(0);
      await book.settle(async () => "mined");
      expect(book.list(about, 0, 9).every(({ anchor }) => anchor !== undefined)).to.equal(true);
      await book.settle(async () => "vanished");
      expect(book.pendingCount()).to.equal(2);
      expect(book.list(about, 0, 9).some(({ anchor }) => anchor !== undefined)).to.equal(false);
      const again = await book.anchorNext(signer.address, 9, async () => undefined);
      expect(again).to.include({ gate: signer.address, count: 2 });
      await book.settle(async () => "final");
      await book.settle(() => Promise.reject(new Error("nothing is left to look at")));
    });
  });
});
