/** What gates are asked: everything but a live grant of this ledger, for this record, with this answer key, is refused by each. */
import { expect } from "chai";
import { ContractFactory } from "ethers";
import { exchangeJson } from "../../src/cloud/http.ts";
import { hex, randomBytes, unhex } from "../../src/core/bytes.ts";
import type { ErrorCode } from "../../src/core/errors.ts";
import type { Chain } from "../../src/ledger/chain.ts";
import { type Decided, IndexLedger, KeyRegistry, requestIdOf } from "../../src/ledger/index.ts";
import {
  combine,
  decodeIndex,
  encodeIndex,
  type GatePartial,
  generateKeyPair,
  hashEnc,
  openIndexWithPartials,
  openIndexWithPoint,
  openRelease,
  sealIndex,
} from "../../src/seal/index.ts";
import { expectCode } from "../expectCode.ts";
import { askRelease, orderOf } from "../services/ownGates.ts";
import { askAs, makeByHand, someIndex } from "./handMade.ts";
import { askGate } from "./oneGate.ts";
import { bindingOf } from "./places.ts";
import {
  makeOwner,
  makeRequester,
  nodeAccount,
  type Owner,
  type Stage,
  type Stored,
  stage,
  storeSample,
} from "./world.ts";

const side = "shared";

describe("attacks on gates: requests", () => {
  let here: Stage;
  let chain: Chain;
  let owner: Owner;
  let stored: Stored;
  let decided: Decided;

  before(async () => {
    here = await stage();
    chain = here.world.chains[side];
    owner = await makeOwner(here.world);
    stored = await storeSample(here, owner);
    decided = await ask();
    for (const gate of here.world.gates[side]) await askGate(chain, gate, decided);
  });

  const ask = async (): Promise<Decided> =>
    (await here.requesters.researcher.request(side, stored.ids[side])).decided;

  async function refusedByAll(
    codes: ErrorCode | ErrorCode[],
    request: Decided,
    change: Partial<Decided> = {},
    place = chain,
  ): Promise<void> {
    const registry = new KeyRegistry(place);
    for (const gate of here.world.gates[place.side]) {
      const { url } = await registry.gate(gate);
      const { body } = await askRelease(url, orderOf({ ...request, ...change }));
      expect(body.code, gate).to.be.oneOf([codes].flat());
    }
  }

  /** This gate's partial for the request, as its asker opens it. */
  async function partialOf(gate: string, request: Decided, enc: Uint8Array): Promise<GatePartial> {
    const { sealed, place } = await askGate(chain, gate, request);
    const secret = await here.requesters.researcher.responseKey(request.responseKey);
    const binding = { requestId: unhex(request.requestId), gate: unhex(gate), enc };
    return openRelease(secret, unhex(sealed), binding, place);
  }

  const recordNow = () => new IndexLedger(chain).record(stored.ids[side]);

  describe("without the grant that it takes", () => {
    it("no grant: refused, denied or never asked for", async () => {
      const denied = (await here.requesters.stranger.request(side, stored.ids[side])).decided;
      expect(denied.decision).to.equal("policy-not-satisfied");
      await refusedByAll("not-releasable", denied);
      await refusedByAll("not-releasable", decided, { nonce: hex(randomBytes(32)) });
    });

    it("a grant of another chain: refused on both", async () => {
      const { chains } = here.world;
      const { physician } = here.requesters;
      const full = (await physician.request("storage", stored.ids.storage)).decided;
      await askGate(chains.storage, here.world.gates.storage[0]!, full);
      await refusedByAll("not-releasable", full, {}, chains.shared);
      await refusedByAll("not-releasable", decided, {}, chains.storage);
      // Nor with the other chain's record id: a request is bound to its chain and contract.
      await refusedByAll("not-releasable", full, { ledgerRecordId: stored.ids[side] }, chains.shared);
    });

    it("a grant of another contract, for the very same record id, by a ledger that grants everything: refused", async () => {
      const { default: hre } = await import("hardhat");
      const { abi, bytecode } = await hre.artifacts.readArtifact("SharedLedger");
      const deployer = await nodeAccount(here.world, side, 9);
      const admin = await deployer.getAddress();
      const { attributeRegistry, keyRegistry } = chain;
      const factory = new ContractFactory(abi, bytecode, deployer);
      const deployed = await factory.deploy(attributeRegistry, keyRegistry, admin, 1, admin);
      await deployed.waitForDeployment();
      const other: Chain = { ...chain, ledger: await deployed.getAddress() };

      // The owner and her salt are the same, so the record id is; on the other ledger everybody may ask.
      const signer = here.mallory.keys.account(chain);
      const { publicKey } = here.mallory.keys.index(chain, signer.address);
      const salt = hex(randomBytes(32));
      const strict = await makeByHand(chain, signer, publicKey, "role:nobody", undefined, salt);
      const asker = await nodeAccount(here.world, side, 8);
      const lax = await makeByHand(
        other,
        signer,
        publicKey,
        `id:${(await asker.getAddress()).toLowerCase()}`,
        undefined,
        salt,
      );
      expect(lax.id).to.equal(strict.id);
      for (const record of [strict, lax])
        await record.publish(encodeIndex(await sealIndex(publicKey, someIndex(), record.bindingAt(1))), 1);
      const elsewhere = (await askAs(other, asker, lax.id)).decided;
      expect(elsewhere.decision).to.equal("granted");
      expect(requestIdOf(chain, elsewhere)).not.to.equal(elsewhere.requestId);
      await refusedByAll("not-releasable", elsewhere);
    });

    it("a grant of another ledger record: refused", async () => {
      const other = await storeSample(here, owner);
      await refusedByAll("not-releasable", decided, { ledgerRecordId: other.ids[side] });
    });

    it("a grant of another requester, asked for in one's own name: refused", async () => {
      await refusedByAll("not-releasable", decided, { requester: here.mallory.addresses[side] });
    });

    it("a grant of an ended epoch: refused, closed or open again", async () => {
      const other = await storeSample(here, owner);
      const { researcher } = here.requesters;
      const old = (await researcher.request(side, other.ids[side])).decided;
      await owner.patient.close(other.emrId, ["shared"]);
      await refusedByAll("grant-ended", old);
      await owner.patient.change(other.emrId, { reopen: ["shared"] });
      await refusedByAll("grant-ended", old);
      await refusedByAll("not-releasable", old, { epoch: 2 });
    });

    it("a grant that expired between grant and release: refused", async () => {
      const { researcher } = here.requesters;
      const { decided: brief } = await researcher.request(side, stored.ids[side], { seconds: 5 });
      const ended = async () => (await chain.provider.getBlock("latest"))!.timestamp > brief.expiry;
      while (!(await ended())) await new Promise((wake) => setTimeout(wake, 200));
      await refusedByAll("grant-ended", brief);
    });

    it("a grant that was revoked between grant and release, or whose holder was: refused", async () => {
      const grant = await ask();
      await owner.patient.revokeGrant(side, grant.requestId);
      await refusedByAll("grant-ended", grant);
      const leaving = await makeRequester(here.world, ["role:researcher"]);
      const theirs = (await leaving.request(side, stored.ids[side])).decided;
      await here.world.authority.revokeAttributes(leaving.address, ["role:researcher"]);
      await refusedByAll("grant-ended", theirs);
    });
  });

  describe("on the way between requester and gate", () => {
    it("a request that is replayed: answered, to the granted key alone, and with the receipt that the owner sees already", async () => {
      const record = await recordNow();
      const { enc } = decodeIndex(record.index);
      const eavesdropper = await generateKeyPair();
      const [gate] = here.world.gates[side] as [string];
      const { sealed, place } = await askGate(chain, gate, decided);
      const binding = { requestId: unhex(decided.requestId), gate: unhex(gate), enc };
      await expectCode("seal-open-failed", () =>
        openRelease(eavesdropper.privateKey, unhex(sealed), binding, place),
      );
      const { shared } = await owner.patient.gates.receipts(stored.emrId);
      const replays = shared.receipts.filter(
        (receipt) => receipt.gate === gate && receipt.requestId === decided.requestId,
      );
      expect(replays).to.have.length(1);
    });

    it("a response key that is swapped: refused, the grant is for another one", async () => {
      const thief = await generateKeyPair();
      await refusedByAll("not-releasable", decided, { responseKey: hex(thief.publicKey) });
    });

    it("an `enc` or a version that the requester names: refused by the schema, and never looked at", async () => {
      const record = await recordNow();
      const { url } = await new KeyRegistry(chain).gate(here.world.gates[side][0]!);
      const own = await generateKeyPair();
      for (const extra of [
        { enc: hex(own.publicKey) },
        { version: 1 },
        { index: hex(record.index) },
        { keySet: record.keySet },
      ]) {
        const body = { ...orderOf(decided), ...extra };
        const asking = () => exchangeJson({ service: "the gate", url: `${url}/v1/releases`, body });
        const error = await expectCode("service-refused", asking);
        expect(error.message).to.contain("additional properties");
      }
    });
  });

  describe("when things have moved on", () => {
    it("partials of two generations mixed: they open nothing, whatever generation they are given out for", async () => {
      const [first, second] = here.world.gates[side] as [string, string];
      const record = await recordNow();
      const index = decodeIndex(record.index);
      const before = [
        await partialOf(first, decided, index.enc),
        await partialOf(second, decided, index.enc),
      ];
      await owner.patient.gates.refresh(side);
      const set = await new KeyRegistry(chain).keySet(record.keySet);
      const after = await partialOf(second, decided, index.enc);
      const { commitments, generation } = set;
      expect([before[0]!.generation, after.generation, generation]).to.deep.equal([1n, 2n, 2]);
      const binding = bindingOf(chain, stored.ids[side], record);
      const context = { index, binding, commitments, generation, requestId: unhex(decided.requestId) };
      const mixed = [before[0]!, after];
      await expectCode("argument-invalid", () => combine(mixed));
      await expectCode("threshold-not-met", () => openIndexWithPartials(mixed, context));
      const passedOff = [{ ...before[0]!, generation: 2n }, after];
      const told = await expectCode("threshold-not-met", () => openIndexWithPartials(passedOff, context));
      expect((told.cause as { liars: number[] }).liars).to.deep.equal([before[0]!.index]);
      const point = await combine(passedOff);
      await expectCode("seal-open-failed", () => openIndexWithPoint(point, set.indexKey, index, binding));
      // Two of one generation do open it, the old one's too: that is why a refresh alone heals no theft.
      for (const pair of [before, [await partialOf(first, decided, index.enc), after]])
        expect((await openIndexWithPoint(await combine(pair), set.indexKey, index, binding)).url).to.match(
          /^ipfs:/,
        );
    });

    it("a version that is no longer current: never released again", async () => {
      const old = await recordNow();
      const oldIndex = decodeIndex(old.index);
      await owner.patient.change(stored.emrId, { shared: [2, 3, 4, 5, 6, 7, 8] });
      const now = await recordNow();
      expect([old.version, now.version, now.epoch]).to.deep.equal([1, 2, old.epoch]);
      const current = decodeIndex(now.index);
      const partials: GatePartial[] = [];
      for (const gate of here.world.gates[side]) {
        const answer = (await askGate(chain, gate, decided)) as unknown as {
          version: number;
          encHash: string;
        };
        expect(answer).to.include({ version: 2, encHash: hex(hashEnc(current.enc)) });
        partials.push(await partialOf(gate, decided, current.enc));
      }
      const { indexKey } = await new KeyRegistry(chain).keySet(now.keySet);
      const point = await combine(partials.slice(0, 2));
      await expectCode("seal-open-failed", () =>
        openIndexWithPoint(point, indexKey, oldIndex, bindingOf(chain, stored.ids[side], old)),
      );
      const opened = await openIndexWithPoint(
        point,
        indexKey,
        current,
        bindingOf(chain, stored.ids[side], now),
      );
      expect(opened.url).to.match(/^ipfs:/);
    });
  });
});
