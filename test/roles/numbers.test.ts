/** Numbers and dates as attributes, from the application to the opened record. */
import { expect } from "chai";
import { AttributeRegistry } from "../../src/ledger/index.ts";
import type { Requester } from "../../src/roles/requester.ts";
import { expectCode } from "../expectCode.ts";
import { enrolPatient, enrolRequester, issueAndPublish, sample, sides, world } from "../world.ts";

const now = () => Math.floor(Date.now() / 1000);

describe("roles: numeric attributes", () => {
  let ledgerRecordId: string;

  before(async () => {
    const { patient } = await enrolPatient();
    const full = "role:doctor and level >= 3";
    const rights = { full, shared: `(${full}) or role:researcher` };
    ledgerRecordId = (await issueAndPublish(patient, sample(), rights)).ledgerRecordIds.storage;
  });

  const ask = async (requester: Requester) => (await requester.request("storage", ledgerRecordId)).decided;
  const give = async (requester: Requester, attributes: string[], expiry?: number) => {
    const { authority } = await world();
    await authority.approve(await requester.apply(attributes, "synthetic"), expiry);
  };

  it("at the bound open a record, below it they open nothing", async () => {
    const senior = await enrolRequester(["role:doctor", "level = 3"]);
    const decided = await ask(senior);
    expect(decided.decision).to.equal("granted");
    expect((await senior.openGranted("storage", decided)).header.n).to.equal(9);
    const junior = await enrolRequester(["role:doctor", "level = 2"]);
    expect((await ask(junior)).decision).to.equal("policy-not-satisfied");
  });

  it("approved anew replace what the label had, on chain and in the next key", async () => {
    const { chains } = await world();
    const requester = await enrolRequester(["role:doctor", "level = 2"]);
    const own = `id:${requester.address.toLowerCase()}`;
    const keyed = async () => [...(await requester.collectKey())].sort();
    expect(await keyed()).to.deep.equal([own, "level = 2", "role:doctor"].sort());
    await give(requester, ["level = 5"]);
    expect((await ask(requester)).decision).to.equal("granted");
    expect(await keyed()).to.deep.equal([own, "level = 5", "role:doctor"].sort());
    await give(requester, ["level = 1970-01-06"]);
    expect((await ask(requester)).decision).to.equal("policy-not-satisfied");
    expect(await keyed()).to.deep.equal([own, "level = 1970-01-06", "role:doctor"].sort());
    await give(requester, ["level = 2"]);
    expect((await ask(requester)).decision).to.equal("policy-not-satisfied");
    for (const side of sides) {
      const asked = ["level = 5", "level = 2", "level = 1970-01-06"];
      const held = await new AttributeRegistry(chains[side]).holds(requester.address, asked);
      expect(held).to.deep.equal([false, true, false]);
    }
    expect(await keyed()).to.deep.equal([own, "level = 2", "role:doctor"].sort());
  });

  it("count no more once they have expired or been taken back", async () => {
    const { authority, chains } = await world();
    const requester = await enrolRequester(["role:doctor"]);
    const end = ((await chains.storage.provider.getBlock("latest"))?.timestamp ?? now()) + 5;
    await give(requester, ["level = 7"], end);
    expect((await ask(requester)).decision).to.equal("granted");
    while (((await chains.storage.provider.getBlock("latest"))?.timestamp ?? 0) < end)
      await new Promise((wake) => setTimeout(wake, 100));
    expect((await ask(requester)).decision).to.equal("policy-not-satisfied");
    await give(requester, ["level = 4"]);
    expect((await ask(requester)).decision).to.equal("granted");
    // Another value than it has now: taken back already.
    expect(await authority.revokeAttributes(requester.address, ["level = 7"])).to.deep.equal([]);
    expect(await authority.revokeAttributes(requester.address, ["level = 4"])).to.have.length(2);
    expect((await ask(requester)).decision).to.equal("policy-not-satisfied");
    expect(await requester.collectKey()).to.not.include("level = 4");
  });

  it("with two values of one label are refused when applied for", async () => {
    const requester = await enrolRequester([]);
    const { authority } = await world();
    const before = authority.pending().length;
    for (const two of [
      ["level = 2", "level = 5"],
      ["level = 2", "role:doctor", "level = 1970-01-03"],
    ])
      await expectCode("attribute-invalid", () => requester.apply(two, "synthetic"));
    expect(authority.pending()).to.have.length(before);
  });
});
