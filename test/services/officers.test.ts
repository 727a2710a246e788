/** How much an officer of the authority may have written down: whoever has the key of one can't fill the book of all. */
import { expect } from "chai";
import { type HDNodeWallet, Wallet } from "ethers";
import { Desk } from "../../src/cli/authority/desk.ts";
import { DeskForOfficers } from "../../src/cli/authority/officersDesk.ts";
import { authorityAccounts } from "../../src/cli/up/authorityProcess.ts";
import {
  decisionMessages,
  type MessageKind,
  openDeskMessage,
  type Side,
  signMessage,
} from "../../src/ledger/index.ts";
import { Officers, type SignedDecision } from "../../src/services/index.ts";
import { entitledStore } from "../cli/entitled.ts";
import { expectCode } from "../expectCode.ts";
import { random32, world } from "../world.ts";

const name = "Example authority";

describe("services: what officers sign in an hour", () => {
  const [busy, calm] = [Wallet.createRandom(), Wallet.createRandom()];
  let desk: Desk;
  let book: DeskForOfficers;
  let officers: Officers;

  before(async () => {
    const { chains } = await world();
    const keyStore = await entitledStore();
    const options = { name, keyStore, chains, accounts: await authorityAccounts(keyStore) };
    desk = await Desk.open(options);
    book = await DeskForOfficers.open(options, desk);
    const accounts = [busy.address, calm.address];
    officers = new Officers({ name, chains, officers: accounts, desk: book, decisionsPerHour: 2 });
  });
  after(() => desk.settled());

  async function signed<What extends object>(kind: MessageKind<What>, what: object, signer: HDNodeWallet) {
    const side: Side = "storage";
    const expiry = Math.floor(Date.now() / 1000) + 600;
    const message = { authority: name, nonce: random32(), expiry, ...what };
    const { chains } = await world();
    const signature = await signMessage(signer, kind, chains[side], message as unknown as What);
    return { ...message, side, officer: signer.address, signature };
  }
  const refusing = async (signer: HDNodeWallet, officer = signer.address) => {
    const what = { request: "00".repeat(16), reason: "There is no such request." };
    return {
      kind: "refuse",
      ...(await signed(decisionMessages.refuse, what, signer)),
      officer,
    } as SignedDecision;
  };

  it("decisions have an end for each officer, which nobody else brings nearer", async () => {
    for (let i = 0; i < 4; i++)
      await expectCode("signature-invalid", async () =>
        officers.decide(await refusing(Wallet.createRandom(), busy.address)),
      );
    for (let i = 0; i < 2; i++)
      await expectCode("application-unknown", async () => officers.decide(await refusing(busy)));
    const refusal = await expectCode("rate-limited", async () => officers.decide(await refusing(busy)));
    expect(refusal.message).to.match(/try again in \d+ s/);
    await expectCode("application-unknown", async () => officers.decide(await refusing(calm)));
    expect(book.decisions().map(({ officer }) => officer)).to.deep.equal([
      calm.address,
      busy.address,
      busy.address,
    ]);
  });

  it("so have openings of the desk", async () => {
    const open = async (signer: HDNodeWallet) => officers.open(await signed(openDeskMessage, {}, signer));
    const { token } = await open(calm);
    for (let i = 0; i < 60; i++) await open(busy);
    await expectCode("rate-limited", () => open(busy));
    expect(officers.demandSession(token)).to.equal(calm.address);
    await open(calm);
  });
});
