import { expect } from "chai";
import fc from "fast-check";
import { compare, equal, hex, unhex, utf8, utf8Decode } from "../../src/core/bytes.ts";
import { Reader, Writer } from "../../src/core/encoding.ts";
import { hash, transcript } from "../../src/core/hash.ts";
import { expectCode } from "../expectCode.ts";

describe("core/encoding", () => {
  it("reads back what was written", () => {
    fc.assert(
      fc.property(
        fc.nat(255),
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        fc.uint8Array(),
        fc.string({ unit: "grapheme" }),
        fc.array(fc.nat(65_535)),
        (small, big, bytes, text, list) => {
          const written = new Writer()
            .u8(small)
            .u64(big)
            .bytes(bytes)
            .text(text)
            .list(list, (writer, item) => writer.u16(item))
            .finish();
          const reader = new Reader(written, "sample");
          expect(reader.u8()).to.equal(small);
          expect(reader.u64()).to.equal(big);
          expect(reader.bytes()).to.deep.equal(bytes);
          expect(reader.text()).to.equal(text);
          expect(reader.list((each) => each.u16())).to.deep.equal(list);
          reader.end();
        },
      ),
    );
  });

  it("refuses trailing bytes, early ends, false counts, other versions and values that don't fit", async () => {
    await expectCode("encoding-invalid", () => new Reader(new Uint8Array(1), "sample").end());
    await expectCode("encoding-invalid", () => new Reader(new Uint8Array(3), "sample").u32());
    await expectCode("encoding-invalid", () =>
      new Reader(unhex("7fffffff"), "sample").list((each) => each.u8(), 2 ** 31),
    );
    await expectCode("encoding-invalid", () => new Reader(unhex("00000002ffff"), "sample").text());
    await expectCode("encoding-invalid", () => new Reader(unhex("02"), "sample").version(1));
    await expectCode("encoding-invalid", () => new Writer().u8(256));
    await expectCode("encoding-invalid", () => new Writer().u16(-1));
  });
});

describe("core/hash", () => {
  it("separates domains and the boundaries of parts", () => {
    expect(hash("a", utf8("bc"))).to.not.deep.equal(hash("ab", utf8("c")));
    expect(hash("a", utf8("b"), utf8("c"))).to.not.deep.equal(hash("a", utf8("bc")));
    expect(transcript("a", utf8("b"))).to.deep.equal(unhex("0000000161" + "0000000162"));
  });
});

describe("core/bytes", () => {
  it("compares bytes by content and refuses what isn't hex or UTF-8", async () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
        expect(equal(a, b)).to.equal(hex(a) === hex(b));
        expect(compare(a, b)).to.equal(Math.sign(Buffer.compare(a, b)));
        expect(unhex(hex(a))).to.deep.equal(a);
      }),
    );
    await expectCode("bytes-invalid", () => unhex("0xabc"));
    await expectCode("bytes-invalid", () => utf8Decode(unhex("ff")));
    expect(utf8Decode(utf8("\ufeffa"))).to.equal("\ufeffa");
  });
});
