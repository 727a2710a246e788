/** What a relayer keeps of what it has sent. */
import { expect } from "chai";
import {
  memoryRelayJournal,
  type Relay,
  RelayBook,
  type RelayJournal,
} from "../../src/services/relayBook.ts";
import { expectCode } from "../expectCode.ts";

const limits = { actsPerOwner: 4, gasPerOwner: 1000, gasPerDay: 1_000_000 };
const owner = `0x${"ab".repeat(20)}`;
const now = () => Math.floor(Date.now() / 1000);
const day = 86_400;

function relay(number: number, overrides: Partial<Relay> = {}): Relay {
  return {
    ...{ side: "storage", method: "closeFor", owner, nonce: String(number), digest: `0xd${number}` },
    ...{ hash: `0x${number}`, transactionNonce: number, raw: `0xraw${number}` },
    ...{ gasLimit: 100, cost: "5", time: now() },
    ...overrides,
  };
}

describe("services: a relayer's book", () => {
  it("comes back from its journal, with ends, and without what was cut off", async () => {
    const journal = memoryRelayJournal();
    const book = await RelayBook.open(journal, limits);
    for (const number of [1, 2, 3]) await book.note(relay(number));
    await book.finish("0x1", { outcome: "mined", gasUsed: 60 });
    await book.finish("0x2", { outcome: "reverted", gasUsed: 70 });
    await journal.append('{"side":"stor');
    const again = await RelayBook.open(journal, limits);
    expect(again.open("storage").map(({ hash, raw }) => [hash, raw])).to.deep.equal([["0x3", "0xraw3"]]);
    expect(again.find("storage", owner.toUpperCase().replace("0X", "0x"), 1n)).to.include({
      hash: "0x1",
      raw: "",
    });
    expect(again.find("storage", owner, 2n)).to.equal(undefined);
    expect(again.find("shared", owner, 1n)).to.equal(undefined);
    expect(again.gasToday("storage")).to.equal(60 + 70 + 100);
    expect(await journal.read()).to.have.length(3);
  });

  it("counts an act that was sent at several prices once, after a restart too", async () => {
    const journal = memoryRelayJournal();
    const book = await RelayBook.open(journal, limits);
    await book.note(relay(1));
    await book.note(relay(1, { hash: "0x1b", replaces: "0x1" }));
    await book.note(relay(1, { hash: "0x1c", replaces: "0x1b" }));
    await book.note(relay(2));
    for (const each of [book, await RelayBook.open(journal, limits)]) {
      const hashes = (relays: Relay[]) => relays.map(({ hash }) => hash);
      expect(hashes(each.open("storage"))).to.deep.equal(["0x1", "0x1b", "0x1c", "0x2"]);
      expect(hashes(each.standing("storage"))).to.deep.equal(["0x1c", "0x2"]);
      expect(hashes(each.standing("storage", owner))).to.deep.equal(["0x1c", "0x2"]);
      const newest = each.find("storage", owner, 1n)!;
      expect(hashes(each.priced(newest))).to.deep.equal(["0x1c", "0x1b", "0x1"]);
      expect(each.gasToday("storage")).to.equal(200);
      each.demandRoom("storage", owner, 800);
      await expectCode("rate-limited", () => each.demandRoom("storage", owner, 801));
    }
    await book.finish("0x1", { outcome: "lost", gasUsed: 0 });
    await book.finish("0x1b", { outcome: "mined", gasUsed: 60 });
    await book.finish("0x1c", { outcome: "lost", gasUsed: 0 });
    for (const each of [book, await RelayBook.open(journal, limits)]) {
      expect(each.gasToday("storage")).to.equal(160);
      expect(each.find("storage", owner, 1n)?.hash).to.equal("0x1b");
      expect(each.standing("storage").map(({ hash }) => hash)).to.deep.equal(["0x2"]);
    }
  });

  it("forgets nothing that was written after a line that the disk took half of", async () => {
    let file = "";
    let isFull = false;
    const journal: RelayJournal = {
      read: async () => file.split("\n").filter((line) => line !== ""),
      append: async (line) => {
        file += isFull ? line.slice(0, 20) : `${line}\n`;
        if (isFull) throw new Error("no room");
      },
      replace: async (lines) => {
        file = lines.map((line) => `${line}\n`).join("");
      },
    };
    const book = await RelayBook.open(journal, limits);
    await book.note(relay(1));
    isFull = true;
    await expectCode("store-failed", () => book.note(relay(2)));
    isFull = false;
    await book.note(relay(3));
    const again = await RelayBook.open(journal, limits);
    expect(again.open("storage").map(({ hash }) => hash)).to.deep.equal(["0x1", "0x3"]);
  });

  it("counts a day: what is over and older is forgotten, what is under way is not", async () => {
    const journal = memoryRelayJournal();
    const book = await RelayBook.open(journal, limits);
    const time = now() - day - 1;
    await book.note(relay(1, { time }));
    await book.note(relay(2, { time }));
    await book.finish("0x1", { outcome: "mined", gasUsed: 60 });
    expect(book.gasToday("storage")).to.equal(100);
    expect((await RelayBook.open(journal, limits)).open("storage")).to.have.length(1);
  });

  it("has room up to each limit, and not beyond; what was lost takes none", async () => {
    const book = await RelayBook.open(memoryRelayJournal(), limits);
    for (const number of [1, 2, 3, 4]) {
      book.demandRoom("storage", owner, 100);
      await book.note(relay(number));
    }
    await expectCode("rate-limited", () => book.demandRoom("storage", owner, 100));
    book.demandRoom("shared", owner, 100);
    book.demandRoom("storage", `0x${"cd".repeat(20)}`, 100);
    await book.finish("0x4", { outcome: "lost", gasUsed: 0 });
    book.demandRoom("storage", owner, 700);
    await expectCode("rate-limited", () => book.demandRoom("storage", owner, 701));
    await expectCode("rate-limited", () => book.demandRoom("shared", owner, 1001));
  });

  it("its journal doesn't grow without end", async () => {
    const journal = memoryRelayJournal();
    const wide = { actsPerOwner: 1e9, gasPerOwner: 1e9, gasPerDay: 1e9 };
    const book = await RelayBook.open(journal, wide);
    const time = now() - day - 1;
    let most = 0;
    for (let number = 0; number < 3000; number++) {
      await book.note(relay(number, { time }));
      await book.finish(`0x${number}`, { outcome: "mined", gasUsed: 1 });
      if (number % 100 === 0) most = Math.max(most, (await journal.read()).length);
    }
    expect(most).to.be.greaterThan(1000).and.lessThan(2200);
  });
});
