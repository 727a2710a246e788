import { expect } from "chai";
import { id, ZeroAddress } from "ethers";
import { attribute, type Signer, slot, type World } from "./fixture.ts";
import { freshWorld } from "./freshWorld.ts";

describe("AttributeRegistry: labels of several authorities", () => {
  let world: World;
  const org = id("org");

  beforeEach(async () => {
    world = await freshWorld();
    await assign("org", world.stranger.address);
  });

  const assign = (label: string, to: string, by: Signer = world.admin) =>
    world.attributes.connect(by).getFunction("assignLabel")(label, to);
  const attest = async (by: Signer, ...texts: string[]) =>
    world.attributes.connect(by).getFunction("attest")(
      world.requester.address,
      texts,
      (await world.now()) + 999n,
    );
  const revoke = (by: Signer, ...texts: string[]) =>
    world.attributes.connect(by).getFunction("revoke")(world.requester.address, texts);
  const attestNumber = async (by: Signer, label: string) =>
    world.attributes.connect(by).getFunction("attestNumbers")(
      world.requester.address,
      [{ label, unit: 1, value: 3 }],
      (await world.now()) + 999n,
    );
  const revokeNumber = (by: Signer, label: string) =>
    world.attributes.connect(by).getFunction("revokeNumbers")(world.requester.address, [{ label, unit: 1 }]);
  const holds = async (text: string) =>
    (await world.attributes.holds(world.requester.address, [attribute(text)], "0x")) === 1n;
  const foreign = (call: Promise<unknown>, label = org, whose = world.stranger.address) =>
    expect(call)
      .to.be.revertedWithCustomError(world.attributes, "AttributeRegistryLabelForeign")
      .withArgs(label, whose);
  const unauthorized = async (call: Promise<unknown>, by: Signer, role?: string) =>
    expect(call)
      .to.be.revertedWithCustomError(world.attributes, "AccessControlUnauthorizedAccount")
      .withArgs(by.address, role ?? id("AUTHORITY_ROLE"));

  it("are assigned by the administrator alone, and logged", async () => {
    const { attributes, relayer, authority, admin, stranger } = world;
    expect(await attributes.labelAuthority(org)).to.equal(stranger.address);
    await expect(assign("org", relayer.address))
      .to.emit(attributes, "LabelAssigned")
      .withArgs(org, relayer.address, "org");
    await expect(assign("org", ZeroAddress))
      .to.emit(attributes, "LabelAssigned")
      .withArgs(org, ZeroAddress, "org");
    expect(await attributes.labelAuthority(org)).to.equal(ZeroAddress);
    const adminRole = await attributes.DEFAULT_ADMIN_ROLE();
    for (const by of [authority, stranger]) await unauthorized(assign("org", by.address, by), by, adminRole);
    await assign("org", admin.address);
  });

  it("belong to one authority: it alone attests, renews and revokes under them, numbers too", async () => {
    const { authority, stranger, admin, attributes, requester } = world;
    await attest(stranger, "org:a");
    await attestNumber(stranger, "org");
    for (const by of [authority, admin]) {
      await foreign(attest(by, "org:b"));
      await foreign(attest(by, "org:a"));
      await foreign(revoke(by, "org:a"));
      await foreign(attestNumber(by, "org"));
      await foreign(revokeNumber(by, "org"));
    }
    expect((await attributes.attestation(requester.address, attribute("org:a"))).authority).to.equal(
      stranger.address,
    );
    await attest(stranger, "org:a");
    await revoke(stranger, "org:a");
    await revokeNumber(stranger, "org");
    expect((await attributes.attestation(requester.address, slot("org"))).expiry).to.equal(0n);
    expect(await holds("org:a")).to.equal(false);
  });

  it("confine their authority: it has no say under any other, nor in a batch that has one", async () => {
    const { stranger, attributes } = world;
    for (const text of ["role:doctor", "org", "orga:b", "or:g", ":org", "Org:a"])
      await unauthorized(attest(stranger, "org:a", text), stranger);
    await unauthorized(attestNumber(stranger, "level"), stranger);
    await unauthorized(attributes.connect(stranger).getFunction("anchorRevocationList")(org), stranger);
    expect(await holds("org:a")).to.equal(false);
  });

  it("that aren't assigned belong to every authority", async () => {
    const { admin, attributes, authority, relayer } = world;
    await attributes.connect(admin).getFunction("grantRole")(id("AUTHORITY_ROLE"), relayer.address);
    await attest(authority, "role:doctor");
    await attest(relayer, "role:nurse");
    await revoke(relayer, "role:doctor");
    await revoke(authority, "role:nurse");
    expect([await holds("role:doctor"), await holds("role:nurse")]).to.deep.equal([false, false]);
  });

  it("may be the empty one: attributes without a colon", async () => {
    const { authority, stranger } = world;
    await assign("", stranger.address);
    await attest(stranger, "Ärztin", ":x");
    await foreign(attest(authority, "Arzt"), id(""));
    await foreign(attest(authority, ":x:y"), id(""));
    await attest(authority, "role:doctor");
  });

  it("leave what was attested standing when they change hands; who has them now may revoke it", async () => {
    const { authority, relayer, stranger } = world;
    await attest(stranger, "org:a", "org:b");
    await assign("org", relayer.address);
    expect(await holds("org:a")).to.equal(true);
    await foreign(revoke(stranger, "org:a"), org, relayer.address);
    await revoke(relayer, "org:a");
    expect(await holds("org:a")).to.equal(false);
    await assign("org", ZeroAddress);
    await unauthorized(revoke(stranger, "org:b"), stranger);
    await revoke(authority, "org:b");
    expect(await holds("org:b")).to.equal(false);
  });
});
