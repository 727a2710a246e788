import { expect } from "chai";
import { concat, hex, unhex } from "../../src/core/bytes.ts";
import {
  type Attested,
  attributeHash,
  compileProgram,
  numberSlot,
  parseAttribute,
  purposeNumber,
  readProgram,
  runProgram,
} from "../../src/policy/index.ts";
import { expectCode } from "../expectCode.ts";

const nothing: Attested = { holds: () => false, number: () => undefined };
const everything: Attested = { holds: () => true, number: () => 3 };

describe("policy/program", () => {
  it("has the bytes that the contract expects", () => {
    const hash = (name: string) => attributeHash(parseAttribute(name));
    const program = compileProgram("role:a and (org:b or 2 of (x:1, y:2, role:a))");
    const operations = unhex("0x0001020300400203" + "400102" + "400202");
    expect(program).to.deep.equal(
      concat(unhex("0x01040000"), hash("role:a"), hash("org:b"), hash("x:1"), hash("y:2"), operations),
    );
  });

  it("has comparisons behind the attributes, each once, in three operators", () => {
    const program = compileProgram("level > 2 and a:1 and (age < 8 or level >= 3 or x = 1970-01-02)");
    const level = hex(numberSlot("level", "number")).slice(2);
    const age = hex(numberSlot("age", "number")).slice(2);
    const x = hex(numberSlot("x", "date")).slice(2);
    const tables = `${level}0100000003${age}0200000007${x}0300000001`;
    const expected = concat(
      unhex("0x01010300"),
      attributeHash(parseAttribute("a:1")),
      unhex(`0x${tables}0100020103400103400303`),
    );
    expect(hex(program)).to.equal(hex(expected));
  });

  it("counts a comparison as one leaf", async () => {
    const steps = (count: number) =>
      Array.from({ length: count }, (_, i) => `level${i} >= 2147483648`).join(" or ");
    expect(compileProgram(steps(32))).to.have.length(4 + 32 * 37 + 32 + 3);
    expect(compileProgram(`${steps(31)} or a:1`)).to.have.length(4 + 32 + 31 * 37 + 32 + 3);
    await expectCode("policy-limit", () => compileProgram(`${steps(32)} or a:1`));
  });

  it("takes 32 leaves, not 33", async () => {
    const either = (count: number) => Array.from({ length: count }, (_, i) => `a:${i}`).join(" or ");
    expect(runProgram(compileProgram(either(32)), nothing)).to.equal(false);
    const error = await expectCode("policy-limit", () => compileProgram(either(33)));
    expect(error.message).to.contain("32");
    await expectCode("policy-limit", () => compileProgram(Array(33).fill("a:1").join(" or ")));
  });

  it("refuses malformed programs", async () => {
    const one = `0x01010000${"00".repeat(32)}`;
    const number = (operator: string) => `0x01000100${"00".repeat(32)}${operator}00000003`;
    const bad = [
      "0x",
      "0x00",
      "0x0100",
      "0x010000",
      "0x01000000",
      "0x0100000000",
      `0x01210000${"00".repeat(33 * 32)}00`,
      `0x01002100${"00".repeat(33 * 37)}00`,
      `0x01200100${"00".repeat(32 * 32 + 37)}00`,
      `0x01020000${"00".repeat(32)}`,
      `0x01000200${number("01").slice(10)}`,
      "0x01010001",
      `0x0101000100${"00".repeat(32)}00`,
      `0x010100020202${"00".repeat(32)}00`,
      `0x010100020201${"00".repeat(32)}00`,
      number("01"),
      number("01").slice(0, -2),
      `${number("00")}00`,
      `${number("04")}00`,
      `${number("01")}01`,
      one,
      `${one}01`,
      `${one}0000`,
      `${one}0040`,
      `${one}004001`,
      `${one}00400102`,
      `${one}00400001`,
      `${one}00400201`,
      `${one}0041`,
      `${one}20`,
      `${one}${"00".repeat(256)}`,
      `${one}400000`,
    ];
    for (const text of bad) await expectCode("encoding-invalid", () => runProgram(unhex(text), everything));
    expect(runProgram(unhex(`${one}00`), everything)).to.equal(true);
    expect(runProgram(unhex(`${one}0000400102`), everything)).to.equal(true);
  });

  it("allows the purposes it names and no others; unnamed, any and none", async () => {
    const program = compileProgram("a:1", ["HRESCH", "TREAT", "TREAT"]);
    const [treat, research] = [purposeNumber("TREAT"), purposeNumber("HRESCH")];
    expect([...readProgram(program).purposes]).to.deep.equal([treat, research]);
    expect(hex(program).slice(0, 14)).to.equal(hex(Uint8Array.of(1, 1, 0, 2, treat, research)));
    for (const [purpose, allowed] of [
      [treat, true],
      [research, true],
      [0, false],
      [purposeNumber("ETREAT"), false],
      [255, false],
    ] as const)
      expect(runProgram(program, everything, purpose), `${purpose}`).to.equal(allowed);
    expect(runProgram(program, nothing, treat)).to.equal(false);
    const any = compileProgram("a:1");
    for (const purpose of [0, treat, 255]) expect(runProgram(any, everything, purpose)).to.equal(true);
    await expectCode("purpose-unknown", () => compileProgram("a:1", ["TREATMENT"]));
  });
});
