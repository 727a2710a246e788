/** F10: nothing in the paper shows which index is the newest (5.1.4, 5.2.2): the cloud or a relayer serves an old state. */
import { expect } from "chai";
import { type HDNodeWallet, type Provider, Wallet } from "ethers";
import { hex, randomBytes, unhex, utf8 } from "../../src/core/bytes.ts";
import type { Side } from "../../src/ledger/chain.ts";
import {
  type Decided,
  IndexLedger,
  KeyRegistry,
  type KeySet,
  publicationOf,
  publishCall,
  publishMessage,
  sendUnderMandate,
  signGate,
  signMandate,
} from "../../src/ledger/index.ts";
import { fetchCredentials } from "../../src/roles/credentials.ts";
import { memoryKeyStore } from "../../src/roles/keyStore.ts";
import type { Opened } from "../../src/roles/opened.ts";
import { openView } from "../../src/roles/openView.ts";
import { Requester } from "../../src/roles/requester.ts";
import {
  decodeIndex,
  type GatePartial,
  generateKeyPair,
  hashEnc,
  makePartial,
  openIndexWithPartials,
  openRelease,
  openShare,
  prepareShare,
  type SealedIndex,
  sealRelease,
} from "../../src/seal/index.ts";
import { AuthorityClient } from "../../src/services/authorityClient.ts";
import { Gate } from "../../src/services/gate.ts";
import { askingOrder } from "../../src/services/gateClient.ts";
import { deriveGateKeys } from "../../src/services/gateKeys.ts";
import type { Release } from "../../src/services/wire.ts";
import { expectCode } from "../expectCode.ts";
import { type Liar, serveLyingGate, serveOldBlocks } from "./liars.ts";
import { askGate } from "./oneGate.ts";
import { setup } from "./paper/abe.ts";
import { drawKey } from "./paper/rsa.ts";
import * as paper from "./paper/signature.ts";
import { Cloud, Contract, encryptRecord, makeRequest, sealIndex, signIndex } from "./paper/storage.ts";
import { bindingOf } from "./places.ts";
import {
  makeOwner,
  makeRequester,
  nodeAccount,
  type Owner,
  rights,
  type Stage,
  type Stored,
  sharedSide,
  stage,
  storeSample,
} from "./world.ts";

const side: Side = "shared";
const grown = [...sharedSide, 8];

describe("F10 old states", () => {
  let here: Stage;
  let stored: Stored;
  let decided: Decided;
  let old: Opened;
  let oldIndex: Uint8Array;
  let gateSeed: Uint8Array;
  let lies: (order: Record<string, unknown>) => Promise<object>;
  const liars: Liar[] = [];
  let account: HDNodeWallet;
  let owner: Owner;
  let researcher: Requester;

  before(async () => {
    here = await stage();
    const { world } = here;
    const { chains } = world;
    account = Wallet.createRandom();
    researcher = await makeRequester(world, ["role:researcher"], account);

    // One gate of this patient's shared chain is honest until told otherwise.
    gateSeed = randomBytes(32);
    const gate = await Gate.open(chains[side], gateSeed, 0);
    lies = (order) => gate.release(order as never);
    const liar = await serveLyingGate((order) => lies(order));
    liars.push(liar);
    const { address, wallet, hpke } = await deriveGateKeys(gateSeed);
    const registry = new KeyRegistry(chains[side]);
    const operator = await nodeAccount(world, side, 2);
    const signature = await signGate(wallet, chains[side], hpke.publicKey);
    await registry.setGate(operator, { address, hpkeKey: hpke.publicKey, url: liar.url, signature });
    owner = await makeOwner(world);
    await owner.patient.gates.set(side, { gates: [address, ...world.gates[side].slice(0, 2)], threshold: 2 });

    stored = await storeSample(here, owner);
    // Which gates are asked first depends on the request: here the one that will lie must be.
    do decided = (await researcher.request(side, stored.ids[side])).decided;
    while (askingOrder(unhex(decided.requestId), 3)[0] !== 0);
    old = await researcher.openGranted(side, decided);
    oldIndex = (await new IndexLedger(chains[side]).record(stored.ids[side])).index;
    // Widening: a new version in the same epoch, so the grant lives on.
    await owner.patient.change(stored.emrId, { shared: grown });
  });

  after(async () => {
    for (const liar of liars) await liar.close();
  });

  it("the paper: an index from before the change is as good as the newest one", async () => {
    const [doctor, user] = [drawKey(), drawKey()];
    const { publicKey } = await setup();
    const cloud = new Cloud(doctor);
    const patient = await generateKeyPair();
    const contract = new Contract(patient.privateKey);
    const versions = [];
    for (const diagnosis of ["tuberculosis", "no tuberculosis"]) {
      const contents = paper.emr.map((content, at) => (at === 5 ? utf8(diagnosis) : content));
      const policies = contents.map(() => rights.shared);
      const { record } = await encryptRecord(paper.sign(contents, "", doctor), policies, publicKey);
      const index = signIndex(cloud.put(record), randomBytes(32), doctor);
      versions.push({ index, sealed: await sealIndex(index, patient.publicKey) });
    }
    const [before, now] = versions;
    contract.store("EMR 1", now!.sealed, [user]);
    // A relayer stores the old bytes again: they are P's own, and nothing in them says that they are old.
    contract.store("EMR 1", before!.sealed, [user]);
    const index = await contract.request(makeRequest("EMR 1", 1000, user), 1000);
    const served = cloud.fetch(index!)!;
    expect(paper.verifyModN(served.d, doctor)).to.equal(true);
    expect(served.d.revealed.get(6)).to.deep.equal(utf8("tuberculosis"));
  });

  it("Diptych: the gateway refuses the old version, and the new one's number on the old address", async () => {
    const { learned, version } = old;
    const fetch = (number: number) => researcher.fetch(side, decided.requestId, learned.index, number);
    await expectCode("version-moved", () => fetch(version));
    await expectCode("signature-invalid", () => fetch(version + 1));
  });

  it("Diptych: gates open what stands on chain now, and their word for now doesn't open what stood there", async () => {
    const { world } = here;
    const chain = world.chains[side];
    const ledger = new IndexLedger(chain);
    const record = await ledger.record(stored.ids[side]);
    const set = await new KeyRegistry(chain).keySet(record.keySet);
    const released = await researcher.release(side, decided);
    expect(released.record.version).to.equal(2);
    expect(released.plaintext.url).to.not.equal(old.learned.index.url);

    const requestId = unhex(decided.requestId);
    const secret = await researcher.responseKey(decided.responseKey);
    const now = decodeIndex(record.index);
    const then = decodeIndex(oldIndex);
    const partials: GatePartial[] = [];
    for (const gate of set.gates) {
      const { sealed, place } = await askGate(chain, gate, decided);
      const release = { requestId, gate: unhex(gate), enc: now.enc };
      await expectCode("seal-open-failed", () =>
        openRelease(secret, unhex(sealed), { ...release, enc: then.enc }, place),
      );
      partials.push(await openRelease(secret, unhex(sealed), release, place));
    }
    const { commitments, generation } = set;
    const opening = (index: SealedIndex, version: number) =>
      openIndexWithPartials(partials, {
        index,
        binding: bindingOf(chain, stored.ids[side], { ...record, version }),
        commitments,
        generation,
        requestId,
      });
    expect((await opening(now, 2)).plaintext).to.deep.equal(released.plaintext);
    await expectCode("threshold-not-met", () => opening(then, 1));
    await expectCode("threshold-not-met", () => opening(then, 2));
  });

  it("Diptych: a gate that answers from the past is named, and the newest index opens all the same", async () => {
    const { world } = here;
    const chain = world.chains[side];
    const record = await new IndexLedger(chain).record(stored.ids[side]);
    const set = await new KeyRegistry(chain).keySet(record.keySet);
    const { address } = await deriveGateKeys(gateSeed);
    const share = await gateShare(here, gateSeed, record.keySet, set);
    const [then, now] = [decodeIndex(oldIndex).enc, decodeIndex(record.index).enc];
    const requestId = unhex(decided.requestId);
    const partial = await makePartial(1, await prepareShare(share), then, {
      requestId,
      keySet: unhex(record.keySet),
      generation: set.generation,
    });
    const answer = async (sealedFor: Uint8Array, said: Uint8Array): Promise<Release> => ({
      gate: address,
      place: 1,
      generation: set.generation,
      version: 2,
      encHash: hex(hashEnc(said)),
      sealed: hex(
        await sealRelease(unhex(decided.responseKey), partial, {
          requestId,
          gate: unhex(address),
          enc: sealedFor,
        }),
      ),
      receipt: { ledgerRecordId: stored.ids[side], time: 1, signature: "0x" },
    });
    const ways = [
      { answer: await answer(then, then), code: "version-moved" },
      { answer: await answer(then, now), code: "seal-open-failed" },
      { answer: await answer(now, now), code: "proof-invalid" },
    ];
    for (const way of ways) {
      lies = async () => way.answer;
      const released = await researcher.release(side, decided);
      expect(released.record.version).to.equal(2);
      expect(released.failures.map(({ gate, code }) => ({ gate, code }))).to.deep.equal([
        { gate: address, code: way.code },
      ]);
      expect(released.gates).to.not.include(address);
    }
  });

  it("Diptych: a cloud that serves the old ciphertext for the new address is caught", async () => {
    const { world } = here;
    const { chains, authorityUrl: authority } = world;
    const released = await researcher.release(side, decided);
    const root = old.learned.index.url.slice("ipfs://".length);
    for (const [passedOff, code] of [
      [false, "block-unexpected"],
      [true, "block-mismatch"],
    ] as const) {
      const liar = await serveOldBlocks(old.learned.blocks, root, passedOff);
      liars.push(liar);
      const options = { keyStore: memoryKeyStore(), chains, account, authority, gateway: liar.url };
      const misled = await Requester.open(options);
      await expectCode(code, () =>
        misled.fetch(side, decided.requestId, released.plaintext, released.record.version),
      );
      // It is the address that gives the lie away: for the old one, those very blocks are right.
      const { blocks, index } = old.learned;
      const same = await misled.fetch(side, decided.requestId, index, 1);
      expect([...same.keys()]).to.have.members([...blocks.keys()]);
    }
  });

  it("Diptych: an old manifest in the new version's place doesn't open", async () => {
    const { world } = here;
    const chain = world.chains[side];
    const record = await new IndexLedger(chain).record(stored.ids[side]);
    const { trust } = await fetchCredentials(new AuthorityClient(world.authorityUrl), [chain]);
    const { manifest, blocks, k, index } = old.learned;
    const secrets = { k, sigma: index.sigma };
    const place = (version: number) => bindingOf(chain, stored.ids[side], { ...record, version });
    await openView(manifest, blocks, secrets, place(1), trust);
    await expectCode("seal-open-failed", () => openView(manifest, blocks, secrets, place(2), trust));
  });

  it("Diptych: a gate whose own node has fallen behind releases nothing", async () => {
    const { world } = here;
    const chain = world.chains[side];
    const head = (await chain.provider.getBlock("latest"))!;
    const frozen = { number: head.number, timestamp: head.timestamp - 31 };
    const provider = new Proxy(chain.provider, {
      get: (target, name) => {
        if (name === "getBlock") return async () => frozen;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    }) as Provider;
    const behind = await Gate.open({ ...chain, provider }, gateSeed, 0);
    await expectCode("node-behind", () => behind.release(decided));
    const upToDate = await Gate.open(chain, gateSeed, 0);
    expect((await upToDate.release(decided)).version).to.equal(2);
  });

  it("Diptych: the owner's own word for an old version, kept by a relayer, is refused by the ledger", async () => {
    const { world } = here;
    const chain = world.chains[side];
    const ledger = new IndexLedger(chain);
    const call = stored.calls.get("shared")!;
    const signer = owner.keys.account(chain);
    const relayer = await nodeAccount(world, side, 6);
    const relay = async (relayed: typeof call) => {
      const publication = publicationOf(relayed, signer.address);
      const mandate = await signMandate(signer, publishMessage, chain, publication);
      return sendUnderMandate(chain, relayer, mandate, publishCall(relayed));
    };
    await expectCode("version-moved", () => relay(call));
    // The signature is good: it is the version that isn't.
    await relay({ ...call, version: 3, epoch: 1 });
    const record = await ledger.record(stored.ids[side]);
    expect(record.version).to.equal(3);
    // Even an owner who publishes old bytes as new brings nothing old back: an index is bound to its version.
    await expectCode("proof-invalid", () => askGate(chain, world.gates[side][0]!, decided));
  });
});

/** The share of the gate with this seed, as the gate itself opens it. */
async function gateShare({ world }: Stage, seed: Uint8Array, keySet: string, set: KeySet): Promise<bigint> {
  const chain = world.chains[side];
  const { hpke } = await deriveGateKeys(seed);
  return openShare(hpke.privateKey, set.sealedShares[0]!, {
    chainId: chain.chainId,
    contract: unhex(chain.keyRegistry),
    dealer: unhex(set.dealer),
    keySet: unhex(keySet),
    generation: set.generation,
    gateKey: hpke.publicKey,
    index: 1,
    count: set.gates.length,
    commitments: set.commitments,
  });
}
