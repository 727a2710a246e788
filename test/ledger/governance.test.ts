/** What only the consortium may change: through the timelock, seen by everybody before it takes effect. */
import { expect } from "chai";
import { type JsonRpcSigner, Wallet } from "ethers";
import { hex, randomBytes, utf8 } from "../../src/core/bytes.ts";
import { sha256 } from "../../src/core/hash.ts";
import { AttributeRegistry, type Chain, type Side, Timelock } from "../../src/ledger/index.ts";
import { fetchCredentials } from "../../src/roles/credentials.ts";
import { AuthorityClient } from "../../src/services/authorityClient.ts";
import { expectCode } from "../expectCode.ts";
import { fundedWallet, govern, mine, nodeAccount, random32, sides, world } from "../world.ts";

describe("ledger: what the consortium decides", () => {
  let chains: Record<Side, Chain>;
  let chain: Chain;
  let registry: AttributeRegistry;
  let member: JsonRpcSigner;

  before(async () => {
    ({ chains } = await world());
    chain = chains.storage;
    registry = new AttributeRegistry(chain);
    member = await nodeAccount(chain, 2);
  });

  it("waits for its delay, and only members propose and execute", async () => {
    const timelock = await Timelock.of(chain);
    expect(await timelock.minDelay()).to.equal(1);
    const call = registry.assignLabelCall(`ward${random32().slice(2, 10)}`, Wallet.createRandom().address);
    expect(await timelock.stateOf(call)).to.equal("unset");
    const stranger = await nodeAccount(chain, 9);
    await expectCode("transaction-reverted", () => timelock.schedule(stranger, call));
    const hasty = await expectCode("transaction-reverted", () =>
      timelock.schedule(member, call, random32(), 0),
    );
    expect(hasty.message).to.contain("TimelockInsufficientDelay");
    // With a longer delay, so that it can't be over before it is looked at.
    const salt = random32();
    await timelock.schedule(member, call, salt, 3600);
    expect(await timelock.stateOf(call, salt)).to.equal("waiting");
    const early = await expectCode("transaction-reverted", () => timelock.execute(member, call, salt));
    expect(early.message).to.contain("TimelockUnexpectedOperationState");
    await govern(chain, call);
    expect(await timelock.stateOf(call)).to.equal("done");
  });

  it("gives a label to one authority alone", async () => {
    const label = `ward${random32().slice(2, 10)}`;
    const [own, account] = [await fundedWallet(), Wallet.createRandom().address];
    const signer = own.connect(chain.provider);
    const expiry = 2 ** 31;
    expect(await registry.labelAuthority(label)).to.equal(undefined);
    await expectCode("transaction-reverted", () => registry.attest(signer, account, [`${label}:3`], expiry));
    await govern(chain, registry.assignLabelCall(label, own.address));
    expect(await registry.labelAuthority(label)).to.equal(own.address);
    await registry.attest(signer, account, [`${label}:3`, `${label} = 7`], expiry);
    expect(await registry.holds(account, [`${label}:3`, `${label} = 7`])).to.deep.equal([true, true]);
    expect((await registry.attestations(account)).map(({ text }) => text)).to.deep.equal([
      `${label}:3`,
      `${label} = 7`,
    ]);
    const foreign = await expectCode("transaction-reverted", () =>
      registry.attest(signer, account, ["role:doctor"], expiry),
    );
    expect(foreign.message).to.match(/AccessControlUnauthorizedAccount|AttributeRegistryNotAuthority/);
    const reserved = await expectCode("transaction-reverted", () =>
      registry.attest(signer, account, [`id:${account.toLowerCase()}`], expiry),
    );
    expect(reserved.message).to.contain("AttributeRegistryLabelReserved");
  });

  it("changes the authority's anchor, which the authority itself can't", async () => {
    const { authority, authorityUrl } = await world();
    const client = new AuthorityClient(authorityUrl);
    const standing = await registry.anchor();
    expect(await authority.anchor(), "it stands already").to.deep.equal([]);
    const other = { abePublicKeyHash: randomBytes(32), caFingerprint: randomBytes(32) };
    await govern(chain, registry.anchorCall(other));
    try {
      expect(await registry.anchor()).to.deep.equal(other);
      await expectCode("anchor-mismatch", () => fetchCredentials(client, Object.values(chains)));
      const refused = await expectCode("transaction-reverted", () => authority.anchor());
      expect(refused.message).to.contain("AttributeRegistryAnchorStands");
    } finally {
      await govern(chain, authority.anchorCalls().storage);
    }
    expect(await registry.anchor()).to.deep.equal(standing);
    await fetchCredentials(client, Object.values(chains));
  });

  it("isn't asked when a revocation list is anchored: that is at once", async () => {
    const { authority } = await world();
    const list = utf8(`a list of revoked certificates ${hex(randomBytes(8))}`);
    expect(await authority.anchorRevocationList(list)).to.have.length(2);
    for (const side of sides)
      expect(await new AttributeRegistry(chains[side]).revocationList()).to.deep.equal(sha256(list));
    const stranger = await nodeAccount(chain, 9);
    await expectCode("transaction-reverted", () => registry.anchorRevocationList(stranger, randomBytes(32)));
    await mine(chain, 1);
  });
});
