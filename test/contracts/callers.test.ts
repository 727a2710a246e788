import { expect } from "chai";
import { concat, id, toBeHex } from "ethers";
import {
  type Contract,
  editionOf,
  idAttribute,
  keySetOf,
  type Publishing,
  point,
  program,
  recordIdOf,
  refusedBy,
  type Signer,
  type World,
} from "./fixture.ts";
import { freshWorld } from "./freshWorld.ts";

// What counts is who calls a contract, not who signed the transaction: a wallet that is a contract acts in its own name,
// and nobody who talks an owner into calling something acts in the owner's.
describe("Callers that are contracts", () => {
  let world: World;
  let wallet: Contract;
  let address: string;

  beforeEach(async () => {
    world = await freshWorld();
    wallet = (await world.ethers.deployContract("ContractOwner")) as unknown as Contract;
    address = await wallet.getAddress();
  });

  /** Has the wallet call a contract, in a transaction of `by`. */
  const through = async (by: Signer, contract: Contract, method: string, ...args: unknown[]) =>
    wallet.connect(by).getFunction("act")(
      await contract.getAddress(),
      contract.interface.encodeFunctionData(method, args),
    );

  describe("at the attribute registry", () => {
    const refused = refusedBy(() => world.attributes);
    const role = id("AUTHORITY_ROLE");
    const given = { label: "level", unit: 1, value: 3 };
    const act = (by: Signer, method: string, ...args: unknown[]) =>
      through(by, world.attributes, method, ...args);
    const later = async () => (await world.now()) + 999n;
    const appoint = () => world.attributes.connect(world.admin).getFunction("grantRole")(role, address);
    const assign = (to: string) =>
      world.attributes.connect(world.admin).getFunction("assignLabel")("org", to);

    it("are the authority of what they attest, revoke and anchor", async () => {
      const { attributes, stranger, requester } = world;
      await appoint();
      const who = requester.address;
      const expiry = await later();
      const done: [string, unknown[], string, unknown[]][] = [
        [
          "attest",
          [who, ["role:doctor"], expiry],
          "Attested",
          [who, id("role:doctor"), address, expiry, "role:doctor"],
        ],
        ["revoke", [who, ["role:doctor"]], "Revoked", [who, id("role:doctor"), address]],
        ["anchorAuthority", [id("abe"), id("ca")], "AuthorityAnchored", [id("abe"), id("ca"), address]],
        ["anchorRevocationList", [id("list")], "RevocationListAnchored", [id("list"), address]],
        ["revokeCertificate", [id("certificate")], "CertificateRevoked", [id("certificate"), address]],
      ];
      for (const [method, args, event, logged] of done)
        await expect(act(stranger, method, ...args), method)
          .to.emit(attributes, event)
          .withArgs(...logged);
      await act(stranger, "attest", who, ["role:doctor"], expiry);
      expect((await attributes.attestation(who, id("role:doctor"))).authority).to.equal(address);
      const sent = await act(stranger, "attestNumbers", who, [given], expiry);
      const slot = concat(["0x0201", `0x${Buffer.from("level").toString("hex")}`]);
      const key = world.ethers.keccak256(slot);
      await expect(sent)
        .to.emit(attributes, "NumberAttested")
        .withArgs(who, key, address, 3, expiry, "level", 1);
      expect((await attributes.attestation(who, key)).authority).to.equal(address);
      await expect(act(stranger, "revokeNumbers", who, [{ label: "level", unit: 1 }]))
        .to.emit(attributes, "Revoked")
        .withArgs(who, key, address);
    });

    it("have a label that was assigned to them, and no label of who calls them", async () => {
      const { requester, authority, stranger, attributes } = world;
      await assign(address);
      await act(stranger, "attest", requester.address, ["org:a"], await later());
      expect((await attributes.attestation(requester.address, id("org:a"))).authority).to.equal(address);
      await assign(stranger.address);
      for (const by of [stranger, authority])
        await refused(
          act(by, "attest", requester.address, ["org:b"], await later()),
          "AttributeRegistryLabelForeign",
          id("org"),
          stranger.address,
        );
    });

    it("have none of the rights of who calls them", async () => {
      const { requester, authority, admin, attest, attestNumbers } = world;
      await attest(requester, ["role:doctor"]);
      await attestNumbers(requester, { level: 3 });
      const calls: [string, ...unknown[]][] = [
        ["attest", requester.address, ["role:nurse"], await later()],
        ["attestNumbers", requester.address, [given], await later()],
        ["revoke", requester.address, ["role:doctor"]],
        ["revokeNumbers", requester.address, [{ label: "level", unit: 1 }]],
        ["anchorRevocationList", id("list")],
        ["revokeCertificate", id("certificate")],
      ];
      for (const call of calls)
        await refused(act(authority, ...call), "AccessControlUnauthorizedAccount", address, role);
      const anchor = ["anchorAuthority", id("abe"), id("ca")] as const;
      for (const by of [authority, admin])
        await refused(act(by, ...anchor), "AttributeRegistryNotAuthority", address);
      await appoint();
      await act(authority, ...anchor);
      await refused(act(admin, ...anchor), "AttributeRegistryAnchorStands", address);
    });
  });

  it("deal key sets of their own", async () => {
    const { keys, owner, gates } = world;
    const expected = keySetOf(address, world.ethers.keccak256(point(1)));
    const args = [point(1), 1, 1, [gates[0]!.address], point(1), ["0xee"]];
    await expect(through(owner, keys, "deal", ...args))
      .to.emit(keys, "KeySetDealt")
      .withArgs(expected, address, 1, 1, 1);
    expect(await keys.dealerOf(expected)).to.equal(address);
    expect((await keys.keySet(expected)).dealer).to.equal(address);
  });

  describe("at the ledger", () => {
    const refused = refusedBy(() => world.ledger);
    const act = (by: Signer, method: string, ...args: unknown[]) =>
      through(by, world.ledger, method, ...args);
    const publishing = (p: Publishing) => [editionOf(p), p.salt, p.program, p.index, p.policy];

    it("own what they publish: nobody else can act on it, who called them included", async () => {
      const { ledger, owner, requester, stranger, firstVersion, nextVersion, attest, ask } = world;
      const first = firstVersion({ owner: address });
      const recordId = recordIdOf(address, first.salt);
      await act(owner, "publish", ...publishing(first));
      const found = await ledger.record(recordId);
      expect([found.owner, found.keySet]).to.deep.equal([address, keySetOf(address, first.indexKeyHash)]);
      await attest(requester, ["role:doctor"]);
      const { requestId } = await ask(recordId);
      const second = nextVersion(first);
      const acts: [string, ...unknown[]][] = [
        ["republish", recordId, second.version, second.epoch, second.index],
        ["setBlocked", recordId, stranger.address, true],
        ["revokeGrant", requestId],
        ["close", recordId],
        ["offerTransfer", recordId, address],
      ];
      for (const [method, ...args] of acts)
        await refused(
          ledger.connect(owner).getFunction(method)(...args),
          "IndexLedgerNotOwner",
          recordId,
          owner.address,
        );
      for (const each of acts) await act(owner, ...each);
      await refused(
        ledger.connect(owner).getFunction("acceptTransfer")(recordId),
        "IndexLedgerTransferNotOffered",
        recordId,
        owner.address,
      );
      await expect(act(owner, "acceptTransfer", recordId))
        .to.emit(ledger, "Transferred")
        .withArgs(recordId, address, address, 1);
    });

    it("do nothing to what belongs to who calls them", async () => {
      const { ledger, owner, requester, stranger, firstVersion, nextVersion, publish, attest, ask } = world;
      const first = firstVersion();
      const recordId = first.ledgerRecordId;
      await refused(act(owner, "publish", ...publishing(first)), "IndexLedgerRecordIdMismatch", recordId);
      await publish(first);
      await attest(requester, ["role:doctor"]);
      const { requestId } = await ask(recordId);
      const second = nextVersion(first);
      const acts: [string, ...unknown[]][] = [
        ["publish", ...publishing(second)],
        ["republish", recordId, second.version, second.epoch, second.index],
        ["setBlocked", recordId, stranger.address, true],
        ["revokeGrant", requestId],
        ["close", recordId],
        ["offerTransfer", recordId, address],
      ];
      for (const each of acts) await refused(act(owner, ...each), "IndexLedgerNotOwner", recordId, address);
      await ledger.connect(owner).getFunction("offerTransfer")(recordId, stranger.address);
      await refused(
        act(stranger, "acceptTransfer", recordId),
        "IndexLedgerTransferNotOffered",
        recordId,
        address,
      );
    });

    it("ask for themselves: by their attributes, under a request id of their own", async () => {
      const { ledger, stranger, requester, firstVersion, publish, attributes, authority, attest, now } =
        world;
      const first = firstVersion();
      await publish(first);
      await attest(requester, ["role:doctor"]);
      const asking = [first.ledgerRecordId, toBeHex(7, 32), 1, point(9), (await now()) + 600n] as const;
      const answer = async (by: Signer) =>
        ledger.interface.parseLog(
          (await (await act(by, "request", ...asking)).wait()).logs.find(
            (log: { topics: string[] }) => log.topics[0] === ledger.interface.getEvent("Decided")?.topicHash,
          ),
        )?.args;
      // Who calls is attested, the wallet isn't.
      const denied = await answer(requester);
      expect([denied?.requester, denied?.decision]).to.deep.equal([address, 5n]);
      await attributes.connect(authority).getFunction("attest")(
        address,
        ["role:doctor"],
        (await now()) + 999n,
      );
      const granted = await answer(stranger);
      expect([granted?.requester, granted?.decision]).to.deep.equal([address, 0n]);
      expect((await ledger.grantOf(granted?.requestId)).requester).to.equal(address);
      expect(granted?.requestId).to.equal(denied?.requestId);
      const direct = await ledger
        .connect(stranger)
        .getFunction("request")
        .staticCall(...asking);
      expect(direct.requestId).not.to.equal(granted?.requestId);
    });

    it("hold their own id, and not that of who calls them", async () => {
      const { ledger, requester, firstVersion, publish, nextVersion, now } = world;
      const first = firstVersion({ program: program([idAttribute(address)], "0x00") });
      await publish(first);
      const ask = async (nonce: number) =>
        act(
          requester,
          "request",
          first.ledgerRecordId,
          toBeHex(nonce, 32),
          1,
          point(9),
          (await now()) + 600n,
        );
      const decided = async (sent: ReturnType<typeof ask>, decision: number) =>
        expect(
          (await ledger.queryFilter("Decided", (await (await sent).wait()).blockNumber)).map(
            (event) => (event as unknown as { args: { decision: bigint } }).args.decision,
          ),
        ).to.deep.equal([BigInt(decision)]);
      await decided(ask(1), 0);
      await publish(nextVersion(first, { program: program([idAttribute(requester.address)], "0x00") }));
      await decided(ask(2), 5);
    });
  });
});
