/** View functions that are read by hand: the same as through the ABI, and nothing where an answer has another form. */
import { expect } from "chai";
import { AbiCoder, getAddress } from "ethers";
import fc from "fast-check";
import { concat, hex, unhex } from "../../src/core/bytes.ts";
import { indexLedgerAbi } from "../../src/ledger/abi/indexLedger.ts";
import { keyRegistryAbi } from "../../src/ledger/abi/keyRegistry.ts";
import { type Chain, IndexLedger, KeyRegistry } from "../../src/ledger/index.ts";
import { contractAt, read } from "../../src/ledger/transactions.ts";
import { AbiHead, callView } from "../../src/ledger/view.ts";
import { expectCode } from "../expectCode.ts";
import { enrolPatient, issueAndPublish, random32, through, world } from "../world.ts";

type Found = Record<string, string | bigint | boolean | string[]>;

describe("ledger: views read by hand", () => {
  let chain: Chain;
  let ledgerRecordId: string;

  before(async () => {
    chain = (await world()).chains.storage;
    ledgerRecordId = (await issueAndPublish((await enrolPatient()).patient)).ledgerRecordIds.storage;
  });

  it("a record, its key set and its gates are what the contracts say through their ABIs", async () => {
    const ledger = contractAt(chain, chain.ledger, indexLedgerAbi);
    const registry = contractAt(chain, chain.keyRegistry, keyRegistryAbi);
    const record = await new IndexLedger(chain).record(ledgerRecordId);
    const told = await read<Found>(ledger, "record", [ledgerRecordId], "tell");
    expect({ ...record, program: hex(record.program), index: hex(record.index) }).to.deep.equal({
      owner: told.owner,
      version: Number(told.version),
      epoch: Number(told.epoch),
      closed: told.closed,
      blob: told.blob,
      keySet: told.keySet,
      program: told.program,
      index: told.index,
    });
    const set = await new KeyRegistry(chain).keySet(record.keySet);
    const dealt = await read<Found>(registry, "keySet", [record.keySet], "tell");
    expect({
      ...set,
      indexKey: hex(set.indexKey),
      commitments: hex(concat(...set.commitments)),
      sealedShares: set.sealedShares.map(hex),
    }).to.deep.equal({
      dealer: dealt.dealer,
      generation: Number(dealt.generation),
      threshold: Number(dealt.threshold),
      indexKey: dealt.indexKey,
      gates: [...(dealt.gates as string[])],
      commitments: dealt.commitments,
      sealedShares: [...(dealt.sealedShares as string[])],
    });
    expect(set.commitments).to.have.length(set.threshold);
    for (const address of set.gates) {
      const { hpkeKey, url } = await new KeyRegistry(chain).gate(address);
      const entry = await read<Found>(registry, "gate", [address], "tell");
      expect([hex(hpkeKey), url]).to.deep.equal([entry.hpkeKey, entry.url]);
    }
  });

  it("any answer reads as ethers encodes it", () => {
    const bytes = fc.uint8Array({ maxLength: 200 });
    const address = fc.uint8Array({ minLength: 20, maxLength: 20 }).map((each) => getAddress(hex(each)));
    fc.assert(
      fc.property(
        fc.tuple(fc.maxSafeNat(), address, bytes, fc.array(address, { maxLength: 9 })),
        fc.tuple(fc.array(bytes, { maxLength: 9 }), fc.string({ unit: "grapheme" }), fc.boolean()),
        ([number, one, word, addresses], [strings, text, flag]) => {
          const types = ["(uint64,address,bytes,address[],bytes[],string,bool)"];
          const value = [number, one, word, addresses, strings, text, flag];
          const head = new AbiHead(unhex(AbiCoder.defaultAbiCoder().encode(types, [value]))).tuple(0);
          expect([
            head.number(0),
            head.address(1),
            head.bytesAt(2),
            head.list(3, (items, at) => items.address(at)),
            head.list(4, (items, at) => items.bytesAt(at)),
            head.text(5),
            head.boolean(6),
          ]).to.deep.equal(value);
        },
      ),
    );
  });

  it("answers that are cut, or point outside of themselves, are refused", async () => {
    const whole = unhex(
      AbiCoder.defaultAbiCoder().encode(["(bytes,bytes[])"], [["0x1234", ["0x56", "0x78"]]]),
    );
    const decode = (answer: AbiHead) => {
      const found = answer.tuple(0);
      return [found.bytesAt(0), found.list(1, (items, at) => items.bytesAt(at))];
    };
    const call = { to: chain.ledger, selector: "0x00000000", word: random32(), act: "tell" };
    const saying = (answer: string) => callView(through(chain, { call: async () => answer }), call, decode);
    expect(await saying(hex(whole))).to.deep.equal([unhex("1234"), [unhex("56"), unhex("78")]]);
    // The padding of the last string is not needed to read it.
    for (let size = 0; size <= whole.length - 32; size += 16)
      await expectCode("transaction-reverted", () => saying(hex(whole.slice(0, size))));
    for (let at = 0; at < whole.length; at += 32) {
      const wide = whole.slice();
      wide[at] = 1;
      const read = await saying(hex(wide)).catch(({ code }: { code: string }) => code);
      // Words of bytes are anything; all others are numbers.
      if (read !== "transaction-reverted") expect([4 * 32, 9 * 32, 11 * 32]).to.include(at);
    }
    await expectCode("transaction-reverted", () => saying("0x"));
    await expectCode("transaction-reverted", () => saying("no hex"));
  });

  it("what is no address and no yes or no is refused, as by the ABI", () => {
    const words = (...each: bigint[]) =>
      new AbiHead(
        unhex(
          AbiCoder.defaultAbiCoder().encode(
            each.map(() => "uint256"),
            each,
          ),
        ),
      );
    for (const long of [1n << 160n, 1n << 255n]) expect(() => words(long).address(0)).to.throw();
    expect(words((1n << 160n) - 1n).address(0)).to.equal(getAddress(`0x${"f".repeat(40)}`));
    for (const neither of [2n, 256n, 1n << 64n]) expect(() => words(neither).boolean(0)).to.throw();
    expect(words(0n, 1n).boolean(1)).to.equal(true);
  });

  it("only a word or an address is asked for, and a contract's refusal stays what it is", async () => {
    const ledger = new IndexLedger(chain);
    for (const wrong of ["", "0x", "0x12", `${random32()}00`, random32().slice(2)])
      await expectCode("argument-invalid", () => ledger.record(wrong));
    await expectCode("record-unknown", () => ledger.record(random32()));
    await expectCode("record-unknown", () => new KeyRegistry(chain).keySet(random32()));
    const { hpkeKey, url } = await new KeyRegistry(chain).gate(random32().slice(0, 42));
    expect([hpkeKey.length, url]).to.deep.equal([0, ""]);
  });
});
