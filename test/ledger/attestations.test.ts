/** Attributes on a real chain: plain ones by hash, numbers and dates by slot. */
import { expect } from "chai";
import { Interface, type JsonRpcSigner, Wallet } from "ethers";
import { hex, randomBytes } from "../../src/core/bytes.ts";
import { attributeRegistryAbi } from "../../src/ledger/abi/index.ts";
import { AttributeRegistry, type Chain } from "../../src/ledger/index.ts";
import { attributeHash, numberSlot, parseAttribute } from "../../src/policy/index.ts";
import { expectCode } from "../expectCode.ts";
import { enrolRequester, govern, nodeAccount, world } from "../world.ts";

const expiry = 2 ** 31;
const hashOf = (attribute: string) => hex(attributeHash(parseAttribute(attribute)));
const slotOf = (...args: Parameters<typeof numberSlot>) => hex(numberSlot(...args));

describe("ledger: attested attributes", () => {
  let chain: Chain;
  let registry: AttributeRegistry;
  let authority: JsonRpcSigner;

  before(async () => {
    chain = (await world()).chains.storage;
    registry = new AttributeRegistry(chain);
    // Beside the world's own authority, so that no test takes the other's nonces.
    authority = await nodeAccount(chain, 6);
    const abi = new Interface(attributeRegistryAbi);
    const [role] = abi.decodeFunctionResult(
      "AUTHORITY_ROLE",
      await chain.provider.call({
        to: chain.attributeRegistry,
        data: abi.encodeFunctionData("AUTHORITY_ROLE"),
      }),
    );
    const data = abi.encodeFunctionData("grantRole", [role, authority.address]);
    await govern(chain, { target: chain.attributeRegistry, data });
  });

  const someone = () => Wallet.createRandom().address;
  const attest = (account: string, attributes: string[], until = expiry) =>
    registry.attest(authority, account, attributes, until);
  /** Events that a transaction left on the registry. */
  const eventCount = (mined: { logs: readonly unknown[] }) => mined.logs.length;

  it("are held until they are taken back, and only authorities may change them", async () => {
    const { authority: desk } = await world();
    const requester = await enrolRequester(["role:nurse", "org:ward-3"]);
    const names = ["role:nurse", "role:doctor", "org:ward-3"];
    expect(await registry.holds(requester.address, names)).to.deep.equal([true, false, true]);
    await desk.revokeAttributes(requester.address, ["org:ward-3"]);
    expect(await registry.holds(requester.address, names)).to.deep.equal([true, false, false]);
    const nobody = await nodeAccount(chain, 9);
    const anchor = { abePublicKeyHash: randomBytes(32), caFingerprint: randomBytes(32) };
    const attempts = [
      () => registry.attest(nobody, nobody.address, names, expiry),
      () => registry.attest(nobody, nobody.address, ["level = 3"], expiry),
      () => registry.attest(nobody, nobody.address, ["role:nurse", "level = 3"], expiry),
      () => registry.revoke(nobody, requester.address, ["role:nurse"]),
      () => registry.anchorAuthority(nobody, anchor),
      () => registry.revokeCertificate(nobody, randomBytes(32)),
    ];
    for (const attempt of attempts) {
      const error = await expectCode("transaction-reverted", attempt);
      expect(error.message).to.match(/AccessControlUnauthorizedAccount|AttributeRegistryNotAuthority/);
    }
    expect(await registry.certificateRevoked(randomBytes(32))).to.equal(false);
  });

  it("of both kinds come in one transaction, and each is answered in its place", async () => {
    const account = someone();
    const mined = await attest(account, ["role:nurse", "level=3", "org:ward-3", "expires = 2027-01-01"]);
    expect(eventCount(mined)).to.equal(4);
    const asked = [
      "level = 3",
      "role:nurse",
      "level = 4",
      "expires = 2027-01-01",
      "role:x",
      "org:ward-3",
      "years = 0",
    ];
    const answers = [true, true, false, true, false, true, false];
    expect(await registry.holds(account, asked)).to.deep.equal(answers);
    expect(await registry.holds(someone(), asked)).to.deep.equal(asked.map(() => false));
    expect(await registry.holds(account, [])).to.deep.equal([]);
  });

  it("of one kind come without the other", async () => {
    const account = someone();
    expect(eventCount(await attest(account, ["level = 0"]))).to.equal(1);
    expect(eventCount(await attest(account, ["role:nurse", "role:nurse"]))).to.equal(1);
    expect(await registry.holds(account, ["role:nurse", "level = 0"])).to.deep.equal([true, true]);
    const error = await expectCode("transaction-reverted", () => attest(account, []));
    expect(error.message).to.contain("AttributeRegistryNoAttributes");
  });

  it("with two values of one label are refused before anything is sent", async () => {
    const account = someone();
    const from = await chain.provider.getTransactionCount(authority.address);
    for (const two of [
      ["level = 2", "level = 5"],
      ["role:nurse", "level = 2", "level = 1970-01-03"],
    ]) {
      await expectCode("attribute-invalid", () => attest(account, two));
      await expectCode("attribute-invalid", () => registry.revoke(authority, account, two));
    }
    await expectCode("attribute-invalid", () => attest(account, ["role:nurse", " "]));
    expect(await chain.provider.getTransactionCount(authority.address)).to.equal(from);
    expect(await registry.holds(account, ["role:nurse", "level = 2"])).to.deep.equal([false, false]);
  });

  it("have one value a label: the newest, also where a number becomes a date and back", async () => {
    const account = someone();
    const values = ["level = 5", "level = 2", "level = 1970-01-03", "level = 2"];
    for (const value of values) {
      await attest(account, [value]);
      const distinct = [...new Set(values)];
      expect(await registry.holds(account, distinct), value).to.deep.equal(
        distinct.map((each) => each === value),
      );
    }
    const standing = await registry.attestations(account);
    expect(standing.map(({ key, number }) => [key, number])).to.deep.equal([[slotOf("level", "number"), 2]]);
  });

  it("are taken back by label, whatever the value, all or none", async () => {
    const account = someone();
    await attest(account, ["role:nurse", "level = 5"]);
    const both = ["role:nurse", "years = 1"];
    const error = await expectCode("transaction-reverted", () => registry.revoke(authority, account, both));
    expect(error.message).to.contain("AttributeRegistryNotAttested");
    expect(await registry.holds(account, ["role:nurse", "level = 5"])).to.deep.equal([true, true]);
    await registry.revoke(authority, account, ["role:nurse", "level = 4"]);
    expect(await registry.holds(account, ["role:nurse", "level = 5"])).to.deep.equal([false, false]);
  });

  it("are told with their history, numbers and all", async () => {
    const account = someone();
    const level = slotOf("level", "number");
    const first = await attest(account, ["role:nurse", "level = 3"], expiry - 1);
    const second = await attest(account, ["level = 4", "expires = 1970-01-11"]);
    const third = await registry.revoke(authority, account, ["role:nurse"]);
    const base = (mined: typeof first) => ({
      authority: authority.address,
      block: mined.block,
      transaction: mined.hash,
    });
    const nurse = { key: hashOf("role:nurse"), text: "role:nurse" };
    const expires = { key: slotOf("expires", "date"), text: "expires = 1970-01-11", number: 10, expiry };
    const history = await registry.history(account);
    expect(history).to.deep.equal([
      { kind: "attested", ...nurse, expiry: expiry - 1, ...base(first) },
      {
        kind: "number-attested",
        key: level,
        text: "level = 3",
        number: 3,
        expiry: expiry - 1,
        ...base(first),
      },
      { kind: "number-attested", key: level, text: "level = 4", number: 4, expiry, ...base(second) },
      { kind: "number-attested", ...expires, ...base(second) },
      { kind: "revoked", key: nurse.key, ...base(third) },
    ]);
    expect(await registry.history(account, third.block)).to.deep.equal(history.slice(4));
    expect(await registry.attestations(account)).to.deep.equal([
      { key: level, text: "level = 4", authority: authority.address, expiry, number: 4 },
      { ...expires, authority: authority.address },
    ]);
    await attest(account, ["role:nurse"]);
    expect((await registry.attestations(account)).at(-1)).to.deep.equal({
      ...nurse,
      authority: authority.address,
      expiry,
    });
    expect(await registry.history(someone())).to.deep.equal([]);
  });
});
