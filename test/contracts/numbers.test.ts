import { expect } from "chai";
import { concat, dataSlice, id, ZeroAddress } from "ethers";
import { attribute, comparison, program, slot, type World } from "./fixture.ts";
import { freshWorld } from "./freshWorld.ts";

const level = slot("level");
const years = slot("years");
const doctor = attribute("role:doctor");
const largest = 2 ** 32 - 1;

const given = (label: string, value: number, unit = 1) => ({ label, unit, value });

describe("AttributeRegistry: numbers", () => {
  let world: World;

  beforeEach(async () => {
    world = await freshWorld();
  });

  const by = (method: string) => world.attributes.connect(world.authority).getFunction(method);
  const later = async (seconds = 100n) => (await world.now()) + seconds;
  const meets = async (...comparisons: string[]): Promise<bigint> =>
    world.attributes.holds(world.requester.address, [], concat(comparisons));
  const shown = async (key: string) => [
    ...(await world.attributes.attestation(world.requester.address, key)),
  ];

  it("attests in a batch, logs each, and shows them", async () => {
    const { attributes, requester, authority } = world;
    const expiry = await later();
    const numbers = [given("level", 3), given("years", largest)];
    const args = [requester.address, numbers, expiry] as const;
    await expect(by("attestNumbers")(...args))
      .to.emit(attributes, "NumberAttested")
      .withArgs(requester.address, level, authority.address, 3, expiry, "level", 1)
      .and.to.emit(attributes, "NumberAttested")
      .withArgs(requester.address, years, authority.address, largest, expiry, "years", 1);
    expect(await shown(level)).to.deep.equal([expiry, authority.address, 3n]);
    expect(await shown(years)).to.deep.equal([expiry, authority.address, BigInt(largest)]);
    expect(await shown(slot("level", "date"))).to.deep.equal([0n, ZeroAddress, 0n]);
  });

  for (const number of [0, 1, 255, 256, 2 ** 31, largest])
    it(`compares ${number} with what is next to it`, async () => {
      await world.attestNumbers(world.requester, { level: number });
      for (const value of [number - 1, number, number + 1, 0, largest]) {
        if (value < 0 || value > largest) continue;
        const answers = await meets(
          comparison("level", ">=", value),
          comparison("level", "<=", value),
          comparison("level", "=", value),
        );
        const expected = Number(number >= value) + 2 * Number(number <= value) + 4 * Number(number === value);
        expect(answers, `value ${value}`).to.equal(BigInt(expected));
      }
    });

  it("answers no to every comparison with a number that isn't there, in that unit, of that account", async () => {
    await world.attestNumbers(world.stranger, { level: 3 });
    await world.attestNumbers(world.requester, { years: 3 });
    const all = (["number", "date"] as const).flatMap((unit) => [
      comparison("level", ">=", 0, unit),
      comparison("level", "<=", largest, unit),
      comparison("level", "=", 0, unit),
    ]);
    expect(await meets(...all, comparison("years", ">=", 0, "date"))).to.equal(0n);
    expect(await meets(comparison("years", ">=", 0))).to.equal(1n);
  });

  it("answers attributes first, then comparisons, in one bitmap of up to 256", async () => {
    const { attributes, attest, attestNumbers, requester } = world;
    await attest(requester, ["role:doctor"]);
    await attestNumbers(requester, { level: 3 });
    const three = concat([
      comparison("level", ">=", 3),
      comparison("level", ">=", 4),
      comparison("level", "<=", 3),
    ]);
    expect(await attributes.holds(requester.address, [attribute("role:x"), doctor], three)).to.equal(
      0b10110n,
    );
    const leaves = Array<string>(253).fill(doctor);
    const full = 2n ** 256n - 1n - 2n ** 254n;
    expect(await attributes.holds(requester.address, leaves, three)).to.equal(full);
    await expect(attributes.holds(requester.address, [...leaves, doctor], three))
      .to.be.revertedWithCustomError(attributes, "AttributeRegistryTooManyLeaves")
      .withArgs(257);
  });

  it("refuses cut comparisons and unknown operators", async () => {
    const { attributes } = world;
    const whole = comparison("level", ">=", 3);
    for (const cut of [dataSlice(whole, 0, 36), concat([whole, "0x00"]), "0x00"])
      await expect(meets(cut))
        .to.be.revertedWithCustomError(attributes, "AttributeRegistryComparisonsCut")
        .withArgs((cut.length - 2) / 2);
    for (const operator of ["0x00", "0x04", "0xff"])
      await expect(meets(whole, concat([level, operator, "0x00000003"])))
        .to.be.revertedWithCustomError(attributes, "AttributeRegistryOperatorUnknown")
        .withArgs(Number(operator));
  });

  it("puts a number in the place of the one before, up or down, with the new expiry", async () => {
    const start = await world.now();
    await by("attestNumbers")(world.requester.address, [given("level", 5)], start + 100n);
    await by("attestNumbers")(world.requester.address, [given("level", 2)], start + 50n);
    expect(await meets(comparison("level", ">=", 3), comparison("level", "=", 2))).to.equal(0b10n);
    expect(await shown(level)).to.deep.equal([start + 50n, world.authority.address, 2n]);
    await by("attestNumbers")(world.requester.address, [given("level", 7), given("level", 4)], start + 90n);
    expect(await shown(level)).to.deep.equal([start + 90n, world.authority.address, 4n]);
  });

  it("counts a number up to the second before its expiry, not at it", async () => {
    const expiry = await later();
    await by("attestNumbers")(world.requester.address, [given("level", 3)], expiry);
    await world.networkHelpers.time.increaseTo(expiry - 1n);
    expect(await meets(comparison("level", "<=", 3))).to.equal(1n);
    for (const time of [expiry, expiry + 1n, expiry + 100_000n]) {
      await world.networkHelpers.time.increaseTo(time);
      expect(await meets(comparison("level", "<=", 3), comparison("level", ">=", 0))).to.equal(0n);
    }
  });

  it("revokes numbers, and none when one isn't there", async () => {
    const { attributes, requester, authority, attest, attestNumbers } = world;
    await attest(requester, ["role:doctor"]);
    await attestNumbers(requester, { level: 3 });
    const which = (label: string, unit = 1) => ({ label, unit });
    for (const [missing, key] of [
      [which("years"), years],
      [which("level", 2), slot("level", "date")],
    ] as const)
      await expect(by("revokeNumbers")(requester.address, [which("level"), missing]))
        .to.be.revertedWithCustomError(attributes, "AttributeRegistryNotAttested")
        .withArgs(requester.address, key);
    expect(await meets(comparison("level", "=", 3))).to.equal(1n);
    await expect(by("revokeNumbers")(requester.address, [which("level")]))
      .to.emit(attributes, "Revoked")
      .withArgs(requester.address, level, authority.address);
    expect(await attributes.holds(requester.address, [doctor], comparison("level", "<=", 3))).to.equal(1n);
    expect(await shown(level)).to.deep.equal([0n, ZeroAddress, 0n]);
    await expect(by("revokeNumbers")(requester.address, [])).to.be.revertedWithCustomError(
      attributes,
      "AttributeRegistryNoAttributes",
    );
  });

  it("keeps numbers and dates of one label apart", async () => {
    const expiry = await later();
    const args = [world.requester.address, [given("level", 3, 2)], expiry] as const;
    await expect(by("attestNumbers")(...args))
      .to.emit(world.attributes, "NumberAttested")
      .withArgs(
        world.requester.address,
        slot("level", "date"),
        world.authority.address,
        3,
        expiry,
        "level",
        2,
      );
    expect(await meets(comparison("level", "=", 3), comparison("level", "=", 3, "date"))).to.equal(0b10n);
  });

  it("refuses other units, and labels that aren't: none, too long, starting with a control character, id", async () => {
    const { attributes, requester } = world;
    const expiry = await later();
    const refused = async (label: string, unit: number, error: string, arg: unknown) => {
      await expect(by("attestNumbers")(requester.address, [given(label, 3, unit)], expiry), label)
        .to.be.revertedWithCustomError(attributes, error)
        .withArgs(arg);
      await expect(by("revokeNumbers")(requester.address, [{ label, unit }]), label)
        .to.be.revertedWithCustomError(attributes, error)
        .withArgs(arg);
    };
    for (const unit of [0, 3, 255]) await refused("level", unit, "AttributeRegistryUnitUnknown", unit);
    for (const label of ["", "x".repeat(257), "\u0001level"])
      await refused(label, 1, "AttributeRegistryTextMalformed", label);
    await refused("id", 1, "AttributeRegistryLabelReserved", "id");
    await by("attestNumbers")(requester.address, [given("x".repeat(256), 3)], expiry);
    expect(await meets(comparison("x".repeat(256), "=", 3))).to.equal(1n);
  });

  it("refuses empty batches, past expiries and the zero address", async () => {
    const { attributes, requester, networkHelpers } = world;
    const refused = (args: unknown[], error: string) =>
      expect(by("attestNumbers")(...args)).to.be.revertedWithCustomError(attributes, error);
    const expiry = await later();
    await refused([requester.address, [], expiry], "AttributeRegistryNoAttributes");
    await refused([ZeroAddress, [given("level", 3)], expiry], "AttributeRegistryAccountZero");
    const next = await later(10n);
    await networkHelpers.time.setNextBlockTimestamp(next);
    await expect(by("attestNumbers")(requester.address, [given("level", 3)], next))
      .to.be.revertedWithCustomError(attributes, "AttributeRegistryExpiryPassed")
      .withArgs(next);
    expect(await shown(level)).to.deep.equal([0n, ZeroAddress, 0n]);
  });

  it("makes several calls in one transaction, all or none, each with its sender's rights", async () => {
    const { attributes, requester, stranger } = world;
    const expiry = await later();
    const encode = (method: string, args: unknown[]) => attributes.interface.encodeFunctionData(method, args);
    const attest = encode("attest", [requester.address, ["role:doctor"], expiry]);
    const number = encode("attestNumbers", [requester.address, [given("level", 3)], expiry]);
    const missing = encode("revokeNumbers", [requester.address, [{ label: "years", unit: 1 }]]);
    await expect(by("multicall")([attest, number, missing]))
      .to.be.revertedWithCustomError(attributes, "AttributeRegistryNotAttested")
      .withArgs(requester.address, years);
    await expect(attributes.connect(stranger).getFunction("multicall")([attest]))
      .to.be.revertedWithCustomError(attributes, "AccessControlUnauthorizedAccount")
      .withArgs(stranger.address, id("AUTHORITY_ROLE"));
    expect(await attributes.holds(requester.address, [doctor], comparison("level", "=", 3))).to.equal(0n);
    await by("multicall")([attest, number]);
    expect(await attributes.holds(requester.address, [doctor], comparison("level", "=", 3))).to.equal(0b11n);
  });
});

describe("IndexLedger: requests by number", () => {
  let world: World;
  let recordId: string;

  /** `role:doctor and level >= 3`. */
  const senior = program([doctor], "0x0001400202", [comparison("level", ">=", 3)]);

  beforeEach(async () => {
    world = await freshWorld();
    const first = world.firstVersion({ program: senior });
    recordId = first.ledgerRecordId;
    await world.publish(first);
    await world.attest(world.requester, ["role:doctor"]);
  });

  const decide = async (by = world.requester) => (await world.ask(recordId, by)).decision;

  it("grants from the bound on, and denies below it and without a number", async () => {
    const { attestNumbers, requester, stranger } = world;
    expect(await decide()).to.equal("PolicyNotSatisfied");
    for (const [number, decision] of [
      [2, "PolicyNotSatisfied"],
      [3, "Granted"],
      [4, "Granted"],
    ] as const) {
      await attestNumbers(requester, { level: number });
      expect(await decide(), String(number)).to.equal(decision);
    }
    await attestNumbers(stranger, { level: 9 });
    expect(await decide(stranger)).to.equal("PolicyNotSatisfied");
  });

  it("stops a grant when the number is replaced, revoked or expired, and not before", async () => {
    const { attestNumbers, revoke, attributes, authority, requester, statusOf, ask, networkHelpers } = world;
    await attestNumbers(requester, { level: 5 });
    const { requestId } = await ask(recordId);
    await attestNumbers(requester, { level: 4 });
    expect(await statusOf(requestId)).to.equal("Live");
    await attestNumbers(requester, { level: 2 });
    expect(await statusOf(requestId)).to.equal("PolicyNotSatisfied");
    await attestNumbers(requester, { level: 3 });
    expect(await statusOf(requestId)).to.equal("Live");
    await attributes.connect(authority).getFunction("revokeNumbers")(requester.address, [
      { label: "level", unit: 1 },
    ]);
    expect(await statusOf(requestId)).to.equal("PolicyNotSatisfied");
    await attestNumbers(requester, { level: 3 }, 50n);
    expect(await statusOf(requestId)).to.equal("Live");
    for (const seconds of [60, 300]) {
      await networkHelpers.time.increase(seconds);
      expect(await statusOf(requestId)).to.equal("PolicyNotSatisfied");
    }
    expect(await decide()).to.equal("PolicyNotSatisfied");
    await attestNumbers(requester, { level: 3 });
    await revoke(requester, ["role:doctor"]);
    expect(await statusOf(requestId)).to.equal("PolicyNotSatisfied");
  });

  it("takes an account's own id beside comparisons, by the place that it has among the attributes", async () => {
    const { firstVersion, publish, requester, stranger, attestNumbers, ask } = world;
    const own = attribute(`id:${stranger.address.toLowerCase()}`);
    const record = firstVersion({
      // (id:stranger and level >= 3) or level >= 7
      program: program([own], "0x000140020202400102", [
        comparison("level", ">=", 3),
        comparison("level", ">=", 7),
      ]),
      salt: own,
    });
    await publish(record);
    const decided = async (by: typeof stranger) => (await ask(record.ledgerRecordId, by)).decision;
    for (const by of [stranger, requester]) await attestNumbers(by, { level: 3 });
    expect(await decided(stranger)).to.equal("Granted");
    expect(await decided(requester)).to.equal("PolicyNotSatisfied");
    await attestNumbers(requester, { level: 7 });
    expect(await decided(requester)).to.equal("Granted");
    await attestNumbers(stranger, { level: 2 });
    expect(await decided(stranger)).to.equal("PolicyNotSatisfied");
  });
});
