/** What the page works out for a doctor: invitations, parts and names, refusals, rules on what stays together. */
import { expect } from "chai";
import { memoryKeyStore, printInvitation, sampleRecord } from "diptych";
import { type Ceas, permits } from "diptych/ces";
import { hex, utf8, utf8Decode } from "diptych/core";
import fc from "fast-check";
import { emptyForm, missingFields } from "../../web/src/doctor/form.ts";
import {
  addRule,
  findContradiction,
  keyOfRule,
  listRules,
  type PartRule,
  removeRule,
} from "../../web/src/doctor/partRules.ts";
import { draftOf, explainRefusal, usualSideAllowed } from "../../web/src/engine/doctorDraft.ts";
import { formOf, printForm } from "../../web/src/engine/doctorForm.ts";
import { readInvitationText } from "../../web/src/engine/doctorInvitation.ts";
import { DoctorPapers, type SentRecord } from "../../web/src/engine/doctorPapers.ts";
import { expectCode } from "../expectCode.ts";

const free: Ceas = { mandatory: [], implications: [], never: [] };
const invitation = {
  emrId: new Uint8Array(32).fill(1),
  recordKey: new Uint8Array(65).fill(2),
  pseudonym: new Uint8Array(32).fill(3),
};

describe("web: a doctor reads an invitation", () => {
  const text = printInvitation(invitation);
  const link = `https://host.example/page/#/doctor/sign/${encodeURIComponent(JSON.stringify(JSON.parse(text)))}`;

  for (const [what, given] of [
    ["its text", text],
    ["a link", link],
    ["what stands behind the link's place", link.slice(link.indexOf("#"))],
    ["a link that a program decoded by halves", decodeURI(link)],
    ["a link with blanks around it", `  ${link}\n`],
  ] as const)
    it(`from ${what}`, () => {
      expect(hex(readInvitationText(given).emrId)).to.equal(hex(invitation.emrId));
    });

  for (const [what, given] of [
    ["nothing", ""],
    ["a link that was cut short", link.slice(0, -10)],
    ["a link that was cut in an escape", `${link.slice(0, link.indexOf("%22") + 2)}`],
    ["another file", sampleRecord],
    ["a very long text", text + " ".repeat(20_000)],
  ] as const)
    it(`refuses ${what}`, async () => {
      await expectCode("encoding-invalid", async () => readInvitationText(given));
    });
});

describe("web: a doctor's draft", () => {
  it("says of each part where it usually stands, and nothing of what it says", () => {
    const { draft } = draftOf(utf8(sampleRecord));
    expect(draft.parts.map(({ label }) => label).slice(4, 6)).to.deep.equal(["symptoms", "diagnosis"]);
    expect(
      draft.parts.filter(({ side }) => side === "private").map(({ position }) => position),
    ).to.deep.equal([1, 8, 9]);
    expect(JSON.stringify(draft)).not.to.include("tubercul");
    expect(draft.parts.some(({ named }) => named)).to.equal(false);
  });

  it("finds the patient's name where it is usually shared", () => {
    const file = printForm({
      ...emptyForm,
      name: "Ada Example",
      symptoms: "Ms Example coughs",
      medicalHistory: "Ada",
    });
    const { parts } = draftOf(file).draft;
    expect(parts.filter(({ named }) => named).map(({ label }) => label)).to.deep.equal(["symptoms"]);
  });

  it("a filled form is cut without a frame; several lines are a list", () => {
    const values = { ...emptyForm, name: 'A "B" \\ \u202e C', symptoms: "cough\r\n\n fever " };
    const { split, draft } = draftOf(printForm(values));
    expect(draft.parts).to.have.length(9);
    expect(JSON.parse(utf8Decode(split.parts[0]!.content))).to.equal(values.name);
    expect(JSON.parse(utf8Decode(split.parts[4]!.content))).to.deep.equal(["cough", "fever"]);
    expect(JSON.parse(utf8Decode(split.parts[8]!.content))).to.equal("");
  });

  it("says that a part is private because of what stands in it", () => {
    const bundle = {
      resourceType: "Bundle",
      entry: [
        { resource: { resourceType: "Observation", contained: [{ resourceType: "Patient" }] } },
        { resource: { resourceType: "Condition" } },
      ],
    };
    const [observation, condition, frame] = draftOf(utf8(JSON.stringify(bundle))).draft.parts;
    expect(observation).to.include({ side: "private", holdsPrivate: true });
    expect(condition).not.to.have.property("holdsPrivate");
    expect(frame).to.include({ frame: true, side: "private" });
    expect(frame).not.to.have.property("holdsPrivate");
  });

  it("tells whether the usual side can be shown under other rules", () => {
    const { split, draft } = draftOf(utf8(sampleRecord));
    expect(usualSideAllowed(split, draft.rules)).to.equal(true);
    expect(usualSideAllowed(split, addRule(draft.rules, { kind: "always", position: 8 }))).to.equal(false);
  });

  it("a form needs a name, and something that was found or done", () => {
    expect(missingFields(emptyForm)).to.deep.equal(["name", "symptoms"]);
    expect(missingFields({ ...emptyForm, name: " ", prescription: "rest" })).to.deep.equal(["name"]);
    expect(missingFields({ ...emptyForm, name: "A", prescription: "rest" })).to.deep.equal([]);
  });
});

describe("web: a record to amend, in the form", () => {
  const partsOf = (file: Uint8Array) => draftOf(file).split.parts;

  it("comes back as it was filled in", () => {
    const line = fc.string({ unit: "grapheme", maxLength: 12 });
    const field = fc.array(line, { maxLength: 3 }).map((lines) => lines.join("\n"));
    const form = fc.record(Object.fromEntries(Object.keys(emptyForm).map((key) => [key, field])));
    fc.assert(
      fc.property(form, (values) => {
        const file = printForm(values as typeof emptyForm);
        const found = formOf(partsOf(file));
        expect(found && printForm(found)).to.deep.equal(file);
      }),
    );
  });

  it("isn't offered where a form can't say what stands there", () => {
    expect(formOf(partsOf(utf8(sampleRecord)))).to.equal(undefined);
    const spaced = utf8Decode(printForm({ ...emptyForm, name: "A" })).replace('"A"', '" A"');
    expect(formOf(partsOf(utf8(spaced)))).to.equal(undefined);
  });

  it("says which parts are changed, new or emptied", () => {
    const bundle = (...types: string[]) =>
      utf8(
        JSON.stringify({
          resourceType: "Bundle",
          entry: types.map((resourceType) => ({ resource: { resourceType } })),
        }),
      );
    const before = draftOf(bundle("Patient", "Condition", "Observation")).split;
    const { draft } = draftOf(bundle("Patient", "Observation", "Goal"), {
      header: { schema: before.schema, ceas: before.ceas },
      parts: before.parts,
    });
    expect(draft.parts.map(({ label, change }) => [label, change])).to.deep.equal([
      ["Patient", undefined],
      ["Condition", "replaced"],
      ["Observation", undefined],
      ["envelope", "replaced"],
      ["Goal", "new"],
    ]);
    expect(draft.parts[1]).not.to.have.property("holdsPrivate");
  });
});

describe("web: why a file is refused", () => {
  const reasonFor = (file: Uint8Array): string | undefined => {
    try {
      draftOf(file);
      return "taken";
    } catch (error) {
      return explainRefusal(file, error)?.reason;
    }
  };
  const bytes = (text: string, encoding: BufferEncoding) => new Uint8Array(Buffer.from(text, encoding));
  const twice = sampleRecord.replace('"gender"', '"name": "x", "gender"');

  for (const [what, file, reason] of [
    ["a byte order mark", utf8(`\ufeff${sampleRecord}`), "byte-order-mark"],
    ["UTF-16", new Uint8Array([0xff, 0xfe, ...bytes(sampleRecord, "utf16le")]), "utf-16"],
    ["Latin-1", bytes('{"name": "M\u00fcller"}', "latin1"), "not-json"],
    ["FHIR in XML", utf8('<Bundle xmlns="http://hl7.org/fhir"/>'), "xml"],
    ["a PDF", utf8("%PDF-1.7"), "pdf"],
    ["a packed file", new Uint8Array([0x50, 0x4b, 3, 4, 0]), "zip"],
    ["a comment", utf8(`// mine\n${sampleRecord}`), "not-json"],
    ["a field that is there twice", utf8(twice), "keys"],
    ["a field that is missing", utf8('{"name": "x"}'), "keys"],
    ["other JSON", utf8('{"a": 1}'), "unknown"],
    ["a single FHIR resource", utf8('{"resourceType": "Patient"}'), "unknown"],
    [
      "a bundle without anything shared",
      utf8('{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient"}}]}'),
      "one-sided",
    ],
    ["a good file", utf8(sampleRecord), "taken"],
  ] as const)
    it(`${what}: ${reason}`, () => expect(reasonFor(file)).to.equal(reason));

  it("errors of another kind aren't the file's fault", () => {
    expect(explainRefusal(utf8("x"), new Error("disk"))).to.equal(undefined);
  });
});

const parts = 5;
const position = fc.integer({ min: 1, max: parts });
const anyRule: fc.Arbitrary<PartRule> = fc.oneof(
  fc.record({ kind: fc.constant("always" as const), position }),
  fc.record({ kind: fc.constant("never" as const), position }),
  fc.record({ kind: fc.constant("needs" as const), position, needs: position }),
);
const build = (rules: readonly PartRule[]) => rules.reduce(addRule, free);

describe("web: rules on what stays together", () => {
  it("names each contradiction", () => {
    const why = (...rules: PartRule[]) => findContradiction(build(rules), parts);
    expect(why({ kind: "needs", position: 2, needs: 2 })).to.deep.equal({ kind: "itself", position: 2 });
    expect(why({ kind: "always", position: 3 }, { kind: "never", position: 3 })).to.deep.equal({
      kind: "always-never",
      position: 3,
    });
    expect(why({ kind: "needs", position: 1, needs: 4 }, { kind: "never", position: 4 })).to.deep.equal({
      kind: "needs-never",
      position: 1,
      needs: 4,
    });
    const ring = [1, 2, 3, 4, 5].map(
      (each) => ({ kind: "needs", position: each, needs: (each % 5) + 1 }) as const,
    );
    expect(why(...ring)).to.deep.equal({ kind: "nothing-alone" });
    expect(why(...ring.slice(1))).to.equal(undefined);
  });

  it("adding a rule twice changes nothing, removing it takes it away", () => {
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 8 }), anyRule, (rules, rule) => {
        const before = build(rules);
        const after = addRule(before, rule);
        expect(addRule(after, rule)).to.deep.equal(after);
        const keys = listRules(removeRule(after, rule)).map(keyOfRule);
        expect(keys).to.deep.equal(
          listRules(before)
            .map(keyOfRule)
            .filter((key) => key !== keyOfRule(rule)),
        );
      }),
    );
  });

  it("rules without a contradiction are those that a signature takes and that let something be shown alone", () => {
    const subsets = Array.from({ length: 2 ** parts }, (_, bits) =>
      Array.from({ length: parts }, (_, at) => at + 1).filter((each) => bits & (1 << (each - 1))),
    ).filter(({ length }) => length > 0 && length < parts);
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 8 }), (rules) => {
        const ceas = build(rules);
        const why = findContradiction(ceas, parts);
        if (why !== undefined && why.kind !== "nothing-alone") return;
        expect(subsets.some((subset) => permits(ceas, parts, subset))).to.equal(why === undefined);
      }),
    );
  });
});

describe("web: what a doctor's browser keeps", () => {
  it("notes each signature once, the newest first", async () => {
    const papers = new DoctorPapers(memoryKeyStore());
    const one: SentRecord = { id: "0x01", schema: "emr9", parts: 9, size: 10, signed: 1 };
    const two: SentRecord = { ...one, signed: 2 };
    await papers.noteSent(one);
    await papers.noteSent(two);
    await papers.noteSent({ ...one, sent: 3 });
    expect(await papers.sent()).to.deep.equal([{ ...one, sent: 3 }, two]);
  });

  it("keeps one form until it is signed or thrown away", async () => {
    const papers = new DoctorPapers(memoryKeyStore());
    expect(await papers.form()).to.equal(undefined);
    await papers.keepForm({ text: "one", values: emptyForm, at: 1 });
    const form = { text: "two", values: { ...emptyForm, name: "A" }, at: 2 };
    await papers.keepForm(form);
    expect(await papers.form()).to.deep.equal(form);
    await papers.forgetForm();
    expect(await papers.form()).to.equal(undefined);
  });

  it("keeps what the authority shall be told until it is handed in or thrown away", async () => {
    const papers = new DoctorPapers(memoryKeyStore());
    const asking = { name: "Dr. Example", organisation: "", evidence: "Licence 0042" };
    await papers.keepAsking(asking);
    expect(await papers.asking()).to.deep.equal(asking);
    await papers.forgetAsking();
    expect(await papers.asking()).to.equal(undefined);
  });

  it("forgets a key with its certificate, and not what was sent", async () => {
    const store = memoryKeyStore();
    const papers = new DoctorPapers(store);
    await store.set("doctor/signing-key", new Uint8Array(1));
    await store.set("doctor/certificate", new Uint8Array(1));
    const subject = { commonName: "A" };
    await papers.keepCertificate({ subject, fingerprint: "0x", notBefore: 0, notAfter: 1 });
    await papers.noteSent({ id: "0x01", schema: "emr9", parts: 9, size: 10, signed: 1 });
    await papers.forgetKey();
    expect(await store.get("doctor/signing-key")).to.equal(undefined);
    expect(await store.get("doctor/certificate")).to.equal(undefined);
    expect(await papers.certificate()).to.equal(undefined);
    expect(await papers.sent()).to.have.length(1);
  });
});
