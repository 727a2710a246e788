/** What a requester's screens work out by themselves: which record a text means, what a rule comes to, what a form offers. */
import { expect } from "chai";
import { memoryKeyStore } from "diptych";
import { utf8 } from "diptych/core";
import { parsePolicy, policyLeaves, purposes, satisfies } from "diptych/policy";
import fc from "fast-check";
import { readContent } from "../../web/src/engine/reading.ts";
import { Notes } from "../../web/src/engine/requesterNotes.ts";
import { firstPurpose, groupPurposes, purposeWords } from "../../web/src/record/purposes.ts";
import { waysIn } from "../../web/src/requester/alternatives.ts";
import { chosenAttributes, describeAll } from "../../web/src/requester/attributeWords.ts";
import { findPath, recordIn } from "../../web/src/requester/recordText.ts";
import { en } from "../../web/src/words/en.ts";
import { makeFormats } from "../../web/src/words/formats.ts";

const id = `0x${"ab".repeat(32)}`;
const link = `diptych:shared/31339/0x${"Cd".repeat(20)}/${id}`;
const plain = (text: string) => text.replace(/[\u2066-\u2069]/g, "");

describe("web: the record that a text means", () => {
  it("is the link or the id in it, alone or among other words", () => {
    for (const each of [link, id]) {
      expect(recordIn(each)).to.equal(each);
      expect(recordIn(`  Please read ${each}, thanks.`)).to.equal(each);
    }
  });

  it("is the one that a page's address leads to", () => {
    expect(recordIn(`https://example.org/d/#${findPath(link)}`)).to.equal(link);
    expect(recordIn(encodeURIComponent(link))).to.equal(link);
    expect(recordIn(`100% sure: ${link}`)).to.equal(link);
  });

  it("is none where there is no whole link", () => {
    for (const text of [
      "",
      "hello",
      link.slice(0, -1),
      `${id}00`,
      "diptych:both/1/0x00/0x00",
      `0x${"1".repeat(40)}`,
    ])
      expect(recordIn(text), text).to.equal(undefined);
  });
});

describe("web: what a rule comes to for somebody", () => {
  const leavesOf = (policy: string, held: readonly string[]) =>
    policyLeaves(parsePolicy(policy)).map((leaf) => {
      const text = leaf.kind === "leaf" ? leaf.attribute : "level >= 3";
      return { text, held: held.includes(text) };
    });

  it("is told for each way in", () => {
    const policy = "(role:doctor and org:yzu-hospital) or role:government or level >= 3";
    const ways = waysIn(policy, leavesOf(policy, ["role:doctor", "level >= 3"]))!;
    expect(ways.map(({ met }) => met)).to.deep.equal([false, false, true]);
    expect(ways[0]!.leaves).to.deep.equal([
      { text: "role:doctor", held: true },
      { text: "org:yzu-hospital", held: false },
    ]);
  });

  it("has one way in where the rule has no alternatives, and none that is known without its text", () => {
    const policy = "role:doctor and org:yzu-hospital";
    expect(waysIn(policy, leavesOf(policy, ["role:doctor"]))).to.have.length(1);
    expect(waysIn(undefined, leavesOf(policy, []))).to.equal(undefined);
    expect(waysIn(policy, [{ text: id, held: true }])).to.equal(undefined);
  });

  it("lets in by some way just who satisfies the rule", () => {
    const leaf = fc.constantFrom("role:a", "role:b", "org:c", "org:d");
    const policy = fc.letrec<{ node: string }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 3 },
        leaf,
        fc
          .tuple(tie("node"), fc.constantFrom(" and ", " or "), tie("node"))
          .map(([one, word, other]) => `(${one}${word}${other})`),
        fc.tuple(leaf, tie("node"), tie("node")).map((three) => `2 of (${three.join(", ")})`),
      ),
    })).node;
    fc.assert(
      fc.property(policy, fc.subarray(["role:a", "role:b", "org:c", "org:d"]), (text, held) => {
        const ways = waysIn(text, leavesOf(text, held))!;
        expect(ways.some(({ met }) => met)).to.equal(satisfies(parsePolicy(text), new Set(held)));
      }),
    );
  });
});

describe("web: what one can ask for", () => {
  it("is said in words for every purpose", () => {
    for (const { code } of purposes) expect(purposeWords(en, code), code).not.to.equal(code);
    expect(purposeWords(en, "constructor")).to.equal("constructor");
    expect(Object.keys(en.purposes)).to.have.length(purposes.length);
  });

  it("begins with what the record allows, and leaves no purpose out", () => {
    const groups = groupPurposes(["HMARKT", "HRESCH", "HOPERAT"]);
    expect(groups.map(({ group }) => group)).to.deep.equal(["allowed", "notAllowed"]);
    expect(groups[0]!.codes).to.deep.equal(["HRESCH", "HOPERAT", "HMARKT"]);
    expect(groups.flatMap(({ codes }) => codes)).to.have.members(purposes.map(({ code }) => code));
    expect(firstPurpose(["HMARKT", "HRESCH"])).to.equal("HRESCH");
  });

  it("is anything, what is often used first, where the record allows anything", () => {
    const groups = groupPurposes([]);
    expect(groups.map(({ group }) => group)).to.deep.equal(["usual", "others"]);
    expect(groups.flatMap(({ codes }) => codes)).to.have.members(purposes.map(({ code }) => code));
    expect(firstPurpose([])).to.equal("TREAT");
  });

  it("begins with what fits whoever asks, where the record allows that", () => {
    expect(firstPurpose([], ["org:yzu-hospital", "role:researcher"])).to.equal("HRESCH");
    expect(firstPurpose(["TREAT", "HPAYMT", "HRESCH"], ["role:insurer"])).to.equal("HPAYMT");
    expect(firstPurpose(["TREAT", "HMARKT"], ["role:researcher"])).to.equal("TREAT");
    expect(firstPurpose([], ["role:researcher", "role:doctor"])).to.equal("TREAT");
    expect(firstPurpose(["HRESCH", "HPAYMT"], ["role:researcher", "role:doctor"])).to.equal("HRESCH");
    expect(firstPurpose([], ["role:astronaut"])).to.equal("TREAT");
  });

  it("that fits a role is one that there is", () => {
    for (const role of Object.keys(en.patient.person.roles))
      expect(purposes.map(({ code }) => code)).to.include(firstPurpose([], [role]));
  });
});

describe("web: who one says one is", () => {
  const say = (...attributes: string[]) => plain(describeAll(attributes, en, makeFormats("en-GB")));

  it("is what was chosen and written, each once", () => {
    const chosen = { role: "role:doctor", place: "", text: " level = 3 \n\nrole:doctor\n" };
    expect(chosenAttributes(chosen)).to.deep.equal(["role:doctor", "level = 3"]);
    expect(chosenAttributes({ role: "", place: "", text: "" })).to.deep.equal([]);
  });

  it("is a sentence: what, of where, and whatever else", () => {
    expect(say("org:yzu-hospital", "level = 3", "role:doctor")).to.equal(
      "a doctor of Yangzhou University Hospital and level = 3",
    );
    expect(say("role:astronaut")).to.equal("somebody with the role “astronaut”");
    expect(say("org:constructor")).to.equal("of constructor");
  });
});

describe("web: an application that isn't handed in yet", () => {
  it("is kept until it is, beside those that were", async () => {
    const notes = new Notes(memoryKeyStore());
    const applying = { role: "role:doctor", place: "", text: "", evidence: "Staff card 77" };
    expect(await notes.applying()).to.equal(undefined);
    await notes.keepApplying(applying);
    await notes.keepApplication({ id: "1", attributes: ["role:nurse"], time: 1 });
    expect(await notes.applying()).to.deep.equal(applying);
    await notes.forgetApplying();
    expect(await notes.applying()).to.equal(undefined);
    expect(await notes.applications()).to.have.length(1);
  });
});

describe("web: FHIR in one line", () => {
  const lines = (resource: Record<string, unknown>) =>
    readContent(utf8(JSON.stringify([resource])), "fhir-r4").entries[0]!.lines;

  it("says a concept by its words, and what its codes are called where that differs", () => {
    const coding = [{ system: "x", code: "1", display: "Asthma" }, { code: "J45" }];
    const text = "Asthma, Asthma bronchiale, J45";
    expect(
      lines({ code: { coding: [coding[0], { display: "Asthma bronchiale" }, coding[1]], text: "Asthma" } }),
    ).to.deep.equal([{ name: "code", text, level: 0 }]);
  });

  it("says a quantity with its unit, and never without its comparator", () => {
    const dose = { comparator: "<", value: 5, unit: "mg", code: "mg", system: "x" };
    expect(lines({ dose })).to.deep.equal([{ name: "dose", text: "< 5 mg", level: 0 }]);
    const told = lines({ dose: { ...dose, comparator: { odd: 1 } } }).map(
      ({ name, text }) => `${name} ${text}`,
    );
    expect(told).to.include("comparator 1");
  });

  it("leaves nothing out of what holds more than a line", () => {
    const told = lines({ code: { coding: [{ display: "Asthma" }], extension: "not proven" } });
    expect(told.map(({ text }) => text)).to.include.members(["Asthma", "not proven"]);
  });
});
