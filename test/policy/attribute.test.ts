import { expect } from "chai";
import fc from "fast-check";
import { concat, utf8 } from "../../src/core/bytes.ts";
import { keccak256 } from "../../src/core/hash.ts";
import {
  attributeHash,
  demandOneValue,
  emergencyAttribute,
  expandAttributes,
  idAttribute,
  numberSlot,
  numericAttribute,
  POLICY_LIMITS,
  parseAttribute,
  parseAttributes,
  satisfies,
} from "../../src/policy/index.ts";
import { expectCode } from "../expectCode.ts";
import { numberValues } from "./arbitrary.ts";

describe("policy/attribute", () => {
  it("normalises to NFC, and addresses to lower case", () => {
    expect(parseAttribute("x:u\u0308")).to.equal("x:\u00fc");
    const account = "0x00000000000000000000000000000000DeaDBeef";
    expect(idAttribute(account)).to.equal(`id:${account.toLowerCase()}`);
    expect(parseAttribute(`id:${account}`)).to.equal(idAttribute(account));
    expect(parseAttribute("id:0xABC")).to.equal("id:0xABC");
    expect(emergencyAttribute("Red Cross")).to.equal("emergency:Red Cross");
  });

  it("hashes as the chain does", () => {
    expect(attributeHash(parseAttribute("role:doctor"))).to.deep.equal(keccak256(utf8("role:doctor")));
  });

  it("refuses what isn't an attribute", async () => {
    const bad = [
      "",
      " a:b",
      "a:b ",
      "a\nb",
      "a\u0000",
      "a\u2028b",
      "a\u202eb",
      "\ud800",
      "x".repeat(257),
      "ä".repeat(129),
    ];
    for (const text of bad) await expectCode("attribute-invalid", () => parseAttribute(text));
    expect(parseAttribute("ä".repeat(128))).to.have.length(128);
    await expectCode("attribute-invalid", () => idAttribute("0x12"));
    await expectCode("attribute-invalid", () => emergencyAttribute(""));
  });
});

describe("policy/attribute: numbers and dates", () => {
  it("have one normal form, with single spaces", () => {
    for (const text of ["level = 3", "level=3", "level  =3"])
      expect(parseAttribute(text)).to.equal("level = 3");
    expect(parseAttribute("expires=2028-05-01")).to.equal("expires = 2028-05-01");
    expect(parseAttributes(["level=3", "level = 3"])).to.deep.equal(["level = 3"]);
  });

  it("tell label, unit and value; dates count days", () => {
    expect(numericAttribute("level = 3")).to.deep.equal({ label: "level", unit: "number", value: 3 });
    expect(numericAttribute("expires=1970-01-02")).to.deep.equal({
      label: "expires",
      unit: "date",
      value: 1,
    });
    expect(numericAttribute("x = 9999-12-31")).to.deep.equal({ label: "x", unit: "date", value: 2_932_896 });
    expect(numericAttribute("x = 4294967295")?.value).to.equal(2 ** 32 - 1);
    for (const text of ["role:doctor", "a:b = 3", "x = y", "x = ", "= 3"].filter(
      (text) => text.trim() === text,
    ))
      expect(numericAttribute(text), text).to.equal(undefined);
  });

  it("are refused when they only look like one, so that none is taken for a plain attribute", async () => {
    const bad = [
      "level == 3",
      "level >= 3",
      "level = 03",
      "level = -1",
      "level = 3.5",
      "level = 4294967296",
      "expires = 2027-02-29",
      "expires = 1969-12-31",
      "expires = 28-5-1",
      "and = 3",
      "2 = 3",
      "\u00e9 = 3",
      `${"x".repeat(POLICY_LIMITS.labelBytes + 1)} = 3`,
    ];
    for (const text of bad) await expectCode("attribute-invalid", () => parseAttribute(text));
    expect(parseAttribute("level =\u00a03"), "any white space").to.equal("level = 3");
    const longest = "x".repeat(POLICY_LIMITS.labelBytes);
    expect(parseAttribute(`${longest}=9999-12-31`)).to.have.length(POLICY_LIMITS.attributeBytes);
  });

  it("expand to 32 bits, the highest first, behind the plain ones", () => {
    fc.assert(
      fc.property(numberValues(), (value) => {
        const expanded = expandAttributes([`level = ${value}`, "b:2", "a:1", "b:2"]);
        expect(expanded.slice(0, 2)).to.deep.equal(["b:2", "a:1"]);
        const digits = [...value.toString(2).padStart(32, "0")];
        const bits = digits.map((digit, at) => `\u0001n${String(31 - at).padStart(2, "0")}=${digit}:level`);
        expect(expanded.slice(2)).to.deep.equal(bits);
      }),
      { numRuns: 100 },
    );
    expect(expandAttributes(["x = 1970-01-01"])[0]).to.equal("\u0001d31=0:x");
  });

  it("have one value a label", async () => {
    demandOneValue(["level = 3", "level=3", "age = 3", "role:doctor"]);
    const twice = [
      ["level = 2", "level = 5"],
      ["level = 2", "level = 1970-01-03"],
    ];
    for (const attributes of twice) {
      const error = await expectCode("attribute-invalid", () => demandOneValue(attributes));
      expect(error.message).to.contain('"level" has two values');
      await expectCode("attribute-invalid", () => expandAttributes(attributes));
      await expectCode("attribute-invalid", () => satisfies("level >= 1", attributes));
    }
  });

  it("stand on chain in slots of label and unit", async () => {
    expect(numberSlot("level", "number")).to.deep.equal(
      keccak256(concat(Uint8Array.of(2, 1), utf8("level"))),
    );
    expect(numberSlot("level", "date")).to.deep.equal(keccak256(concat(Uint8Array.of(2, 2), utf8("level"))));
    await expectCode("attribute-invalid", () => numberSlot("a:b", "number"));
    await expectCode("attribute-invalid", () => numberSlot("", "number"));
    await expectCode("argument-invalid", () => numberSlot("level", "toString" as "number"));
  });
});
