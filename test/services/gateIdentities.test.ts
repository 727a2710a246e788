/** A gate that changes its keys: it serves with both seeds until the patients have dealt anew. */
import { expect } from "chai";
import { randomBytes, unhex } from "../../src/core/bytes.ts";
import {
  type Chain,
  checkReceipt,
  type Decided,
  IndexLedger,
  KeyRegistry,
  type KeySet,
} from "../../src/ledger/index.ts";
import { OwnerKeys } from "../../src/roles/ownerKeys.ts";
import { sealShare } from "../../src/seal/index.ts";
import { complaintIn } from "../../src/services/gateIdentity.ts";
import { serveGate } from "../../src/services/gateServer.ts";
import { Gate } from "../../src/services/index.ts";
import { expectCode } from "../expectCode.ts";
import { enrolPatient, issueAndPublish, mine, type Owner, theRequester, world } from "../world.ts";
import { askRelease, type OwnGate, orderOf, registerGate } from "./ownGates.ts";
import { stealShare } from "./servedGates.ts";

describe("services: a gate that changes its keys", () => {
  let chain: Chain;
  let others: string[];
  let now: OwnGate;
  let next: OwnGate;
  let gate: Gate;
  let owner: Owner;
  let decided: Decided;

  before(async () => {
    const { chains, gates } = await world();
    chain = chains.storage;
    others = gates.storage.slice(0, 2);
    now = await registerGate(chain);
    next = await registerGate(chain);
    owner = await enrolPatient({ gates: { storage: [now.address, ...others] } });
    const { ledgerRecordIds } = await issueAndPublish(owner.patient);
    ({ decided } = await (await theRequester("role:doctor")).request("storage", ledgerRecordIds.storage));
    await mine(chain);
    gate = await Gate.open(chain, now.seed, 1, { nextSeed: next.seed });
  });

  it("names both accounts, each with its key", async () => {
    const served = await serveGate(gate, { upkeep: false });
    try {
      const about = (await (await fetch(`${served.url}/v1/gate`)).json()) as {
        accounts: { address: string }[];
      };
      expect(about.accounts.map(({ address }) => address)).to.deep.equal([now.address, next.address]);
    } finally {
      await served.close();
    }
  });

  it("answers under the account that the patient dealt to, and warns while it is the old one", async () => {
    const release = await gate.release(orderOf(decided));
    expect(release).to.include({ gate: now.address, generation: 1 });
    expect(release.warnings).to.have.length(1);
    expect(release.warnings![0]).to.contain(next.address);
    const { version, receipt } = release;
    checkReceipt(chain, { requestId: decided.requestId, version, gate: now.address, ...receipt });
  });

  it("after the patient has dealt to the new account it answers under that, and so does the new seed alone", async () => {
    await owner.patient.gates.set("storage", { gates: [next.address, ...others], threshold: 2 });
    await mine(chain);
    const { keySet } = await new IndexLedger(chain).record(decided.ledgerRecordId);
    expect((await new KeyRegistry(chain).keySet(keySet)).gates[0]).to.equal(next.address);
    const release = await gate.release(orderOf(decided));
    expect(release).to.include({ gate: next.address, generation: 2 });
    expect(release).not.to.have.property("warnings");
    const alone = await Gate.open(chain, next.seed, 1);
    expect(await alone.release(orderOf(decided))).to.include({ gate: next.address, generation: 2 });
    const old = await Gate.open(chain, now.seed, 1);
    await expectCode("share-invalid", () => old.release(orderOf(decided)));
  });

  describe("and whose both accounts stand in one key set", () => {
    let registry: KeyRegistry;
    let keySet: string;

    /** Deals again to the same gates, with these sealed shares for the two accounts. */
    async function dealAgain(seal: (set: KeySet) => Promise<[Uint8Array, Uint8Array]>): Promise<void> {
      const set = await registry.keySet(keySet);
      const { keyStore } = owner;
      const account = (await OwnerKeys.derive((await keyStore.get("patient/seed"))!)).account(chain);
      const sealedShares = [...(await seal(set)), set.sealedShares[2]!];
      await registry.deal(account, { ...set, generation: set.generation + 1, sealedShares });
      await mine(chain);
    }

    before(async () => {
      registry = new KeyRegistry(chain);
      ({ keySet } = await new IndexLedger(chain).record(decided.ledgerRecordId));
      const gates = [now.address, next.address, others[0]!];
      await owner.patient.gates.set("storage", { gates, threshold: 2 });
      await mine(chain);
    });

    it("answers under the one that it is asked for, else under the old one", async () => {
      const served = await serveGate(gate, { upkeep: false });
      try {
        for (const [asked, address, place] of [
          [{}, now.address, 1],
          [{ gate: now.address }, now.address, 1],
          [{ gate: next.address }, next.address, 2],
          [{ gate: next.address.toLowerCase() }, next.address, 2],
        ] as const) {
          const { status, body } = await askRelease(served.url, { ...orderOf(decided), ...asked });
          expect([status, body.gate, body.place]).to.deep.equal([200, address, place]);
        }
        const foreign = await askRelease(served.url, { ...orderOf(decided), gate: others[0] });
        expect([foreign.status, foreign.body.code]).to.deep.equal([400, "share-invalid"]);
        const malformed = await askRelease(served.url, { ...orderOf(decided), gate: "0x12" });
        expect(malformed.status).to.equal(400);
      } finally {
        await served.close();
      }
    });

    it("answers under the new one when the old one's share is bad, unless the old one is asked for", async () => {
      await dealAgain(async (set) => {
        const { share } = await stealShare(chain, keySet, set, next);
        const sealed = await sealShare(share, {
          chainId: chain.chainId,
          contract: unhex(chain.keyRegistry),
          dealer: unhex(set.dealer),
          keySet: unhex(keySet),
          generation: set.generation + 1,
          gateKey: next.hpke.publicKey,
          index: 2,
          count: 3,
          commitments: set.commitments,
        });
        return [set.sealedShares[0]!, sealed];
      });
      expect(await gate.release(orderOf(decided))).to.include({ gate: next.address, place: 2 });
      const error = await expectCode("share-invalid", () => gate.release(orderOf(decided), now.address));
      expect(complaintIn(error)).to.include({ keySet, gate: now.address });
    });

    it("dealt the same bad bytes under both it complains under both", async () => {
      const bad = randomBytes(177);
      await dealAgain(async () => [bad, bad]);
      const { generation } = await registry.keySet(keySet);
      const error = await expectCode("share-invalid", () => gate.release(orderOf(decided)));
      expect(complaintIn(error)).to.include({ gate: now.address, generation });
      const complaints = gate.complaints.list(keySet, 0, 99).filter((each) => each.generation === generation);
      expect(complaints.map((each) => each.gate)).to.deep.equal([now.address, next.address]);
    });
  });

  it("wiped, it serves no more", async () => {
    const wiped = await Gate.open(chain, next.seed, 1);
    await owner.patient.gates.set("storage", { gates: [next.address, ...others], threshold: 2 });
    await mine(chain);
    await wiped.release(orderOf(decided));
    wiped.close();
    const error = await wiped.release(orderOf(decided)).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(Error);
  });
});
