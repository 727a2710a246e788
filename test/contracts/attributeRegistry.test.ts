import { expect } from "chai";
import { ZeroAddress, ZeroHash } from "ethers";
import { attribute, openWorld, slot, type World } from "./fixture.ts";

const doctor = attribute("role:doctor");
const hospital = attribute("org:yzu-hospital");
const nobody = attribute("role:nobody");

describe("AttributeRegistry", () => {
  let world: World;

  beforeEach(async () => {
    world = await openWorld();
  });

  const as = (who: "authority" | "admin" | "stranger") => world.attributes.connect(world[who]);

  it("attests in a batch, and tells which leaves are held", async () => {
    const { attributes, requester, authority, now } = world;
    const expiry = (await now()) + 100n;
    await expect(as("authority").getFunction("attest")(requester.address, [doctor, hospital], expiry))
      .to.emit(attributes, "Attested")
      .withArgs(requester.address, doctor, authority.address, expiry)
      .and.to.emit(attributes, "Attested")
      .withArgs(requester.address, hospital, authority.address, expiry);
    expect(await attributes.holds(requester.address, [hospital, nobody, doctor], "0x")).to.equal(0b101n);
    expect(await attributes.holds(world.stranger.address, [hospital, nobody, doctor], "0x")).to.equal(0n);
    expect(await attributes.holds(requester.address, [], "0x")).to.equal(0n);
    expect([...(await attributes.attestation(requester.address, doctor))]).to.deep.equal([
      expiry,
      authority.address,
      0n,
    ]);
    expect([...(await attributes.attestation(requester.address, nobody))]).to.deep.equal([
      0n,
      ZeroAddress,
      0n,
    ]);
  });

  it("answers up to 256 leaves, and refuses more", async () => {
    const { attributes, requester, attest } = world;
    await attest(requester, ["role:doctor"]);
    const leaves = Array.from({ length: 255 }, (_, i) => attribute(`x:${i}`));
    expect(await attributes.holds(requester.address, [...leaves, doctor], "0x")).to.equal(1n << 255n);
    await expect(attributes.holds(requester.address, [...leaves, doctor, doctor], "0x"))
      .to.be.revertedWithCustomError(attributes, "AttributeRegistryTooManyLeaves")
      .withArgs(257);
  });

  it("counts an attestation up to the second before its expiry, not at it", async () => {
    const { attributes, requester, networkHelpers, now } = world;
    const expiry = (await now()) + 100n;
    await as("authority").getFunction("attest")(requester.address, [doctor], expiry);
    await networkHelpers.time.increaseTo(expiry - 1n);
    expect(await attributes.holds(requester.address, [doctor], "0x")).to.equal(1n);
    await networkHelpers.time.increaseTo(expiry);
    expect(await attributes.holds(requester.address, [doctor], "0x")).to.equal(0n);
  });

  it("renews, shortens and revokes", async () => {
    const { attributes, requester, authority, now } = world;
    const start = await now();
    const attest = as("authority").getFunction("attest");
    await attest(requester.address, [doctor], start + 100n);
    await attest(requester.address, [doctor], start + 50n);
    expect((await attributes.attestation(requester.address, doctor)).expiry).to.equal(start + 50n);
    await expect(as("authority").getFunction("revoke")(requester.address, [doctor]))
      .to.emit(attributes, "Revoked")
      .withArgs(requester.address, doctor, authority.address);
    expect(await attributes.holds(requester.address, [doctor], "0x")).to.equal(0n);
    await attest(requester.address, [doctor], start + 100n);
    expect(await attributes.holds(requester.address, [doctor], "0x")).to.equal(1n);
  });

  it("refuses empty batches, past expiries, the zero address, and revoking what isn't there", async () => {
    const { attributes, requester, networkHelpers, now, attest } = world;
    const attestFunction = as("authority").getFunction("attest");
    const revoke = as("authority").getFunction("revoke");
    await expect(attestFunction(requester.address, [], (await now()) + 9n)).to.be.revertedWithCustomError(
      attributes,
      "AttributeRegistryNoAttributes",
    );
    await expect(revoke(requester.address, [])).to.be.revertedWithCustomError(
      attributes,
      "AttributeRegistryNoAttributes",
    );
    await expect(attestFunction(ZeroAddress, [doctor], (await now()) + 9n)).to.be.revertedWithCustomError(
      attributes,
      "AttributeRegistryAccountZero",
    );
    const next = (await now()) + 10n;
    await networkHelpers.time.setNextBlockTimestamp(next);
    await expect(attestFunction(requester.address, [doctor], next))
      .to.be.revertedWithCustomError(attributes, "AttributeRegistryExpiryPassed")
      .withArgs(next);
    await attest(requester, ["role:doctor"]);
    await expect(revoke(requester.address, [doctor, hospital]))
      .to.be.revertedWithCustomError(attributes, "AttributeRegistryNotAttested")
      .withArgs(requester.address, hospital);
    expect(await attributes.holds(requester.address, [doctor], "0x")).to.equal(1n);
  });

  it("lets only authorities attest, revoke and revoke certificates", async () => {
    const { attributes, requester, now, attest } = world;
    const role = await attributes.AUTHORITY_ROLE();
    await attest(requester, ["role:doctor"]);
    for (const who of ["stranger", "admin"] as const) {
      const expiry = (await now()) + 99n;
      const calls: [string, ...unknown[]][] = [
        ["attest", requester.address, [hospital], expiry],
        ["attestNumbers", requester.address, [slot("level")], [3], expiry],
        ["revoke", requester.address, [doctor]],
        ["revokeCertificate", doctor],
      ];
      for (const [method, ...args] of calls)
        await expect(as(who).getFunction(method)(...args), method)
          .to.be.revertedWithCustomError(attributes, "AccessControlUnauthorizedAccount")
          .withArgs(world[who].address, role);
    }
  });

  it("anchors the authority's keys: by an authority or the administrator, anew too", async () => {
    const { attributes, stranger, authority, admin } = world;
    expect([...(await attributes.authorityAnchor())]).to.deep.equal([ZeroHash, ZeroHash]);
    await expect(as("authority").getFunction("anchorAuthority")(doctor, hospital))
      .to.emit(attributes, "AuthorityAnchored")
      .withArgs(doctor, hospital, authority.address);
    await expect(as("admin").getFunction("anchorAuthority")(hospital, nobody))
      .to.emit(attributes, "AuthorityAnchored")
      .withArgs(hospital, nobody, admin.address);
    expect([...(await attributes.authorityAnchor())]).to.deep.equal([hospital, nobody]);
    await expect(as("stranger").getFunction("anchorAuthority")(doctor, hospital))
      .to.be.revertedWithCustomError(attributes, "AttributeRegistryNotAuthority")
      .withArgs(stranger.address);
    for (const [abe, ca] of [
      [ZeroHash, hospital],
      [doctor, ZeroHash],
    ])
      await expect(as("authority").getFunction("anchorAuthority")(abe, ca)).to.be.revertedWithCustomError(
        attributes,
        "AttributeRegistryAnchorZero",
      );
  });

  it("revokes certificates for good", async () => {
    const { attributes, authority } = world;
    const revoke = as("authority").getFunction("revokeCertificate");
    expect(await attributes.certificateRevoked(doctor)).to.equal(false);
    await expect(revoke(doctor))
      .to.emit(attributes, "CertificateRevoked")
      .withArgs(doctor, authority.address);
    expect(await attributes.certificateRevoked(doctor)).to.equal(true);
    expect(await attributes.certificateRevoked(hospital)).to.equal(false);
    await expect(revoke(doctor))
      .to.be.revertedWithCustomError(attributes, "AttributeRegistryCertificateAlreadyRevoked")
      .withArgs(doctor);
  });

  it("lets the administrator appoint and dismiss authorities; the deployer has no power of its own", async () => {
    const { attributes, stranger, requester, now } = world;
    const role = await attributes.AUTHORITY_ROLE();
    await as("admin").getFunction("grantRole")(role, stranger.address);
    await as("stranger").getFunction("attest")(requester.address, [doctor], (await now()) + 99n);
    await as("admin").getFunction("revokeRole")(role, stranger.address);
    await expect(
      as("stranger").getFunction("attest")(requester.address, [hospital], (await now()) + 99n),
    ).to.be.revertedWithCustomError(attributes, "AccessControlUnauthorizedAccount");
    // What a dismissed authority attested stands until it's revoked.
    expect(await attributes.holds(requester.address, [doctor], "0x")).to.equal(1n);
    const foreign = await world.ethers.deployContract("AttributeRegistry", [
      stranger.address,
      1,
      requester.address,
    ]);
    expect(
      await foreign.getFunction("hasRole")(
        await foreign.getFunction("DEFAULT_ADMIN_ROLE")(),
        world.admin.address,
      ),
    ).to.equal(false);
  });
});
