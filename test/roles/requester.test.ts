/** What stops a requester, and what doesn't. */
import { expect } from "chai";
import { Wallet } from "ethers";
import { utf8 } from "../../src/core/bytes.ts";
import { requestIdOf } from "../../src/ledger/ids.ts";
import { sampleRecord } from "../../src/record/index.ts";
import { memoryKeyStore } from "../../src/roles/keyStore.ts";
import { Requester } from "../../src/roles/requester.ts";
import { expectCode } from "../expectCode.ts";
import {
  enrolPatient,
  enrolRequester,
  fundedWallet,
  issue,
  issueAndPublish,
  surroundings,
  theRequester,
  world,
} from "../world.ts";

describe("roles: a requester", () => {
  it("asks without a key, without a chain, or for nothing, and is told what is missing", async () => {
    const { chains } = await world();
    const at = await surroundings();
    const account = Wallet.createRandom();
    const none = { ...at, chains: {}, keyStore: memoryKeyStore(), account };
    await expectCode("argument-invalid", () => Requester.open(none));
    const one = await Requester.open({ ...none, chains: { shared: chains.shared } });
    await expectCode("argument-invalid", () => one.request("storage", `0x${"11".repeat(32)}`));
    const purpose = "TREATMENT";
    await expectCode("purpose-unknown", () => one.request("shared", `0x${"11".repeat(32)}`, { purpose }));
    await expectCode("key-missing", () => one.attributeKey());
    await expectCode("key-missing", () => one.responseKey("0x04"));
    await expectCode("record-unknown", () => one.request("shared", `0x${"11".repeat(32)}`));
  });

  it("with an old attribute key is told so, and opens with a new one", async () => {
    const { authority } = await world();
    const { patient } = await enrolPatient();
    const { ledgerRecordIds } = await issueAndPublish(patient);
    const keyStore = memoryKeyStore();
    const requester = await enrolRequester([], { keyStore });
    await authority.approve(await requester.apply(["role:doctor"], "card"));
    const { decided } = await requester.request("storage", ledgerRecordIds.storage);
    expect(decided.decision).to.equal("granted");
    await expectCode("abe-not-satisfied", () => requester.openGranted("storage", decided));
    await requester.collectKey();
    expect((await requester.openGranted("storage", decided)).header.n).to.equal(9);
    await keyStore.delete(`requester/response-key/${decided.responseKey}`);
    await expectCode("key-missing", () => requester.openGranted("storage", decided));
  });

  it("is named by account in a policy, with nothing attested", async () => {
    const { patient } = await enrolPatient();
    const delegate = await enrolRequester([]);
    const named = `role:doctor or id:${delegate.address.toLowerCase()}`;
    const emrId = await issue(patient);
    await patient.store(emrId, [2, 3], { full: named, shared: named });
    const { ledgerRecordIds } = await patient.show(emrId);
    const { decided } = await delegate.request("storage", ledgerRecordIds.storage);
    expect((await delegate.openGranted("storage", decided)).file).to.deep.equal(utf8(sampleRecord));
    const asked = await (await theRequester()).request("storage", ledgerRecordIds.storage);
    expect(asked.decided.decision).to.equal("policy-not-satisfied");
  });

  it("asks each chain by that chain's own signer of its account, and by no other account", async () => {
    const { chains } = await world();
    const { patient } = await enrolPatient();
    const { ledgerRecordIds } = await issueAndPublish(patient);
    const at = { ...(await surroundings()), chains, keyStore: memoryKeyStore() };
    const account = await fundedWallet();
    const signers = {
      storage: new Wallet(account.privateKey, chains.storage.provider),
      shared: new Wallet(account.privateKey, chains.shared.provider),
    };
    const requester = await Requester.open({ ...at, account: signers.storage, accounts: signers });
    const { decided } = await requester.request("shared", ledgerRecordIds.shared);
    expect(decided.requester).to.equal(account.address);
    const stranger = Wallet.createRandom(chains.shared.provider);
    await expectCode("argument-invalid", () =>
      Requester.open({ ...at, account: signers.storage, accounts: { shared: stranger } }),
    );
  });

  it("is told all that a ledger decided on its own requests, with all that their ids bind", async () => {
    const { chains } = await world();
    const { patient } = await enrolPatient();
    const { ledgerRecordIds } = await issueAndPublish(patient);
    const requester = await theRequester("role:researcher");
    const other = await theRequester("role:doctor");
    const asked = [
      await requester.request("shared", ledgerRecordIds.shared, { purpose: "HRESCH" }),
      await other.request("shared", ledgerRecordIds.shared),
      await requester.request("shared", ledgerRecordIds.shared),
    ];
    const told = await requester.decisions("shared", ledgerRecordIds.shared);
    expect(told).to.deep.equal([asked[0]!.decided, asked[2]!.decided]);
    for (const each of told) expect(requestIdOf(chains.shared, each)).to.equal(each.requestId);
    const { decided } = await requester.request("storage", ledgerRecordIds.storage);
    expect(decided.decision).to.equal("policy-not-satisfied");
    expect(await requester.decisions("storage", ledgerRecordIds.storage)).to.deep.equal([decided]);
  });
});
