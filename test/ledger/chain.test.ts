import { expect } from "chai";
import { Interface, JsonRpcProvider } from "ethers";
import { DiptychError, type ErrorCode } from "../../src/core/errors.ts";
import {
  attributeRegistryAbi,
  chainError,
  IndexLedger,
  indexLedgerAbi,
  keyRegistryAbi,
  OwnerActs,
  openChain,
} from "../../src/ledger/index.ts";
import { expectCode } from "../expectCode.ts";
import { deadUrl, nodeAccount, random32, through, world } from "../world.ts";

/** The URL of a chain's node, and an EIP-1193 provider over it. */
async function nodeOf(side: "storage" | "shared") {
  const { provider } = (await world()).chains[side];
  const node = provider as JsonRpcProvider;
  const request = ({ method, params }: { method: string; params?: unknown[] | Record<string, unknown> }) =>
    node.send(method, params ?? []);
  return { url: node._getConnection().url, wallet: { request } };
}

describe("ledger: opening a chain", () => {
  it("opens by URL, by an EIP-1193 provider and by an ethers provider", async () => {
    const { chains } = await world();
    const { provider: _, ...addresses } = chains.storage;
    const { url, wallet } = await nodeOf("storage");
    const own = new JsonRpcProvider(url, undefined, { staticNetwork: true });
    for (const node of [url, wallet, own]) {
      const chain = await openChain(addresses, node);
      expect(chain).to.include(addresses);
      expect(await chain.provider.getBlockNumber()).to.be.greaterThan(0);
      (chain.provider as JsonRpcProvider).destroy();
    }
  });

  it("refuses a node that doesn't answer, and stops asking it", async () => {
    const { chains } = await world();
    const told: unknown[] = [];
    const log = console.log;
    console.log = (...words) => told.push(words);
    try {
      const url = await deadUrl();
      await expectCode("chain-unreachable", () => openChain(chains.storage, url));
      await new Promise((wake) => setTimeout(wake, 50));
    } finally {
      console.log = log;
    }
    expect(told, "ethers complains on stdout").to.deep.equal([]);
  });

  it("refuses another chain than the one that is meant", async () => {
    const { chains } = await world();
    const { url } = await nodeOf("shared");
    const error = await expectCode("chain-mismatch", () => openChain(chains.storage, url));
    expect(error.message)
      .to.contain(String(chains.shared.chainId))
      .and.contain(String(chains.storage.chainId));
  });

  it("refuses a chain without the contracts, and leaves the caller's provider open", async () => {
    const { chains } = await world();
    const { url } = await nodeOf("storage");
    const empty = `0x${"11".repeat(20)}`;
    const own = new JsonRpcProvider(url, undefined, { staticNetwork: true });
    for (const name of ["ledger", "attributeRegistry", "keyRegistry"]) {
      const moved = { ...chains.storage, [name]: empty };
      const error = await expectCode("contract-missing", () => openChain(moved, own));
      expect(error.message).to.contain(name).and.contain(empty);
    }
    expect(await own.getBlockNumber()).to.be.greaterThan(0);
    own.destroy();
  });
});

describe("ledger: errors of nodes and contracts", () => {
  const faces = [indexLedgerAbi, keyRegistryAbi, attributeRegistryAbi].map((abi) => new Interface(abi));
  const encode = (name: string, values: unknown[]): string => {
    const face = faces.find((each) => each.getError(name) !== null)!;
    return face.encodeErrorResult(name, values);
  };
  const address = `0x${"ab".repeat(20)}`;
  const id = random32();

  const table: [name: string, values: unknown[], code: ErrorCode][] = [
    ["IndexLedgerRecordUnknown", [id], "record-unknown"],
    ["KeyRegistryKeySetUnknown", [id], "record-unknown"],
    ["IndexLedgerNotOwner", [id, address], "not-owner"],
    ["IndexLedgerVersionMismatch", [2, 3], "version-moved"],
    ["IndexLedgerEpochMismatch", [2, 5], "version-moved"],
    ["IndexLedgerAlreadyClosed", [id], "transaction-reverted"],
    ["IndexLedgerSignatureInvalid", [], "transaction-reverted"],
    ["KeyRegistryGateUnknown", [address], "transaction-reverted"],
    ["AttributeRegistryExpiryPassed", [7], "transaction-reverted"],
    ["AccessControlUnauthorizedAccount", [address, id], "transaction-reverted"],
  ];
  for (const [name, values, code] of table)
    it(`${name} becomes ${code}, wherever its data lies`, () => {
      const data = encode(name, values);
      for (const thrown of [
        { data },
        { info: { error: { data } } },
        { error: { data } },
        { cause: { data: { data } } },
      ]) {
        const error = chainError(thrown, "try it");
        expect(error.code).to.equal(code);
        expect(error.message).to.contain(name).and.contain("try it");
        for (const value of values)
          expect(error.message.toLowerCase()).to.contain(String(value).toLowerCase());
        expect(error.cause).to.equal(thrown);
      }
    });

  it("tells a silent node from a refusal", () => {
    for (const code of [
      "NETWORK_ERROR",
      "TIMEOUT",
      "SERVER_ERROR",
      "ECONNREFUSED",
      "ECONNRESET",
      "ENOTFOUND",
    ])
      expect(chainError({ code }, "x").code).to.equal("chain-unreachable");
    for (const thrown of [
      { code: "CALL_EXCEPTION" },
      new Error("odd"),
      "odd",
      null,
      undefined,
      { data: "0x12345678" },
    ])
      expect(chainError(thrown, "x").code).to.equal("transaction-reverted");
    const poor = chainError({ code: "INSUFFICIENT_FUNDS" }, "x");
    expect(poor.code).to.equal("transaction-reverted");
    expect(poor.message).to.contain("money");
  });

  it("leaves a DiptychError as it is, and ends on a cause that goes in circles", () => {
    const own = new DiptychError("not-owner", "…");
    expect(chainError(own, "x")).to.equal(own);
    const circle: { cause?: unknown } = {};
    circle.cause = circle;
    expect(chainError(circle, "x").code).to.equal("transaction-reverted");
  });

  it("says what a real chain refuses", async () => {
    const { chains } = await world();
    const ledger = new IndexLedger(chains.storage);
    const nobody = await nodeAccount(chains.storage, 9);
    await expectCode("record-unknown", () => ledger.record(id));
    await expectCode("record-unknown", () => new OwnerActs(chains.storage, nobody).close(id, 1));
    expect(await ledger.find(id)).to.equal(undefined);
    expect(await ledger.status(id)).to.equal("unknown");
    expect(await ledger.grantOf(id)).to.equal(undefined);
    expect(await ledger.history(id)).to.deep.equal([]);
  });

  it("says when the node has gone since", async () => {
    const { chains } = await world();
    const gone = async () => {
      throw Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
    };
    const ledger = new IndexLedger(through(chains.shared, { call: gone, getLogs: gone }));
    for (const act of [
      () => ledger.record(id),
      () => ledger.find(id),
      () => ledger.history(id),
      () => ledger.recordsOf(address).next(),
      () => ledger.policyOf(id),
      () => ledger.offersTo(address),
      () => ledger.arrivalsOf(address),
    ])
      await expectCode("chain-unreachable", act);
  });
});
