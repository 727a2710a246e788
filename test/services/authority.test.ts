/** The authority behind its HTTP service: whom it believes, what it decides, and for what it makes keys. */
import { expect } from "chai";
import { type Signer, Wallet } from "ethers";
import { hex, randomBytes } from "../../src/core/bytes.ts";
import {
  applicationMessage,
  type Chain,
  type KeyRequest,
  keyRequestMessage,
  type Side,
  signMessage,
} from "../../src/ledger/index.ts";
import { Authority } from "../../src/roles/authority.ts";
import { Doctor } from "../../src/roles/doctor.ts";
import { memoryKeyStore } from "../../src/roles/keyStore.ts";
import { generateKeyPair } from "../../src/seal/index.ts";
import { serveAuthority } from "../../src/services/authorityServer.ts";
import type { Served } from "../../src/services/httpServer.ts";
import { AuthorityClient, type SignedApplication, type SignedKeyRequest } from "../../src/services/index.ts";
import { expectCode } from "../expectCode.ts";
import {
  enrolDoctor,
  enrolPatient,
  enrolRequester,
  issueAndPublish,
  random32,
  sample,
  surroundings,
  theDoctor,
  theRequester,
  world,
} from "../world.ts";

describe("services: the authority", () => {
  let chains: Record<Side, Chain>;
  let authority: Authority;
  let client: AuthorityClient;
  let name: string;

  before(async () => {
    const made = await world();
    ({ chains, authority } = made);
    client = new AuthorityClient(made.authorityUrl);
    name = (await client.credentials()).name;
  });

  const soon = () => Math.floor(Date.now() / 1000) + 600;

  async function application(
    account: Signer & { address: string },
    changes: Partial<SignedApplication> = {},
  ): Promise<SignedApplication> {
    const { side = "storage", ...more } = changes;
    const message = {
      ...{ authority: name, attributes: ["role:doctor"], evidence: "synthetic" },
      ...{ nonce: random32(), expiry: soon(), ...more },
    };
    const signature = await signMessage(account, applicationMessage, chains[side], message);
    return { ...message, side, account: account.address, signature };
  }

  async function keyRequest(
    account: Signer & { address: string },
    changes: Partial<KeyRequest> = {},
  ): Promise<SignedKeyRequest> {
    const hpkeKey = hex((await generateKeyPair()).publicKey);
    const message = { authority: name, nonce: random32(), hpkeKey, expiry: soon(), ...changes };
    const signature = await signMessage(account, keyRequestMessage, chains.storage, message);
    return { ...message, side: "storage", account: account.address, signature };
  }

  describe("signed messages", () => {
    it("refuses applications that are forged, foreign, stale or used before", async () => {
      const account = Wallet.createRandom();
      const good = await application(account);
      const bad = [
        { ...good, attributes: ["role:government"] },
        { ...good, account: Wallet.createRandom().address },
        { ...good, side: "shared" as const },
        { ...good, signature: `0x${"00".repeat(65)}` },
        await application(account, { authority: "Another consortium" }),
        await application(account, { expiry: Math.floor(Date.now() / 1000) - 1 }),
        await application(account, { expiry: Math.floor(Date.now() / 1000) + 4000 }),
      ];
      for (const each of bad) await expectCode("signature-invalid", () => client.apply(each));
      const id = await client.apply(good);
      await expectCode("signature-invalid", () => client.apply(good));
      expect(await client.application(id)).to.deep.equal({ state: "pending", reason: "" });
      expect(authority.pending().filter((each) => each.id === id)).to.have.length(1);
    });

    it("refuses key requests likewise, and keys that are no point", async () => {
      const account = Wallet.createRandom();
      const good = await keyRequest(account);
      const bad = [
        { ...good, hpkeKey: hex((await generateKeyPair()).publicKey) },
        { ...good, account: Wallet.createRandom().address },
        await keyRequest(account, { authority: "Another consortium" }),
        await keyRequest(account, { expiry: Math.floor(Date.now() / 1000) - 1 }),
        await keyRequest(account, { hpkeKey: `0x04${"11".repeat(64)}` }),
      ];
      for (const each of bad) await expectCode("signature-invalid", () => client.issueKey(each));
      await client.issueKey(good);
      await expectCode("signature-invalid", () => client.issueKey(good));
    });

    it("refuses attributes that are none, or that name another account", async () => {
      const account = Wallet.createRandom();
      for (const attributes of [[" role:doctor"], ["a".repeat(300)], [`id:${account.address}`], ["id:0x00"]])
        await expectCode("attribute-invalid", async () =>
          client.apply(await application(account, { attributes })),
        );
      for (const attributes of [[], Array.from({ length: 65 }, (_, i) => `a:${i}`)])
        await expectCode("service-refused", async () =>
          client.apply(await application(account, { attributes })),
        );
    });
  });

  describe("decisions", () => {
    it("knows no application that nobody made, nor one as the other kind", async () => {
      const id = await client.apply(await application(Wallet.createRandom()));
      for (const act of [
        () => client.application("nowhere"),
        () => client.enrolment("../authority"),
        () => client.enrolment(id),
        () => authority.approve("nowhere"),
        () => authority.certify(id),
        () => authority.refuse("nowhere", "no"),
      ])
        await expectCode("application-unknown", act);
    });

    it("refuses with a reason, once and for all", async () => {
      const id = await client.apply(await application(Wallet.createRandom()));
      authority.refuse(id, "the staff card is another person's");
      const told = { state: "refused", reason: "the staff card is another person's" };
      expect(await client.application(id)).to.deep.equal(told);
      await expectCode("application-unknown", () => authority.approve(id));
      await expectCode("application-unknown", () => authority.refuse(id, "again"));
      expect(authority.pending().some((each) => each.id === id)).to.equal(false);
    });

    it("certifies a doctor who proves the key; a refused one learns why", async () => {
      const { authorityUrl } = await world();
      const subject = { commonName: "Dr. No" };
      const doctor = await Doctor.open({ subject, keyStore: memoryKeyStore(), authority: authorityUrl });
      const id = await doctor.enrol("nothing to show");
      const [review] = authority.pending().filter((each) => each.id === id);
      expect(review).to.include({ kind: "enrolment", subject: "CN=Dr. No", evidence: "nothing to show" });
      await expectCode("application-unknown", () => doctor.collectCertificate(id));
      const { patient } = await enrolPatient();
      await expectCode("key-missing", () => doctor.issue(sample(), patient.invite()));
      authority.refuse(id, "no such doctor");
      const error = await expectCode("application-unknown", () => doctor.collectCertificate(id));
      expect(error.message).to.contain("no such doctor");
      await expectCode("certificate-invalid", () => client.enrol(randomBytes(300), "garbage"));
    });
  });

  describe("keys", () => {
    it("makes a key for what is attested now, and nothing else", async () => {
      const requester = await enrolRequester([]);
      const own = `id:${requester.address.toLowerCase()}`;
      expect(await requester.collectKey()).to.deep.equal([own]);
      const first = await requester.apply(["role:doctor", "org:yzu-hospital"], "card");
      const second = await requester.apply(["role:government"], "a letter that nobody reads");
      const third = await requester.apply(["role:insurer"], "a contract of a few seconds");
      expect(await requester.collectKey()).to.deep.equal([own]);
      await authority.approve(first);
      authority.refuse(second, "no");
      const end = ((await chains.storage.provider.getBlock("latest"))?.timestamp ?? 0) + 5;
      await authority.approve(third, end);
      expect([...(await requester.collectKey())].sort()).to.deep.equal(
        [own, "org:yzu-hospital", "role:doctor", "role:insurer"].sort(),
      );
      await authority.revokeAttributes(requester.address, ["org:yzu-hospital"]);
      expect(await authority.revokeAttributes(requester.address, ["org:yzu-hospital"])).to.deep.equal([]);
      for (const chain of Object.values(chains))
        while (((await chain.provider.getBlock("latest"))?.timestamp ?? 0) < end)
          await new Promise((wake) => setTimeout(wake, 100));
      expect([...(await requester.collectKey())].sort()).to.deep.equal([own, "role:doctor"].sort());
    });

    it("opened again with its key store it is the same authority; another has other keys", async () => {
      const keyStore = memoryKeyStore();
      const accounts = { storage: Wallet.createRandom(), shared: Wallet.createRandom() };
      const first = await Authority.open({ name: "Second authority", keyStore, chains, accounts });
      const again = await Authority.open({ name: "Second authority", keyStore, chains, accounts });
      expect(again.credentials()).to.deep.equal(first.credentials());
      expect(hex(again.credentials().abePublicKey)).not.to.equal(hex(authority.credentials().abePublicKey));
    });
  });

  describe("an authority that isn't anchored", () => {
    let served: Served;
    before(async () => {
      const accounts = { storage: Wallet.createRandom(), shared: Wallet.createRandom() };
      const options = { name, keyStore: memoryKeyStore(), chains, accounts };
      served = await serveAuthority(await Authority.open(options));
    });
    after(() => served?.close());

    it("is believed by nobody", async () => {
      await expectCode("anchor-mismatch", () => enrolRequester([], { authority: served.url }));
      const { patient, keyStore } = await enrolPatient();
      const invitation = patient.invite();
      const info1 = await (await theDoctor()).issue(sample(), invitation);
      const { patient: misled } = await enrolPatient({ keyStore, authority: served.url });
      await expectCode("anchor-mismatch", () => misled.accept(info1, invitation));
      await patient.accept(info1, invitation);
    });

    it("nor is what is no authority at all", async () => {
      const { gateway } = await surroundings();
      await expectCode("service-refused", () => enrolRequester([], { authority: gateway }));
    });
  });

  describe("a revoked certificate", () => {
    it("its records are refused, before and after they were published; the patient keeps them", async () => {
      const doctor = await enrolDoctor();
      const { patient, keyStore } = await enrolPatient();
      const [early, late] = [patient.invite(), patient.invite()];
      const info1 = await doctor.issue(sample(), early);
      const other = await doctor.issue(sample(), late);
      await patient.accept(info1, early);
      const rights = { full: "role:doctor", shared: "role:doctor" };
      await patient.store(early.emrId, [2, 3], rights);
      const { ledgerRecordIds } = await patient.show(early.emrId);
      const requester = await theRequester("role:doctor");
      const { decided } = await requester.request("shared", ledgerRecordIds.shared);
      const opened = await requester.openGranted("shared", decided);
      expect(opened.signedBy).to.equal("CN=Synthetic Doctor,O=Synthetic Hospital");

      const certificate = opened.learned.keyring.certificateChain[0]!;
      await authority.revokeCertificate(certificate);
      expect(await authority.revokeCertificate(certificate)).to.deep.equal([]);
      await expectCode("certificate-invalid", () => patient.accept(other, late));
      await expectCode("certificate-invalid", () => requester.openGranted("shared", decided));
      const { patient: restored } = await enrolPatient({ keyStore });
      const { restored: ids, failed } = await restored.restore();
      expect([ids.map(hex), failed]).to.deep.equal([[hex(early.emrId)], []]);
      expect((await restored.show(early.emrId)).distrust).to.contain("revoked");
      expect(await restored.readFile(early.emrId)).to.deep.equal(await patient.readFile(early.emrId));
      // Other doctors' records aren't touched.
      await issueAndPublish(patient);
    });
  });
});
