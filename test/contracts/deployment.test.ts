import { expect } from "chai";
import { Contract, JsonRpcProvider } from "ethers";
import hre from "hardhat";
import { type LocalChain, startChain } from "../../scripts/chains.ts";
import { type Deployment, deployChain, identifyChain, type Side } from "../../scripts/deployment.ts";
import { attributeRegistryAbi } from "../../src/ledger/abi/attributeRegistry.ts";
import { indexLedgerAbi } from "../../src/ledger/abi/indexLedger.ts";
import { keyRegistryAbi } from "../../src/ledger/abi/keyRegistry.ts";

interface Running {
  chain: LocalChain;
  provider: JsonRpcProvider;
  accounts: string[];
  deployment: Deployment;
}

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
    const deployment = await deployChain(hre, rpc, side, { admin: accounts[2]!, authority: accounts[3]! });
    return { chain, provider, accounts, deployment };
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
    expect(new Set(addresses).size).to.equal(6);
    expect(storage.chain.url).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  for (const side of ["storage", "shared"] as const)
    it(`is wired as it should be on the ${side} chain, and leaves the deployer no role`, async () => {
      const { provider, deployment, accounts } = running[side]!;
      const { contracts } = deployment;
      const ledger = new Contract(contracts.ledger, indexLedgerAbi, provider);
      const attributes = new Contract(contracts.attributeRegistry, attributeRegistryAbi, provider);
      const keys = new Contract(contracts.keyRegistry, keyRegistryAbi, provider);
      expect(await ledger.getFunction("attributeRegistry")()).to.equal(contracts.attributeRegistry);
      expect(await ledger.getFunction("keyRegistry")()).to.equal(contracts.keyRegistry);
      expect((await ledger.getFunction("eip712Domain")()).name).to.equal(
        side === "storage" ? "Diptych StorageLedger" : "Diptych SharedLedger",
      );
      const [admin, authority] = [accounts[2]!, accounts[3]!];
      const authorityRole = await attributes.getFunction("AUTHORITY_ROLE")();
      const gateRole = await keys.getFunction("GATE_ADMIN_ROLE")();
      for (const registry of [attributes, keys]) {
        expect((await registry.getFunction("defaultAdmin")()).toLowerCase()).to.equal(admin.toLowerCase());
        expect(await registry.getFunction("defaultAdminDelay")()).to.equal(86_400n);
      }
      const has = (role: string, who: string) => [role, who] as const;
      expect(await attributes.getFunction("hasRole")(...has(authorityRole, authority))).to.equal(true);
      expect(await keys.getFunction("hasRole")(...has(gateRole, admin))).to.equal(true);
      for (const deployer of accounts.slice(0, 2)) {
        expect(await attributes.getFunction("hasRole")(...has(authorityRole, deployer))).to.equal(false);
        expect(await keys.getFunction("hasRole")(...has(gateRole, deployer))).to.equal(false);
      }
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
