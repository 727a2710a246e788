/**
 * Gates in league with the cloud, and thieves of gates' keys. Fewer than t shares say nothing about the index key that the
 * public index key doesn't say already (that one stands on chain, and leaves the discrete logarithm to find). Shares that were
 * sealed to a key stand on chain for ever: who gets the key later gets them.
 */
import { expect } from "chai";
import { concat, hex, unhex } from "../../src/core/bytes.ts";
import { Writer } from "../../src/core/encoding.ts";
import type { Chain } from "../../src/ledger/chain.ts";
import {
  type Decided,
  IndexLedger,
  KeyRegistry,
  type KeySet,
  type LedgerRecord,
} from "../../src/ledger/index.ts";
import {
  GENERATOR,
  invert,
  modOrder,
  ORDER,
  pointBytes,
  randomScalar,
  scalarBytes,
} from "../../src/seal/curve.ts";
import {
  combine,
  decodeIndex,
  type GatePartial,
  type IndexPlaintext,
  makePartial,
  open,
  openIndexWithPartials,
  openIndexWithPoint,
  openRelease,
  prepareShare,
  releaseInfo,
  type SealedIndex,
  shareInfo,
} from "../../src/seal/index.ts";
import { lagrangeAtZero } from "../../src/seal/sharing.ts";
import { expectCode } from "../expectCode.ts";
import { askRelease, orderOf } from "../services/ownGates.ts";
import { type ServedGate, serveOwnGates, stealShare } from "../services/servedGates.ts";
import { bindingOf } from "./places.ts";
import { contains, publicBytes } from "./publicBytes.ts";
import { makeOwner, type Owner, type Stage, type Stored, stage, storeSample } from "./world.ts";

const side = "shared";
type Share = { index: number; share: bigint };

describe("attacks on gates: leagues and thieves", () => {
  let here: Stage;
  let chain: Chain;
  let registry: KeyRegistry;
  let gates: ServedGate[];
  let close: () => Promise<void>;

  before(async () => {
    here = await stage();
    chain = here.world.chains[side];
    registry = new KeyRegistry(chain);
    ({ gates, close } = await serveOwnGates(chain, 5));
  });
  after(() => close?.());

  async function storeWith(count: number, threshold: number): Promise<{ owner: Owner; stored: Stored }> {
    const owner = await makeOwner(here.world);
    const chosen = gates.slice(0, count).map(({ address }) => address);
    await owner.patient.gates.set(side, { gates: chosen, threshold });
    return { owner, stored: await storeSample(here, owner) };
  }

  /** Tries shares on an index without any gate: all that a thief of shares needs. */
  async function openWith(
    shares: readonly Share[],
    index: SealedIndex,
    record: LedgerRecord,
    id: string,
    indexKey: Uint8Array,
  ): Promise<IndexPlaintext> {
    const about = { requestId: new Uint8Array(32), keySet: unhex(record.keySet), generation: 1 };
    const partials = shares.map(async ({ index: at, share }) =>
      makePartial(at, await prepareShare(share), index.enc, about),
    );
    const point = await combine(await Promise.all(partials));
    return openIndexWithPoint(point, indexKey, index, bindingOf(chain, id, record));
  }

  describe("t - 1 gates in league with the cloud", () => {
    const [t, n] = [3, 5];
    let owner: Owner;
    let stored: Stored;
    let record: LedgerRecord;
    let index: SealedIndex;
    let set: KeySet;
    let league: ServedGate[];
    let shares: Share[];
    let decided: Decided;
    /** What every gate answered to an honest reader, as it went over the network. */
    let answers: Record<string, unknown>[];

    before(async () => {
      ({ owner, stored } = await storeWith(n, t));
      record = await new IndexLedger(chain).record(stored.ids[side]);
      set = await registry.keySet(record.keySet);
      index = decodeIndex(record.index);
      league = gates.slice(0, t - 1);
      shares = [];
      for (const gate of league) shares.push(await stealShare(chain, record.keySet, set, gate));
      ({ decided } = await here.requesters.researcher.request(side, stored.ids[side]));
      answers = [];
      for (const { url } of gates) answers.push((await askRelease(url, orderOf(decided))).body);
    });

    const binding = () => bindingOf(chain, stored.ids[side], record);

    it("hold t - 1 shares and no more: the sealed ones of the others don't open with their keys", async () => {
      expect(shares.map(({ index: at }) => at)).to.deep.equal([1, 2]);
      for (const [i, sealed] of set.sealedShares.entries()) {
        if (i < t - 1) continue;
        for (const { hpke } of league) {
          const info = shareInfo({
            chainId: chain.chainId,
            contract: unhex(chain.keyRegistry),
            dealer: unhex(set.dealer),
            keySet: unhex(record.keySet),
            generation: set.generation,
            gateKey: gates[i]!.hpke.publicKey,
            index: i + 1,
            count: n,
            commitments: set.commitments,
          });
          await expectCode("seal-open-failed", () => open(hpke.privateKey, info, sealed.slice(0, 65 + 48)));
        }
      }
    });

    it("every secret fits their shares: for each there is a third share that makes it", async () => {
      const { share: trueThird } = await stealShare(chain, record.keySet, set, gates[2]!);
      const secret = owner.keys.index(chain, owner.addresses[side]).secret;
      for (const wished of [1n, ORDER - 1n, secret, randomScalar()]) {
        const places = [...shares.map(({ index: at }) => at), 3];
        const { numerators, denominator } = lagrangeAtZero(places);
        const weights = numerators.map((each) => modOrder(each * invert(denominator)));
        const known = shares.reduce((sum, { share }, at) => modOrder(sum + weights[at]! * share), 0n);
        // The share that would have to stand at the third place.
        const third = modOrder((wished - known) * invert(weights[2]!));
        expect(modOrder(known + weights[2]! * third)).to.equal(wished);
        // With the true secret it is the third gate's own: so much would one share more tell.
        expect(third === trueThird).to.equal(wished === secret);
      }
    });

    it("nothing that they have, or saw pass, opens the index; one share more does", async () => {
      const partials: GatePartial[] = [];
      const requestId = unhex(decided.requestId);
      const { generation, commitments, indexKey } = set;
      const about = { requestId, keySet: unhex(record.keySet), generation };
      for (const { index: at, share } of shares)
        partials.push(await makePartial(at, await prepareShare(share), index.enc, about));
      const context = { index, binding: binding(), commitments, generation, requestId };
      await expectCode("threshold-not-met", () => openIndexWithPartials(partials, context));
      // In the place of the third: all points that stand on chain, and their own.
      const guesses = [...commitments, index.enc, pointBytes(GENERATOR), partials[0]!.point];
      for (const point of guesses) {
        const forged = [...partials, { ...partials[0]!, index: 3, point }];
        const told = await expectCode("threshold-not-met", () => openIndexWithPartials(forged, context));
        expect((told.cause as { liars: number[] }).liars).to.deep.equal([3]);
      }
      // What the honest gates answered is for the asker's key alone.
      const honest = answers.slice(t - 1);
      for (const [i, { sealed, gate }] of honest.entries()) {
        const release = { requestId, gate: unhex(String(gate)), enc: index.enc };
        for (const { hpke } of league) {
          await expectCode("seal-open-failed", () =>
            openRelease(hpke.privateKey, unhex(String(sealed)), release, i + t),
          );
          await expectCode("seal-open-failed", () =>
            open(hpke.privateKey, releaseInfo(release), unhex(String(sealed))),
          );
        }
      }
      const secret = await here.requesters.researcher.responseKey(decided.responseKey);
      const { sealed, gate } = honest[0]!;
      const third = await openRelease(
        secret,
        unhex(String(sealed)),
        { requestId, gate: unhex(String(gate)), enc: index.enc },
        t,
      );
      const { plaintext } = await openIndexWithPartials([...partials, third], context);
      expect(plaintext.url).to.match(/^ipfs:/);
      expect(
        (await openIndexWithPoint(await combine([...partials, third]), indexKey, index, binding())).url,
      ).to.equal(plaintext.url);
    });

    it("in all that passed before them, chain, cloud and network, no secret stands", async () => {
      const view = stored.draft.views.find((each) => each.chain.side === side)!;
      const cloud = concat(view.manifest.bytes, ...stored.draft.blocks.map(({ bytes }) => bytes));
      const network = new TextEncoder().encode(JSON.stringify([answers, orderOf(decided)]));
      const seen = concat(await publicBytes(chain), cloud, network);
      expect(contains(seen, record.index), "the search finds what is public").to.equal(true);
      const key = owner.keys.index(chain, owner.addresses[side]);
      const others = await Promise.all(
        gates.slice(t - 1).map((gate) => stealShare(chain, record.keySet, set, gate)),
      );
      const secrets = {
        "index key": new Writer().u256(key.secret).finish(),
        sigma: view.sigma,
        ...Object.fromEntries(others.map(({ index: at, share }) => [`share ${at}`, scalarBytes(share)])),
      };
      for (const [name, secret] of Object.entries(secrets)) {
        expect(contains(seen, secret), name).to.equal(false);
        expect(contains(network, new TextEncoder().encode(hex(secret).slice(2))), name).to.equal(false);
      }
    });
  });

  describe("theft of t - 1 gates' keys before a refresh, and of t - 1 after it", () => {
    /** Stores with gates 1 to 3, any two of which open, and refreshes with `replace`; both generations as the chain shows them. */
    async function refreshed(replace: Record<string, string>) {
      const { owner, stored } = await storeWith(3, 2);
      const record = await new IndexLedger(chain).record(stored.ids[side]);
      const block = await chain.provider.getBlockNumber();
      await owner.patient.gates.refresh(side, replace);
      const sets = {
        old: await registry.keySet(record.keySet, block),
        fresh: await registry.keySet(record.keySet),
      };
      expect([sets.old.generation + 1, sets.fresh.threshold]).to.deep.equal([sets.fresh.generation, 2]);
      const steal = (set: KeySet, gate: ServedGate) => stealShare(chain, record.keySet, set, gate);
      const opens = (shares: Share[]) =>
        openWith(shares, decodeIndex(record.index), record, stored.ids[side], sets.old.indexKey).then(
          () => true,
          (error: { code?: string }) => {
            expect(error.code).to.equal("seal-open-failed");
            return false;
          },
        );
      return { ...sets, steal, opens };
    }

    it("opens everything when the gates kept their keys: fresh shares alone heal nothing", async () => {
      const [first, second] = gates as [ServedGate, ServedGate];
      const { old, fresh, steal, opens } = await refreshed({});
      expect(fresh.gates).to.deep.equal(old.gates);
      // The first gate's key was stolen before, the second's after: the chain still shows what was sealed to it before.
      const before = await steal(old, first);
      expect(await opens([before])).to.equal(false);
      expect(await opens([before, await steal(old, second)])).to.equal(true);
      expect(await opens([await steal(fresh, first), await steal(fresh, second)])).to.equal(true);
    });

    it("opens nothing when every gate made itself new keys and erased the old", async () => {
      const { gates: successors, close: end } = await serveOwnGates(chain, 3);
      try {
        const present = gates.slice(0, 3);
        const replace = Object.fromEntries(
          present.map(({ address }, i) => [address, successors[i]!.address]),
        );
        const { old, fresh, steal, opens } = await refreshed(replace);
        expect(fresh.gates).to.deep.equal(successors.map(({ address }) => address));
        for (const [i, gate] of present.entries())
          for (const [j, successor] of successors.entries()) {
            const [before, after] = [await steal(old, gate), await steal(fresh, successor)];
            expect([before.index, after.index]).to.deep.equal([i + 1, j + 1]);
            expect(await opens([before])).to.equal(false);
            expect(await opens([after])).to.equal(false);
            if (i !== j) expect(await opens([before, after]), `${i} and ${j}`).to.equal(false);
          }
        // What was never erased is still worth all that it was.
        const kept = [await steal(old, present[0]!), await steal(old, present[1]!)];
        expect(await opens(kept), "t old keys that weren't erased").to.equal(true);
      } finally {
        await end();
      }
    });
  });
});
