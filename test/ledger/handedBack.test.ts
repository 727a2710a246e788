/** A ledger record that changes hands and comes back: whose rules stand then. */
import { expect } from "chai";
import { randomBytes } from "../../src/core/bytes.ts";
import {
  IndexLedger,
  KeyRegistry,
  ledgerRecordIdOf,
  OwnerActs,
  type PublishCall,
  republishCall,
  sendAsOwner,
} from "../../src/ledger/index.ts";
import { compileProgram } from "../../src/policy/index.ts";
import { generateKeyPair } from "../../src/seal/index.ts";
import { expectCode } from "../expectCode.ts";
import { fundedWallet, random32, world } from "../world.ts";

const policy = "role:doctor";

describe("ledger: a record handed back", () => {
  it("a record that comes back before anybody published it is published again under its unchanged policy", async () => {
    const { chains, gates } = await world();
    const chain = chains.shared;
    const ledger = new IndexLedger(chain);
    const owner = (await fundedWallet()).connect(chain.provider);
    const heir = (await fundedWallet()).connect(chain.provider);
    const acts = new OwnerActs(chain, owner);
    const theirs = new OwnerActs(chain, heir);
    const { publicKey: indexKey } = await generateKeyPair();
    await new KeyRegistry(chain).deal(owner, {
      indexKey,
      generation: 1,
      threshold: 2,
      gates: gates.shared,
      commitments: [indexKey, (await generateKeyPair()).publicKey],
      sealedShares: gates.shared.map(() => randomBytes(100)),
    });
    const salt = random32();
    const id = ledgerRecordIdOf(owner.address, salt);
    const program = compileProgram(policy);
    const call = (version: number, epoch: number): PublishCall => {
      const index = randomBytes(349);
      return { ledgerRecordId: id, version, epoch, indexKey, salt, program, index, policy };
    };
    await acts.publish(call(1, 1));
    expect(await ledger.isHandedOver(id)).to.equal(false);
    await acts.close(id, 1);
    // Closed by its owner: the rules are still the owner's own, and stay where they are.
    expect(await ledger.isHandedOver(id)).to.equal(false);
    await acts.publish(call(2, 2));
    expect(await ledger.history(id)).to.have.nested.property("[2].policy", "");

    await acts.offerTransfer(id, heir.address);
    const { block } = await theirs.acceptTransfer(id);
    await theirs.offerTransfer(id, owner.address);
    await acts.acceptTransfer(id);
    expect([await ledger.isHandedOver(id, block - 1), await ledger.isHandedOver(id)]).to.deep.equal([
      false,
      true,
    ]);
    const refused = await expectCode("transaction-reverted", () =>
      sendAsOwner(chain, owner, republishCall(call(3, 3))),
    );
    expect(refused.message).to.contain("IndexLedgerRulesForeign");
    await acts.publish(call(3, 3));
    expect(await ledger.record(id)).to.include({ version: 3, epoch: 3, closed: false });
    expect((await ledger.history(id)).at(-1)).to.include({ kind: "published", version: 3, policy });
    expect(await ledger.isHandedOver(id)).to.equal(false);
    await expectCode("record-unknown", () => ledger.isHandedOver(random32()));
  });
});
