/** F6: the paper's contract decrypts the index with SK_pat (5.2.2): a secret in a contract is public. */
import { expect } from "chai";
import { concat, hex, unhex } from "../../src/core/bytes.ts";
import { Writer } from "../../src/core/encoding.ts";
import type { Side } from "../../src/ledger/chain.ts";
import { IndexLedger, KeyRegistry, type KeySet, requestIdOf } from "../../src/ledger/index.ts";
import {
  combine,
  decodeIndex,
  generateKeyPair,
  openIndexWithKey,
  openIndexWithPartials,
  openIndexWithPoint,
  openRelease,
} from "../../src/seal/index.ts";
import { expectCode } from "../expectCode.ts";
import { askGate } from "./oneGate.ts";
import { drawKey } from "./paper/rsa.ts";
import { openIndex, sealIndex, signIndex } from "./paper/storage.ts";
import { contains, publicBytes } from "./publicBytes.ts";
import { aliceSample, nodeAccount, sides, stage } from "./world.ts";

describe("F6 a secret in a contract", () => {
  it("the paper: whoever runs a node reads SK_pat from the contract and opens every index", async () => {
    const { world } = await stage();
    const { provider } = world.chains.storage;
    const patient = await generateKeyPair();
    const index = signIndex("ipfs://somewhere", new Uint8Array(32).fill(7), drawKey());
    const onChain = await sealIndex(index, patient.publicKey);
    // The constructor puts SK_pat into storage, where the contract will need it: PUSH32 sk, PUSH1 0, SSTORE; code of one byte.
    const code = concat(Uint8Array.of(0x7f), patient.privateKey, unhex("60005560016000f3"));
    const account = await nodeAccount(world, "storage", 5);
    const deployed = await (await account.sendTransaction({ data: hex(code) })).wait();
    const stolen = unhex(await provider.getStorage(deployed!.contractAddress!, 0));
    expect(await openIndex(onChain, stolen)).to.deep.equal(index);
    // And it stands in the transaction too: this is the search that comes back empty below.
    expect(contains(await publicBytes(world.chains.storage), patient.privateKey)).to.equal(true);
  });

  it("Diptych: neither chain has ever seen the index key, a secret of an index, or where it leads", async () => {
    const { world, alice } = await stage();
    const { draft, ids } = await aliceSample();
    for (const side of sides) {
      const chain = world.chains[side];
      const seen = await publicBytes(chain);
      const view = draft.views.find((each) => each.chain.side === side)!;
      const indexKey = alice.keys.index(chain, alice.addresses[side]);
      const record = await new IndexLedger(chain).record(ids[side]);
      expect(contains(seen, record.index), "the search finds what is public").to.equal(true);
      const secrets = {
        "index key": new Writer().u256(indexKey.secret).finish(),
        sigma: view.sigma,
        Tag: unhex(view.tag),
        url: view.root.bytes.slice(-32),
        "url as text": Buffer.from(view.root.toString()),
      };
      for (const [name, secret] of Object.entries(secrets))
        expect(contains(seen, secret), `${name} on the ${side} chain`).to.equal(false);
      // It is the right key that isn't there: with it, the index opens.
      const binding = {
        chainId: chain.chainId,
        contract: unhex(chain.ledger),
        ledgerRecordId: unhex(ids[side]),
        version: record.version,
        keySet: unhex(record.keySet),
      };
      const opened = await openIndexWithKey(indexKey, decodeIndex(record.index), binding);
      expect(opened.sigma).to.deep.equal(view.sigma);
    }
  });

  it("Diptych: no gate alone opens an index, not even with the requester's help", async () => {
    const { world, requesters } = await stage();
    const { ids } = await aliceSample();
    const chain = world.chains.shared;
    const { decided } = await requesters.researcher.request("shared", ids.shared);
    expect(decided.decision).to.equal("granted");
    const secret = await requesters.researcher.responseKey(decided.responseKey);
    const record = await new IndexLedger(chain).record(ids.shared);
    const set: KeySet = await new KeyRegistry(chain).keySet(record.keySet);
    const index = decodeIndex(record.index);
    const requestId = unhex(requestIdOf(chain, decided));
    const binding = {
      chainId: chain.chainId,
      contract: unhex(chain.ledger),
      ledgerRecordId: unhex(ids.shared),
      version: record.version,
      keySet: unhex(record.keySet),
    };
    const { commitments, generation } = set;
    const context = { index, binding, commitments, generation, requestId };
    const partials = [];
    for (const gate of set.gates) {
      const { sealed, place } = await askGate(chain, gate, decided);
      partials.push(
        await openRelease(secret, unhex(sealed), { requestId, gate: unhex(gate), enc: index.enc }, place),
      );
    }
    for (const partial of partials) {
      await expectCode("threshold-not-met", () => openIndexWithPartials([partial], context));
      for (const point of [partial.point, await combine([partial])])
        await expectCode("seal-open-failed", () => openIndexWithPoint(point, set.indexKey, index, binding));
    }
    const { plaintext } = await openIndexWithPartials(partials.slice(1), context);
    expect(plaintext.url).to.match(/^ipfs:/);
  });

  it("Diptych: without a live grant the gates release nothing to anybody", async () => {
    const { world, requesters } = await stage();
    const { ids } = await aliceSample();
    for (const side of sides satisfies readonly Side[]) {
      const { decided } = await requesters.stranger.request(side, ids[side]);
      expect(decided.decision).to.equal("policy-not-satisfied");
      for (const gate of world.gates[side])
        await expectCode("not-releasable", () => askGate(world.chains[side], gate, decided));
      await expectCode("not-releasable", () => requesters.stranger.release(side, decided));
    }
  });
});
