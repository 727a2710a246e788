import { expect } from "chai";
import { Contract, id, JsonRpcProvider, JsonRpcSigner } from "ethers";
import hre from "hardhat";
import { type LocalChain, startChain } from "../../scripts/chains.ts";
import { type Deployment, deployChain, identifyChain, type Side } from "../../scripts/deployment.ts";
import type { ChainParameters } from "../../scripts/parameters.ts";
import { type BuiltContract, type Expected, examine } from "../../scripts/soundness.ts";
import { attributeRegistryAbi } from "../../src/ledger/abi/attributeRegistry.ts";

interface Running {
  chain: LocalChain;
  provider: JsonRpcProvider;
  accounts: string[];
  deployment: Deployment;
  parameters: ChainParameters;
}

const readContract = async (name: string) =>
  (await hre.artifacts.readArtifact(name)) as unknown as BuiltContract;

describe("Deployment to two local chains over JSON-RPC", () => {
  const running: Partial<Record<Side, Running>> = {};

  async function start(side: Side): Promise<Running> {
    const chain = await startChain(hre, side);
    const provider = new JsonRpcProvider(chain.url, chain.chainId, { staticNetwork: true });
    const accounts: string[] = await provider.send("eth_accounts", []);
    const rpc = {
      request: ({ method, params }: { method: string; params?: readonly unknown[] | object }) =>
        provider.send(method, (params ?? []) as unknown[]),
    };
    const parameters = {
      consortium: [accounts[2]!, accounts[5]!],
      authority: accounts[3]!,
      gateAdmin: accounts[2]!,
      pauser: accounts[4]!,
      minDelay: 7200,
      adminDelay: 86_400,
    };
    const deployment = await deployChain(hre, rpc, side, { parameters });
    return { chain, provider, accounts, deployment, parameters };
  }

  before(async () => {
    running.storage = await start("storage");
    running.shared = await start("shared");
  });

  after(async () => {
    for (const { provider, chain } of Object.values(running)) {
      provider.destroy();
      await chain.close();
    }
  });

  it("stands on chains of their own, at addresses of their own", async () => {
    const { storage, shared } = running as Record<Side, Running>;
    expect([storage.deployment.chainId, shared.deployment.chainId]).to.deep.equal([31338, 31339]);
    expect(storage.deployment.genesisHash).not.to.equal(shared.deployment.genesisHash);
    const addresses = [storage, shared].flatMap(({ deployment }) => Object.values(deployment.contracts));
    expect(new Set(addresses).size).to.equal(8);
    expect(storage.chain.url).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  for (const side of ["storage", "shared"] as const)
    it(`is sound on the ${side} chain once its authority has anchored its keys, and leaves the deployer no role`, async () => {
      const { deployment, accounts, parameters, provider } = running[side]!;
      const expected = { side, deployment, parameters, readContract };
      const before = await examine(provider, expected);
      expect(before.filter(({ level }) => level === "problem").map(({ about }) => about)).to.deep.equal([
        "anchors",
      ]);
      const authority = await provider.getSigner(parameters.authority);
      const registry = new Contract(deployment.contracts.attributeRegistry, attributeRegistryAbi, authority);
      await (await registry.getFunction("anchorAuthority")(id("abe"), id("ca"))).wait();
      expect((await examine(provider, expected)).filter(({ level }) => level === "problem")).to.deep.equal(
        [],
      );
      const role = await registry.getFunction("AUTHORITY_ROLE")();
      for (const deployer of accounts.slice(0, 2))
        expect(await registry.getFunction("hasRole")(role, deployer)).to.equal(false);
    });

  it("is told unsound in each way in which it can be", async () => {
    const { deployment, parameters, provider, accounts } = running.storage!;
    const { contracts } = deployment;
    const expected: Expected = { side: "storage", deployment, parameters, readContract };
    const moved = (change: Partial<Deployment["contracts"]>): Partial<Expected> => ({
      deployment: { ...deployment, contracts: { ...contracts, ...change } },
    });
    const somebody = accounts[9]!;
    const ways: [Partial<Expected>, string, RegExp][] = [
      [{ deployment: { ...deployment, chainId: 1 } }, "chain", /on chain 31338/],
      [{ deployment: { ...deployment, genesisHash: id("another") } }, "chain", /started anew/],
      [moved({ ledger: somebody }), "code", /no contract at/],
      [
        moved({ ledger: contracts.keyRegistry, keyRegistry: contracts.ledger }),
        "code",
        /isn't StorageLedger/,
      ],
      [{ side: "shared" }, "wiring", /Diptych StorageLedger/],
      [{ parameters: { ...parameters, authority: somebody } }, "roles", /AUTHORITY_ROLE .* missing from/],
      [{ parameters: { ...parameters, pauser: somebody } }, "roles", /PAUSER_ROLE .* also held by/],
      [{ parameters: { ...parameters, gateAdmin: somebody } }, "roles", /GATE_ADMIN_ROLE/],
      [{ parameters: { ...parameters, consortium: [somebody] } }, "roles", /PROPOSER_ROLE/],
      [{ parameters: { ...parameters, minDelay: 7201 } }, "delay", /wait 7200 s, not 7201/],
      [{ parameters: { ...parameters, adminDelay: 86_401 } }, "delay", /waits 86400 s, not 86401/],
    ];
    for (const [change, about, says] of ways) {
      const found = await examine(provider, { ...expected, ...change });
      const problems = found.filter(({ level }) => level === "problem");
      expect(
        problems.some((each) => each.about === about && says.test(each.says)),
        `${about} ${says}: ${JSON.stringify(problems)}`,
      ).to.equal(true);
    }
    const other = { parameters: { ...parameters, consortium: [somebody, ...parameters.consortium] } };
    expect((await examine(provider, { ...expected, ...other })).map(({ says }) => says).join()).to.contain(
      "missing from",
    );
  });

  it("is told unsound while a shorter wait of new administrators is on its way", async () => {
    const { deployment, parameters, provider } = running.shared!;
    const { contracts } = deployment;
    await provider.send("hardhat_impersonateAccount", [contracts.timelock]);
    await provider.send("hardhat_setBalance", [contracts.timelock, "0xde0b6b3a7640000"]);
    const timelock = new JsonRpcSigner(provider, contracts.timelock);
    const registry = new Contract(contracts.attributeRegistry, attributeRegistryAbi, timelock);
    const delays = async () => {
      const found = await examine(provider, { side: "shared", deployment, parameters, readContract });
      return found.filter(({ about }) => about === "delay").map(({ level, says }) => [level, says]);
    };
    expect(await delays()).to.deep.equal([]);
    await (await registry.getFunction("changeDefaultAdminDelay")(3600)).wait();
    expect(await delays()).to.deep.equal([
      ["problem", "A new administrator of the attributeRegistry is about to wait 3600 s, not 86400."],
    ]);
    await (await registry.getFunction("changeDefaultAdminDelay")(86_401)).wait();
    expect(await delays()).to.deep.equal([]);
    await (await registry.getFunction("rollbackDefaultAdminDelay")()).wait();
  });

  it("gives a chain that is started anew another first block", async () => {
    const { storage } = running as Record<Side, Running>;
    const again = await startChain(hre, "storage");
    const provider = new JsonRpcProvider(again.url, again.chainId, { staticNetwork: true });
    const found = await identifyChain({
      request: ({ method, params }) => provider.send(method, params as unknown[]),
    });
    provider.destroy();
    await again.close();
    expect(found.chainId).to.equal(storage.deployment.chainId);
    expect(found.genesisHash).not.to.equal(storage.deployment.genesisHash);
  });
});
