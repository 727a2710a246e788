/** Owners whose accounts are contracts, as a Safe is: whatever a key's account can, theirs can, and nobody in their name. */
import { expect } from "chai";
import { type Signer, Wallet } from "ethers";
import { hex, utf8 } from "../../src/core/bytes.ts";
import { IndexLedger, type Side, signMessage, uploadMessage } from "../../src/ledger/index.ts";
import { sampleRecord } from "../../src/record/index.ts";
import { Patient } from "../../src/roles/patient.ts";
import { deployApproving, deployCode, deployKeyed, KeyedAccount } from "../contractAccounts.ts";
import { expectCode } from "../expectCode.ts";
import { makeView, startGateway, type TestGateway } from "../services/ownGateway.ts";
import {
  enrolPatient,
  fundedWallet,
  issueAndPublish,
  sides,
  surroundings,
  theRequester,
  world,
} from "../world.ts";

describe("roles: contracts as owner accounts", () => {
  it("own, publish and hand over; requesters open what they published, while they stand by their word", async () => {
    const { chains } = await world();
    const keyed = await deployKeyed(chains.storage);
    const accounts = { storage: keyed, shared: await deployApproving(chains.shared) };
    // The storage account's acts are carried by a relayer, under mandates that the contract vouches for.
    const relayers = { storage: await fundedWallet() };
    const { patient, keyStore } = await enrolPatient({ accounts, relayers });
    const { emrId, ledgerRecordIds } = await issueAndPublish(patient);
    for (const side of sides) {
      const { owner } = await new IndexLedger(chains[side]).record(ledgerRecordIds[side]);
      expect(owner).to.equal(accounts[side].address);
    }
    const doctor = await theRequester("role:doctor");
    const ask = async (side: Side) => (await doctor.request(side, ledgerRecordIds[side])).decided;
    const whole = await ask("storage");
    expect((await doctor.openGranted("storage", whole)).file).to.deep.equal(utf8(sampleRecord));
    expect((await doctor.openGranted("shared", await ask("shared"))).extraction.parts).to.have.length(6);

    // To keys' accounts: the gateway holds what the contracts published against the contracts' word.
    const to = { storage: await fundedWallet(), shared: await fundedWallet() };
    await patient.offerTransfer(emrId, { storage: to.storage.address, shared: to.shared.address });
    const { keeper } = keyed;
    const other = await fundedWallet();
    await keyed.keep(other.address);
    // Another keeper: what the account signed before it no longer counts.
    await expectCode("signature-invalid", () => doctor.openGranted("storage", whole));
    const options = { ...(await surroundings()), keyStore, confirmations: 0, accounts: to };
    const heir = await Patient.open(options);
    expect(await heir.acceptTransfers()).to.have.length(2);
    const { failed } = await heir.restore();
    expect(failed.map(({ error }) => error.code)).to.deep.equal(["signature-invalid"]);
    await new KeyedAccount(keyed.chain, keyed.address, other).keep(keeper.address);
    expect((await heir.restore()).restored.map(hex)).to.deep.equal([hex(emrId)]);
  });

  describe("at the gateway", () => {
    let gateway: TestGateway;

    before(async () => {
      gateway = await startGateway();
    });
    after(() => gateway?.close());

    it("have roots of their own, that nobody else fetches or forgets", async () => {
      const { chains, client } = gateway;
      const account = await deployKeyed(chains.storage);
      const [first, second] = [await makeView(), await makeView()];
      const tag = `0x${"5a".repeat(32)}`;
      await gateway.upload(account, first, { tag });
      await gateway.upload(account, second, { tag });
      expect((await gateway.ownFetch(account, first.root)).size).to.equal(3);
      const { keeper } = account;
      await expectCode("block-missing", () => gateway.ownFetch(keeper, first.root));
      const stranger = Wallet.createRandom();
      const forged = async (signer: Signer) => ({
        ...(await gateway.keepOrder(signer, second.root, tag)),
        owner: account.address,
      });
      await expectCode("signature-invalid", async () => client.keepOnly(await forged(stranger)));
      const { chainId } = chains.shared;
      expect(chainId).not.to.equal(chains.storage.chainId);
      await expectCode("signature-invalid", async () =>
        client.keepOnly({ ...(await forged(keeper)), side: "shared" }),
      );
      await client.keepOnly(await gateway.keepOrder(account, second.root, tag));
      await expectCode("block-missing", () => gateway.ownFetch(account, first.root));
      expect((await gateway.ownFetch(account, second.root)).size).to.equal(3);
    });

    it("are not believed on another chain, nor when they fail, answer garbage or go on for ever", async () => {
      const { chains, client, store } = gateway;
      const [deployer, keeper] = [await fundedWallet(), await fundedWallet()];
      const here = await deployKeyed(chains.storage, deployer, keeper);
      await deployKeyed(chains.shared, deployer, keeper);
      const view = await makeView();
      const order = await gateway.uploadOrder(here, view.root);
      const upload = (changed: object) => client.upload(new Uint8Array(), [{ ...order, ...changed }]);
      await expectCode("signature-invalid", () => upload({ side: "shared" }));
      const stranger = await signMessage(Wallet.createRandom(), uploadMessage, chains.storage, order);
      await expectCode("signature-invalid", () => upload({ signature: stranger }));
      const codes = [
        "0x60006000fd",
        `0x7f${"ab".repeat(32)}60005260206000f3`,
        "0xfe",
        "0x5b6202000060002050600056",
      ];
      for (const code of codes) {
        const owners = [await deployCode(chains.storage, code)];
        const theirs = await gateway.uploadOrder(keeper, view.root, { owners });
        await expectCode("signature-invalid", () => client.upload(new Uint8Array(), [theirs]));
      }
      await expectCode("service-refused", () => upload({ signature: `0x${"11".repeat(1025)}` }));
      expect(await store.pins()).not.to.satisfy((pins: { root: { toString(): string } }[]) =>
        pins.some(({ root }) => root.toString() === view.root.toString()),
      );
    });
  });
});
