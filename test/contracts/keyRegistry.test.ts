import { expect } from "chai";
import { concat, id, keccak256, TypedDataEncoder, toBeHex, ZeroAddress, ZeroHash } from "ethers";
import { type Contract, gateTypes, point, type World } from "./fixture.ts";
import { freshWorld } from "./freshWorld.ts";

describe("KeyRegistry", () => {
  let world: World;
  let gates: string[];

  beforeEach(async () => {
    world = await freshWorld();
    gates = world.gates.slice(0, 3).map((gate) => gate.address);
  });

  const shares = (count: number, size = 100) =>
    Array.from({ length: count }, (_, i) => `0x${(i + 16).toString(16).repeat(size)}`);
  const deal = (
    changes: {
      indexKey?: string;
      generation?: number;
      threshold?: number;
      gates?: string[];
      commitments?: string;
      shares?: string[];
    } = {},
  ) =>
    world.keys.connect(world.owner).getFunction("deal")(
      changes.indexKey ?? point(1),
      changes.generation ?? 1,
      changes.threshold ?? 2,
      changes.gates ?? gates,
      changes.commitments ?? concat([point(1), point(2)]),
      changes.shares ?? shares(3),
    );
  const idOf = (dealer: string, indexKey: string) =>
    keccak256(
      world.ethers.AbiCoder.defaultAbiCoder().encode(["address", "bytes32"], [dealer, keccak256(indexKey)]),
    );

  it("keeps a key set as it was dealt", async () => {
    const { keys, owner } = world;
    const id = idOf(owner.address, point(1));
    const sealed = [`0x01`, `0x${"22".repeat(512)}`, `0x${"33".repeat(113)}`];
    await expect(deal({ shares: sealed }))
      .to.emit(keys, "KeySetDealt")
      .withArgs(id, owner.address, 1, 2, 3);
    const found = await keys.keySet(id);
    expect(found.dealer).to.equal(owner.address);
    expect(found.generation).to.equal(1n);
    expect(found.threshold).to.equal(2n);
    expect(found.indexKey).to.equal(point(1));
    expect([...found.gates]).to.deep.equal(gates);
    expect(found.commitments).to.equal(concat([point(1), point(2)]));
    expect([...found.sealedShares]).to.deep.equal(sealed);
    expect(await keys.dealerOf(id)).to.equal(owner.address);
  });

  it("counts generations, and keeps the newest", async () => {
    const { keys, owner } = world;
    const id = idOf(owner.address, point(1));
    await deal();
    await expect(
      deal({ generation: 2, threshold: 1, gates: gates.slice(1), commitments: point(1), shares: shares(2) }),
    )
      .to.emit(keys, "KeySetDealt")
      .withArgs(id, owner.address, 2, 1, 2);
    const found = await keys.keySet(id);
    expect(found.generation).to.equal(2n);
    expect(found.threshold).to.equal(1n);
    expect([...found.gates]).to.deep.equal(gates.slice(1));
    expect(found.commitments).to.equal(point(1));
    expect([...found.sealedShares]).to.deep.equal(shares(2));
  });

  it("takes only the deal after the last, so that one sent twice or from two places spoils nothing", async () => {
    const { keys, owner } = world;
    for (const generation of [0, 2])
      await expect(deal({ generation }))
        .to.be.revertedWithCustomError(keys, "KeyRegistryGenerationMismatch")
        .withArgs(1, generation);
    await deal();
    for (const generation of [1, 3])
      await expect(deal({ generation, shares: shares(3, 50) }))
        .to.be.revertedWithCustomError(keys, "KeyRegistryGenerationMismatch")
        .withArgs(2, generation);
    expect([...(await keys.keySet(idOf(owner.address, point(1)))).sealedShares]).to.deep.equal(shares(3));
  });

  it("gives another dealer of the same key another key set", async () => {
    const { keys, stranger, owner } = world;
    await deal();
    await keys.connect(stranger).getFunction("deal")(point(1), 1, 1, [gates[0]], point(1), ["0xee"]);
    const [mine, theirs] = [owner, stranger].map((dealer) => idOf(dealer.address, point(1)));
    expect(await keys.dealerOf(mine)).to.equal(owner.address);
    expect(await keys.dealerOf(theirs)).to.equal(stranger.address);
    expect((await keys.keySet(mine)).generation).to.equal(1n);
    expect((await keys.keySet(mine)).sealedShares[0]).to.equal(shares(1)[0]);
  });

  it("knows no key set that nobody dealt", async () => {
    const { keys } = world;
    expect(await keys.dealerOf(ZeroHash)).to.equal(ZeroAddress);
    await expect(keys.keySet(ZeroHash))
      .to.be.revertedWithCustomError(keys, "KeyRegistryKeySetUnknown")
      .withArgs(ZeroHash);
  });

  it("takes up to 31 gates, with the largest shares", async () => {
    const { keys, owner, ethers } = world;
    const wallets = Array.from({ length: 31 }, (_, i) => new ethers.Wallet(toBeHex(i + 1, 32)));
    for (const [i, wallet] of wallets.entries()) await world.registerGate(wallet, point(i));
    const many = wallets.map(({ address }) => address);
    const commitments = concat(Array.from({ length: 31 }, (_, i) => point(i + 1)));
    await deal({ threshold: 31, gates: many, commitments, shares: shares(31, 512) });
    const found = await keys.keySet(idOf(owner.address, point(1)));
    expect([...found.gates]).to.deep.equal(many);
    expect(found.commitments).to.equal(commitments);
    expect([...found.sealedShares]).to.deep.equal(shares(31, 512));
    await expect(
      deal({ threshold: 1, gates: [...many, gates[0]!], commitments: point(1), shares: shares(32) }),
    )
      .to.be.revertedWithCustomError(keys, "KeyRegistryThresholdInvalid")
      .withArgs(1, 32);
  });

  it("reads and deals a key set for the same gas among many others: nothing is searched", async () => {
    const { keys, owner, ethers } = world;
    const id = idOf(owner.address, point(1));
    await deal();
    const read = async () => Number(await keys.getFunction("keySet").estimateGas(id));
    const dealt = async (indexKey: string) =>
      Number((await (await deal({ indexKey, commitments: concat([indexKey, point(2)]) })).wait()).gasUsed);
    const before = [await read(), await dealt(point(0x111111))];
    const filler = await ethers.deployContract("KeySetFiller");
    await filler.getFunction("fill")(await keys.getAddress(), gates[0], 90, { gasLimit: 16_000_000 });
    expect(await filler.getFunction("filled")()).to.equal(90n);
    expect([await read(), await dealt(point(0x222222))]).to.deep.equal(before);
  });

  it("refuses thresholds, points, shares and gates that don't fit", async () => {
    const { keys, stranger } = world;
    const refusals: [Parameters<typeof deal>[0], string, unknown[]?][] = [
      [{ threshold: 0 }, "KeyRegistryThresholdInvalid", [0, 3]],
      [{ threshold: 4 }, "KeyRegistryThresholdInvalid", [4, 3]],
      [{ gates: [], shares: [] }, "KeyRegistryThresholdInvalid", [2, 0]],
      [{ indexKey: "0x04" }, "KeyRegistryPointMalformed"],
      [{ indexKey: `${point(1)}00` }, "KeyRegistryPointMalformed"],
      [{ indexKey: point(1).replace("0x04", "0x02") }, "KeyRegistryPointMalformed"],
      [{ commitments: point(1) }, "KeyRegistryPointMalformed"],
      [{ commitments: concat([point(1), point(2), point(3)]) }, "KeyRegistryPointMalformed"],
      [{ commitments: concat([point(1), point(2).replace("0x04", "0x03")]) }, "KeyRegistryPointMalformed"],
      [{ commitments: concat([point(2), point(1)]) }, "KeyRegistryCommitmentMismatch"],
      [{ gates: [...gates.slice(0, 2), stranger.address] }, "KeyRegistryGateUnknown", [stranger.address]],
      [{ gates: [gates[0]!, gates[1]!, gates[0]!] }, "KeyRegistryGateTwice", [gates[0]]],
      [{ shares: shares(2) }, "KeyRegistrySharesMalformed"],
      [{ shares: shares(4) }, "KeyRegistrySharesMalformed"],
      [{ shares: [...shares(2), "0x"] }, "KeyRegistrySharesMalformed"],
      [{ shares: [...shares(2), `0x${"00".repeat(513)}`] }, "KeyRegistrySharesMalformed"],
    ];
    for (const [changes, error, args] of refusals) {
      const refusal = expect(deal(changes), JSON.stringify(changes)).to.be.revertedWithCustomError(
        keys,
        error,
      );
      await (args === undefined ? refusal : refusal.withArgs(...args));
    }
  });

  it("registers gates, changes their URL and removes them", async () => {
    const { keys, owner, signGate, gates: signers } = world;
    const [first] = gates as [string];
    const key = point(1000);
    const signature = await signGate(signers[0]!, key);
    expect([...(await keys.gateAccounts())].sort()).to.deep.equal([...gates].sort());
    expect([...(await keys.gate(first))]).to.deep.equal([key, "http://gate0.example"]);
    await expect(keys.setGate(first, key, "http://new.example", signature))
      .to.emit(keys, "GateSet")
      .withArgs(first, key, "http://new.example");
    expect([...(await keys.gate(first))]).to.deep.equal([key, "http://new.example"]);
    expect((await keys.gateAccounts()).length).to.equal(3);
    await deal();
    await expect(keys.removeGate(first)).to.emit(keys, "GateRemoved").withArgs(first);
    expect([...(await keys.gate(first))]).to.deep.equal(["0x", ""]);
    expect([...(await keys.gateAccounts())]).not.to.include(first);
    // Key sets stay as they were dealt, with the key that their shares are sealed to; new ones can't name it.
    expect((await keys.keySet(idOf(owner.address, point(1)))).gates[0]).to.equal(first);
    expect(await keys.gateKey(first)).to.equal(key);
    await expect(deal({ generation: 2 }))
      .to.be.revertedWithCustomError(keys, "KeyRegistryGateUnknown")
      .withArgs(first);
    await expect(keys.removeGate(first)).to.be.revertedWithCustomError(keys, "KeyRegistryGateUnknown");
    await keys.setGate(first, key, "http://back.example", signature);
    expect([...(await keys.gate(first))]).to.deep.equal([key, "http://back.example"]);
    expect(await keys.gateKey(owner.address)).to.equal("0x");
  });

  it("gives a gate one key for ever, whoever asks for another and whoever signs it", async () => {
    const { keys, signGate, gates: signers } = world;
    const [first] = gates as [string];
    const other = point(77);
    const swap = async () => keys.setGate(first, other, "http://a", await signGate(signers[0]!, other));
    await expect(swap()).to.be.revertedWithCustomError(keys, "KeyRegistryGateKeyFixed").withArgs(first);
    await keys.removeGate(first);
    await expect(swap()).to.be.revertedWithCustomError(keys, "KeyRegistryGateKeyFixed").withArgs(first);
    expect(await keys.gateKey(first)).to.equal(point(1000));
  });

  it("takes a gate's key from its own account only: an administrator can't put one there", async () => {
    const { keys, admin, stranger, signGate } = world;
    const key = point(5);
    const attempts: [string, string][] = [
      ["nobody's signature", "0x"],
      ["the administrator's", await signGate(admin, key)],
      ["over another key", await signGate(stranger, point(6))],
      ["with a byte more", `${await signGate(stranger, key)}00`],
      [
        "for another account",
        await stranger.signTypedData(await world.domainOf(keys), gateTypes, {
          account: admin.address,
          hpkeKey: key,
        }),
      ],
    ];
    for (const [what, signature] of attempts)
      await expect(keys.setGate(stranger.address, key, "http://a", signature), what)
        .to.be.revertedWithCustomError(keys, "KeyRegistrySignatureInvalid")
        .withArgs(stranger.address);
    await keys.setGate(stranger.address, key, "http://a", await signGate(stranger, key));
  });

  it("takes no signature that was given on another chain, or to another registry", async () => {
    const { keys, stranger, admin, ethers, signGate } = world;
    const key = point(5);
    const domain = await world.domainOf(keys);
    expect(domain).to.include({ name: "Diptych KeyRegistry", version: "1" });
    const value = { account: stranger.address, hpkeKey: key };
    const twin = await ethers.deployContract("KeyRegistry", [admin.address, 86_400, admin.address]);
    const elsewhere = [
      await signGate(stranger, key, twin as unknown as Contract),
      await stranger.signTypedData({ ...domain, chainId: 31338 }, gateTypes, value),
      await stranger.signTypedData({ ...domain, name: "Diptych Authority" }, gateTypes, value),
    ];
    for (const signature of elsewhere)
      await expect(keys.setGate(stranger.address, key, "http://a", signature)).to.be.revertedWithCustomError(
        keys,
        "KeyRegistrySignatureInvalid",
      );
  });

  it("registers a contract's account by ERC-1271", async () => {
    const { keys, ethers } = world;
    const wallet = await ethers.deployContract("ContractOwner");
    const address = await wallet.getAddress();
    const key = point(5);
    const register = () => keys.setGate(address, key, "http://a", "0x");
    await expect(register()).to.be.revertedWithCustomError(keys, "KeyRegistrySignatureInvalid");
    const digest = TypedDataEncoder.hash(await world.domainOf(keys), gateTypes, {
      account: address,
      hpkeKey: key,
    });
    await wallet.getFunction("approve")(digest);
    await register();
    expect(await keys.gateKey(address)).to.equal(key);
  });

  it("refuses malformed gates, and anyone but a gate administrator", async () => {
    const { keys, stranger, authority, signGate } = world;
    const role = id("GATE_ADMIN_ROLE");
    const signature = await signGate(stranger, point(1));
    await expect(keys.setGate(ZeroAddress, point(1), "http://a", signature)).to.be.revertedWithCustomError(
      keys,
      "KeyRegistryGateZero",
    );
    for (const key of ["0x", "0x04", point(1).replace("0x04", "0x05"), `${point(1)}00`])
      await expect(
        keys.setGate(stranger.address, key, "http://a", await signGate(stranger, key)),
      ).to.be.revertedWithCustomError(keys, "KeyRegistryPointMalformed");
    for (const size of [0, 257])
      await expect(keys.setGate(stranger.address, point(1), "u".repeat(size), signature))
        .to.be.revertedWithCustomError(keys, "KeyRegistryUrlSize")
        .withArgs(size);
    await keys.setGate(stranger.address, point(1), "u".repeat(256), signature);
    for (const who of [stranger, authority]) {
      const own = await signGate(who, point(1));
      for (const call of [
        keys.connect(who).getFunction("setGate")(who.address, point(1), "http://a", own),
        keys.connect(who).getFunction("removeGate")(gates[0]),
      ])
        await expect(call)
          .to.be.revertedWithCustomError(keys, "AccessControlUnauthorizedAccount")
          .withArgs(who.address, role);
    }
  });
});
