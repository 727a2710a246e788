/** F11: Req_U = (ID, T) names no chain, no side and no answer key (5.2.1): whoever hears it can use it. */
import { expect } from "chai";
import { type JsonRpcProvider, Wallet } from "ethers";
import { deployChain } from "../../scripts/deployment.ts";
import { hex, randomBytes, unhex } from "../../src/core/bytes.ts";
import type { ErrorCode } from "../../src/core/errors.ts";
import { type Chain, openChain } from "../../src/ledger/chain.ts";
import {
  closeMessage,
  type Decided,
  IndexLedger,
  type OwnerCall,
  type PublishCall,
  publicationOf,
  publishCall,
  publishMessage,
  requestIdOf,
  sendUnderMandate,
  signMandate,
} from "../../src/ledger/index.ts";
import { decodeIndex, generateKeyPair, openRelease } from "../../src/seal/index.ts";
import { expectCode } from "../expectCode.ts";
import { askGate } from "./oneGate.ts";
import { drawKey } from "./paper/rsa.ts";
import { Contract, makeRequest, sealIndex, signIndex } from "./paper/storage.ts";
import {
  aliceSample,
  makeOwner,
  nodeAccount,
  type Owner,
  type Stage,
  type Stored,
  stage,
  storeSample,
} from "./world.ts";

/** The whole of this describe has one owner with one account on both chains: nothing but what is signed keeps them apart. */
describe("F11 replays", () => {
  const account = new Wallet(hex(randomBytes(32)));
  let here: Stage;
  let owner: Owner;
  let stored: Stored;
  /** Another ledger of the same kind on the storage chain. */
  let other: Chain;

  before(async () => {
    here = await stage();
    owner = await makeOwner(here.world, account);
    stored = await storeSample(here, owner);
    const { default: hre } = await import("hardhat");
    const chain = here.world.chains.storage;
    const provider = chain.provider as JsonRpcProvider;
    const deployed = await deployChain(
      hre,
      { request: ({ method, params }) => provider.send(method, (params ?? []) as unknown[]) },
      "storage",
      {
        parameters: {
          consortium: [account.address],
          authority: account.address,
          gateAdmin: account.address,
          pauser: account.address,
          minDelay: 1,
          adminDelay: 1,
        },
      },
    );
    const { timelock: _timelock, ...contracts } = deployed.contracts;
    other = await openChain({ ...chain, ...contracts }, provider);
    expect(other.ledger).to.not.equal(chain.ledger);
  });

  async function refusal(code: ErrorCode, contractError: string, act: () => Promise<unknown>): Promise<void> {
    expect((await expectCode(code, act)).message).to.include(contractError);
  }

  it("the paper: one overheard request is answered on the other chain, and again, to whoever sends it", async () => {
    const [doctor, user] = [drawKey(), drawKey()];
    const patient = await generateKeyPair();
    const contracts = { storage: new Contract(patient.privateKey), shared: new Contract(patient.privateKey) };
    for (const [side, contract] of Object.entries(contracts)) {
      const index = signIndex(`ipfs://${side}`, randomBytes(32), doctor);
      contract.store("EMR 1", await sealIndex(index, patient.publicKey), [user]);
    }
    const overheard = makeRequest("EMR 1", 1000, user);
    expect((await contracts.shared.request(overheard, 1000))?.url).to.equal("ipfs://shared");
    expect((await contracts.shared.request(overheard, 1010))?.url, "again").to.equal("ipfs://shared");
    expect((await contracts.storage.request(overheard, 1020))?.url, "elsewhere").to.equal("ipfs://storage");
  });

  it("Diptych: a signed publication means nothing on another chain, contract, record or at another time", async () => {
    const { chains } = here.world;
    const ledger = new IndexLedger(chains.storage);
    const relayers = {
      storage: await nodeAccount(here.world, "storage", 7),
      shared: await nodeAccount(here.world, "shared", 7),
    };
    const nonce = await ledger.nonceOf(account.address);
    expect(await new IndexLedger(chains.shared).nonceOf(account.address)).to.equal(nonce);
    const call: PublishCall = { ...stored.calls.get("full")!, version: 2, epoch: 1 };
    const publication = publicationOf(call, account.address);
    const mandate = await signMandate(account, publishMessage, chains.storage, publication);
    const invalid = (place: Chain, changed: Partial<PublishCall> = {}) =>
      refusal("transaction-reverted", "IndexLedgerSignatureInvalid", () =>
        sendUnderMandate(place, relayers[place.side], mandate, publishCall({ ...call, ...changed })),
      );
    await invalid(chains.shared);
    await invalid(other);
    await invalid(chains.storage, { ledgerRecordId: hex(randomBytes(32)) });
    await invalid(chains.storage, { epoch: 2 });
    await invalid(chains.storage, { index: randomBytes(349) });
    await invalid(chains.storage, { indexKey: randomBytes(65) });
    const send = (given: typeof mandate) =>
      sendUnderMandate(chains.storage, relayers.storage, given, publishCall(call));
    const late = { ...mandate, deadline: mandate.deadline + 1n };
    await refusal("transaction-reverted", "IndexLedgerSignatureInvalid", () => send(late));
    const ahead = { ...mandate, nonce: nonce + 1n };
    await refusal("transaction-reverted", "IndexLedgerNonceMismatch", () => send(ahead));
    await send(mandate);
    await refusal("transaction-reverted", "IndexLedgerNonceMismatch", () => send(mandate));
    expect((await ledger.record(call.ledgerRecordId)).version).to.equal(2);
  });

  it("Diptych: nor does a signed close", async () => {
    const { chains } = here.world;
    const ledger = new IndexLedger(chains.storage);
    const relayer = await nodeAccount(here.world, "storage", 7);
    const { epoch } = await ledger.record(stored.ids.storage);
    const closing = { ledgerRecordId: stored.ids.storage, epoch };
    const mandate = await signMandate(account, closeMessage, chains.storage, closing);
    const close = (ledgerRecordId: string): OwnerCall => ({
      method: "close",
      args: [ledgerRecordId, epoch],
      act: "close the epoch",
    });
    const sharedRelayer = await nodeAccount(here.world, "shared", 7);
    const invalid = "IndexLedgerSignatureInvalid";
    await refusal("transaction-reverted", invalid, () =>
      sendUnderMandate(chains.shared, sharedRelayer, { ...mandate, nonce: 0n }, close(stored.ids.shared)),
    );
    await refusal("transaction-reverted", invalid, () =>
      sendUnderMandate(other, relayer, { ...mandate, nonce: 0n }, close(stored.ids.storage)),
    );
    await sendUnderMandate(chains.storage, relayer, mandate, close(stored.ids.storage));
    expect((await ledger.record(stored.ids.storage)).closed).to.equal(true);
    await refusal("transaction-reverted", "IndexLedgerNonceMismatch", () =>
      sendUnderMandate(chains.storage, relayer, mandate, close(stored.ids.storage)),
    );
  });

  it("Diptych: an overheard request is good for nobody else, nowhere else and for no other answer key", async () => {
    const { world, requesters } = here;
    const { chains, gates } = world;
    const { ids } = await aliceSample();
    const { physician, stranger } = requesters;
    const { decided } = await physician.request("shared", ids.shared);
    const gate = gates.shared[0]!;
    await askGate(chains.shared, gate, decided);

    const mallory = await generateKeyPair();
    const changes: Partial<Decided>[] = [
      { responseKey: hex(mallory.publicKey) },
      { requester: stranger.address },
      { ledgerRecordId: ids.storage },
      { ledgerRecordId: stored.ids.shared },
      { epoch: decided.epoch + 1 },
      { expiry: decided.expiry + 3600 },
      { purpose: decided.purpose + 1 },
      { nonce: hex(randomBytes(32)) },
    ];
    for (const change of changes)
      await expectCode("not-releasable", () => askGate(chains.shared, gate, decided, change));
    // The other chain's gates, which would release to this physician if they had asked there.
    for (const each of gates.storage)
      for (const change of [{}, { ledgerRecordId: ids.storage }])
        await expectCode("not-releasable", () => askGate(chains.storage, each, decided, change));
    const elsewhere = [chains.storage, { ...chains.shared, ledger: other.ledger }];
    expect(requestIdOf(chains.shared, decided)).to.equal(decided.requestId);
    for (const place of elsewhere) expect(requestIdOf(place, decided)).to.not.equal(decided.requestId);

    // Sent again by a stranger, word for word, it is the stranger's request, and denied.
    const { ledgerRecordId, nonce, purpose, responseKey, expiry } = decided;
    const again = { ledgerRecordId, nonce, purpose, responseKey, expiry };
    const thief = await nodeAccount(world, "shared", 8);
    const copied = await new IndexLedger(chains.shared).request(thief, again);
    expect(copied.decided.requestId).to.not.equal(decided.requestId);
    expect(copied.decided.decision).to.equal("policy-not-satisfied");
  });

  it("Diptych: what a gate answers opens with the asker's key alone", async () => {
    const { world, requesters } = here;
    const chain = world.chains.shared;
    const { ids } = await aliceSample();
    const { decided } = await requesters.physician.request("shared", ids.shared);
    const gate = world.gates.shared[0]!;
    const { sealed, place } = await askGate(chain, gate, decided);
    const { enc } = decodeIndex((await new IndexLedger(chain).record(ids.shared)).index);
    const binding = { requestId: unhex(decided.requestId), gate: unhex(gate), enc };
    const mallory = await generateKeyPair();
    await expectCode("seal-open-failed", () =>
      openRelease(mallory.privateKey, unhex(sealed), binding, place),
    );
    const secret = await requesters.physician.responseKey(decided.responseKey);
    await expectCode("seal-open-failed", () =>
      openRelease(secret, unhex(sealed), { ...binding, requestId: randomBytes(32) }, place),
    );
    await openRelease(secret, unhex(sealed), binding, place);
  });
});
