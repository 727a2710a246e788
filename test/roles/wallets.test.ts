/** The roles driven by wallets: EIP-1193 providers that sign in another program, here the chain's own node. */
import { expect } from "chai";
import type { Eip1193Provider, JsonRpcProvider } from "ethers";
import { utf8 } from "../../src/core/bytes.ts";
import { type Chain, IndexLedger, type Side } from "../../src/ledger/index.ts";
import { sampleRecord } from "../../src/record/index.ts";
import { expectCode } from "../expectCode.ts";
import { enrolPatient, enrolRequester, fundedWallet, issueAndPublish, world } from "../world.ts";

type Call = { method: string; params?: unknown[] | Record<string, unknown> };

/** A wallet that holds one of a node's unlocked accounts; `calls` notes what it was asked, as its user would see it. */
async function walletOn(chain: Chain, number: number) {
  const { url } = (chain.provider as JsonRpcProvider)._getConnection();
  const calls: string[] = [];
  const ask = async (method: string, params: unknown): Promise<unknown> => {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const headers = { "content-type": "application/json" };
    const { result, error } = await (await fetch(url, { method: "POST", headers, body })).json();
    if (error !== undefined) throw Object.assign(new Error(error.message), error);
    return result;
  };
  const accounts = (await ask("eth_accounts", [])) as string[];
  const account = accounts[number]!;
  const wallet: Eip1193Provider = {
    request: async ({ method, params = [] }: Call) => {
      calls.push(method);
      return method === "eth_accounts" || method === "eth_requestAccounts" ? [account] : ask(method, params);
    },
  };
  return { wallet, account, calls };
}

describe("roles: wallets", () => {
  let chains: Record<Side, Chain>;
  before(async () => {
    ({ chains } = await world());
  });

  it("a patient with a wallet a chain publishes, a requester with a wallet opens; keys stay in the wallets", async () => {
    const [storage, shared] = [await walletOn(chains.storage, 4), await walletOn(chains.shared, 5)];
    const { patient } = await enrolPatient({ accounts: { storage: storage.wallet, shared: shared.wallet } });
    expect((await patient.address("storage")).toLowerCase()).to.equal(storage.account.toLowerCase());
    const { ledgerRecordIds, emrId } = await issueAndPublish(patient);
    const record = await new IndexLedger(chains.shared).record(ledgerRecordIds.shared);
    expect(record.owner.toLowerCase()).to.equal(shared.account.toLowerCase());

    const asking = await walletOn(chains.storage, 6);
    const requester = await enrolRequester(["role:doctor"], {
      account: asking.wallet,
      chains: { storage: chains.storage },
    });
    const { decided } = await requester.request("storage", ledgerRecordIds.storage);
    expect((await requester.openGranted("storage", decided)).file).to.deep.equal(utf8(sampleRecord));
    await patient.change(emrId, { shared: [2, 3] });
    for (const { calls } of [storage, shared, asking]) {
      expect(calls).to.include("eth_sendTransaction").and.include("eth_signTypedData_v4");
      expect(calls).not.to.include("eth_sign");
    }
  });

  it("a wallet on another chain is asked to switch, before anything is signed", async () => {
    const onShared = await walletOn(chains.shared, 6);
    const accounts = { storage: onShared.wallet };
    const error = await expectCode("chain-mismatch", () => enrolPatient({ accounts }));
    expect(error.message).to.contain(String(chains.storage.chainId)).and.contain("switch");
    await expectCode("chain-mismatch", () => enrolRequester([], { account: onShared.wallet }));
    expect(onShared.calls.filter((call) => /sign|send/i.test(call))).to.deep.equal([]);
  });

  it("a refusal in the wallet is told as one", async () => {
    const { wallet } = await walletOn(chains.storage, 6);
    const refusing: Eip1193Provider = {
      request: async (call) => {
        if (!/send/i.test(call.method)) return wallet.request(call);
        throw Object.assign(new Error("User rejected the request."), { code: 4001 });
      },
    };
    const error = await expectCode("transaction-reverted", () =>
      enrolPatient({ accounts: { storage: refusing } }),
    );
    expect(error.message).to.match(/reject/i);
  });

  it("a node's signer works as it is, on its own chain only", async () => {
    const signer = await (chains.storage.provider as JsonRpcProvider).getSigner(5);
    const { patient } = await enrolPatient({ accounts: { storage: signer } });
    expect(await patient.address("storage")).to.equal(signer.address);
    await expectCode("chain-mismatch", () => enrolPatient({ accounts: { shared: signer } }));
  });

  it("relayers pay for publishes and closes; the owner only signs", async () => {
    const relayers = { storage: await fundedWallet(), shared: await fundedWallet() };
    const { patient } = await enrolPatient({ relayers });
    const spent = async () =>
      Promise.all(
        (["storage", "shared"] as const).map(async (side) =>
          chains[side].provider.getBalance(await patient.address(side)),
        ),
      );
    const before = await spent();
    const { emrId, ledgerRecordIds } = await issueAndPublish(patient);
    await patient.change(emrId, { shared: [2, 3] });
    expect(await spent()).to.deep.equal(before);
    const record = await new IndexLedger(chains.shared).record(ledgerRecordIds.shared);
    expect(record).to.include({
      owner: await patient.address("shared"),
      version: 2,
      epoch: 2,
      closed: false,
    });
  });
});
