/** Files of some parts: just those, each value as it was signed. */
import { expect } from "chai";
import { utf8, utf8Decode } from "../../src/core/bytes.ts";
import { joinExcerpt, sampleRecord, splitRecord } from "../../src/record/index.ts";
import { expectCode } from "../expectCode.ts";

const bundle = `{"resourceType":"Bundle","type":"document","id":"secret-around","entry":[
 {"resource":{"resourceType":"Patient","id":"p","name":"Zhang"}},
 {"resource":{"resourceType":"Observation","value":1.50,"note":"\\u00e9"}},
 {"fullUrl":"urn:x","resource":{"resourceType":"Observation","value":1e2}}]}`;

describe("record: an excerpt", () => {
  it("of emr9 is an object of the given parts", () => {
    const { parts } = splitRecord(utf8(sampleRecord));
    const whole = JSON.parse(sampleRecord) as Record<string, unknown>;
    const file = utf8Decode(joinExcerpt("emr9", parts.slice(1, 3)));
    const { gender, dateOfBirth } = whole;
    expect(JSON.parse(file)).to.deep.equal({ gender, dateOfBirth });
  });

  it("of FHIR is a Bundle of the given resources, each as its source has it, without what was around them", () => {
    const { parts } = splitRecord(utf8(bundle));
    const shared = parts.filter(({ label }) => label === "Observation" || label === "envelope");
    const file = utf8Decode(joinExcerpt("fhir-r4", shared));
    const { resourceType, type, entry } = JSON.parse(file) as Record<string, unknown>;
    expect([resourceType, type, (entry as unknown[]).length]).to.deep.equal(["Bundle", "collection", 2]);
    for (const source of ['{"resourceType":"Observation","value":1.50,"note":"\\u00e9"}', '"value":1e2'])
      expect(file).to.contain(source);
    for (const other of ["Zhang", "secret-around", "urn:x"]) expect(file).not.to.contain(other);
  });

  it("is refused for other schemas, and for FHIR parts that are no arrays", async () => {
    const part = { label: "Observation", content: utf8("{}") };
    await expectCode("record-unknown-schema", () => joinExcerpt("of-tomorrow", [part]));
    await expectCode("record-keys", () => joinExcerpt("fhir-r4", [part]));
  });
});
