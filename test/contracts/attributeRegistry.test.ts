import { expect } from "chai";
import { id, ZeroAddress, ZeroHash } from "ethers";
import { attribute, slot, type World } from "./fixture.ts";
import { freshWorld } from "./freshWorld.ts";

const doctor = attribute("role:doctor");
const hospital = attribute("org:yzu-hospital");
const nobody = attribute("role:nobody");

describe("AttributeRegistry", () => {
  let world: World;

  beforeEach(async () => {
    world = await freshWorld();
  });

  const as = (who: "authority" | "admin" | "stranger") => world.attributes.connect(world[who]);

  it("attests in a batch, and tells which leaves are held", async () => {
    const { attributes, requester, authority, now } = world;
    const expiry = (await now()) + 100n;
    await expect(
      as("authority").getFunction("attest")(requester.address, ["role:doctor", "org:yzu-hospital"], expiry),
    )
      .to.emit(attributes, "Attested")
      .withArgs(requester.address, doctor, authority.address, expiry, "role:doctor")
      .and.to.emit(attributes, "Attested")
      .withArgs(requester.address, hospital, authority.address, expiry, "org:yzu-hospital");
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
    await as("authority").getFunction("attest")(requester.address, ["role:doctor"], expiry);
    await networkHelpers.time.increaseTo(expiry - 1n);
    expect(await attributes.holds(requester.address, [doctor], "0x")).to.equal(1n);
    for (const time of [expiry, expiry + 1n, expiry + 100_000n]) {
      await networkHelpers.time.increaseTo(time);
      expect(await attributes.holds(requester.address, [doctor], "0x")).to.equal(0n);
    }
  });

  it("renews, shortens and revokes", async () => {
    const { attributes, requester, authority, now } = world;
    const start = await now();
    const attest = as("authority").getFunction("attest");
    await attest(requester.address, ["role:doctor"], start + 100n);
    await attest(requester.address, ["role:doctor"], start + 50n);
    expect((await attributes.attestation(requester.address, doctor)).expiry).to.equal(start + 50n);
    await expect(as("authority").getFunction("revoke")(requester.address, ["role:doctor"]))
      .to.emit(attributes, "Revoked")
      .withArgs(requester.address, doctor, authority.address);
    expect(await attributes.holds(requester.address, [doctor], "0x")).to.equal(0n);
    await attest(requester.address, ["role:doctor"], start + 100n);
    expect(await attributes.holds(requester.address, [doctor], "0x")).to.equal(1n);
  });

  it("refuses empty batches, past expiries, the zero address, and revoking what isn't there", async () => {
    const { attributes, requester, networkHelpers, now, attest } = world;
    const attestFunction = as("authority").getFunction("attest");
    const revoke = as("authority").getFunction("revoke");
    await expect(attestFunction(requester.address, [], (await now()) + 999n)).to.be.revertedWithCustomError(
      attributes,
      "AttributeRegistryNoAttributes",
    );
    await expect(revoke(requester.address, [])).to.be.revertedWithCustomError(
      attributes,
      "AttributeRegistryNoAttributes",
    );
    await expect(
      attestFunction(ZeroAddress, ["role:doctor"], (await now()) + 999n),
    ).to.be.revertedWithCustomError(attributes, "AttributeRegistryAccountZero");
    for (const late of [0n, 1n, 100_000n]) {
      const next = (await now()) + 10n;
      await networkHelpers.time.setNextBlockTimestamp(next);
      await expect(attestFunction(requester.address, ["role:doctor"], next - late))
        .to.be.revertedWithCustomError(attributes, "AttributeRegistryExpiryPassed")
        .withArgs(next - late);
    }
    const soon = (await now()) + 10n;
    await networkHelpers.time.setNextBlockTimestamp(soon - 1n);
    await expect(attestFunction(requester.address, ["role:doctor"], soon)).to.emit(attributes, "Attested");
    await attest(requester, ["role:doctor"]);
    await expect(revoke(requester.address, ["role:doctor", "org:yzu-hospital"]))
      .to.be.revertedWithCustomError(attributes, "AttributeRegistryNotAttested")
      .withArgs(requester.address, hospital);
    expect(await attributes.holds(requester.address, [doctor], "0x")).to.equal(1n);
  });

  it("lets only authorities attest, revoke and revoke certificates", async () => {
    const { attributes, requester, now, attest } = world;
    const role = id("AUTHORITY_ROLE");
    await attest(requester, ["role:doctor"]);
    for (const who of ["stranger", "admin"] as const) {
      const expiry = (await now()) + 999n;
      const calls: [string, ...unknown[]][] = [
        ["attest", requester.address, ["org:yzu-hospital"], expiry],
        ["attestNumbers", requester.address, [{ label: "level", unit: 1, value: 3 }], expiry],
        ["revoke", requester.address, ["role:doctor"]],
        ["revokeNumbers", requester.address, [{ label: "level", unit: 1 }]],
        ["anchorRevocationList", doctor],
        ["revokeCertificate", doctor],
      ];
      for (const [method, ...args] of calls)
        await expect(as(who).getFunction(method)(...args), method)
          .to.be.revertedWithCustomError(attributes, "AccessControlUnauthorizedAccount")
          .withArgs(world[who].address, role);
    }
  });

  it("anchors the authority's keys: first by an authority or the administrator, then by the administrator", async () => {
    const { attributes, stranger, authority, admin } = world;
    const anchor = (who: "authority" | "admin" | "stranger", abe = doctor, ca = hospital) =>
      as(who).getFunction("anchorAuthority")(abe, ca);
    const refused = (call: Promise<unknown>, error: string) =>
      expect(call).to.be.revertedWithCustomError(attributes, error);
    expect([...(await attributes.authorityAnchor())]).to.deep.equal([ZeroHash, ZeroHash]);
    for (const [abe, ca] of [
      [ZeroHash, hospital],
      [doctor, ZeroHash],
    ])
      await refused(anchor("authority", abe, ca), "AttributeRegistryAnchorZero");
    await refused(anchor("stranger"), "AttributeRegistryNotAuthority").withArgs(stranger.address);
    await expect(anchor("authority"))
      .to.emit(attributes, "AuthorityAnchored")
      .withArgs(doctor, hospital, authority.address);
    await refused(anchor("authority", hospital), "AttributeRegistryAnchorStands").withArgs(authority.address);
    await refused(anchor("stranger"), "AttributeRegistryNotAuthority").withArgs(stranger.address);
    await refused(anchor("admin", ZeroHash), "AttributeRegistryAnchorZero");
    await expect(anchor("admin", hospital, nobody))
      .to.emit(attributes, "AuthorityAnchored")
      .withArgs(hospital, nobody, admin.address);
    expect([...(await attributes.authorityAnchor())]).to.deep.equal([hospital, nobody]);
  });

  it("anchors lists of revoked certificates at once, as often as there are new ones", async () => {
    const { attributes, authority } = world;
    const anchor = as("authority").getFunction("anchorRevocationList");
    expect(await attributes.revocationList()).to.equal(ZeroHash);
    for (const hash of [doctor, hospital]) {
      await expect(anchor(hash))
        .to.emit(attributes, "RevocationListAnchored")
        .withArgs(hash, authority.address);
      expect(await attributes.revocationList()).to.equal(hash);
    }
    await expect(anchor(ZeroHash)).to.be.revertedWithCustomError(attributes, "AttributeRegistryAnchorZero");
  });

  it("refuses texts that are no attributes: none, too long, starting with a control character", async () => {
    const { attributes, requester, now } = world;
    const expiry = (await now()) + 999n;
    const attest = (...texts: string[]) =>
      as("authority").getFunction("attest")(requester.address, texts, expiry);
    for (const text of ["", "x".repeat(257), "\u0002\u0001level", "\u001fa:b"])
      await expect(attest("role:doctor", text))
        .to.be.revertedWithCustomError(attributes, "AttributeRegistryTextMalformed")
        .withArgs(text);
    // The slot of a number can't be reached through a text.
    expect((await attributes.attestation(requester.address, slot("level"))).expiry).to.equal(0n);
    for (const text of ["x".repeat(256), " ", "Ärztin", "a", ":", ":b", "a:b:c"]) {
      await attest(text);
      expect(await attributes.holds(requester.address, [attribute(text)], "0x"), text).to.equal(1n);
    }
  });

  it("attests and revokes no id: that is everyone's own", async () => {
    const { attributes, requester, now } = world;
    const expiry = (await now()) + 999n;
    for (const text of [`id:${requester.address.toLowerCase()}`, "id:", "id:x:y"]) {
      await expect(as("authority").getFunction("attest")(requester.address, [text], expiry))
        .to.be.revertedWithCustomError(attributes, "AttributeRegistryLabelReserved")
        .withArgs(text);
      await expect(as("authority").getFunction("revoke")(requester.address, [text]))
        .to.be.revertedWithCustomError(attributes, "AttributeRegistryLabelReserved")
        .withArgs(text);
    }
    await as("authority").getFunction("attest")(requester.address, ["id", "ID:x", "idle:x"], expiry);
    await expect(as("admin").getFunction("assignLabel")("id", requester.address))
      .to.be.revertedWithCustomError(attributes, "AttributeRegistryLabelReserved")
      .withArgs("id");
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
    const role = id("AUTHORITY_ROLE");
    await as("admin").getFunction("grantRole")(role, stranger.address);
    await as("stranger").getFunction("attest")(requester.address, ["role:doctor"], (await now()) + 999n);
    await as("admin").getFunction("revokeRole")(role, stranger.address);
    await expect(
      as("stranger").getFunction("attest")(requester.address, ["org:yzu-hospital"], (await now()) + 999n),
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
