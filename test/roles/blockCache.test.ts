/** A patient's ciphertext kept near: what is there is neither fetched nor signed for again, and nothing of it is trusted. */
import { expect } from "chai";
import { hex } from "../../src/core/bytes.ts";
import type { BlockCache } from "../../src/roles/blockCache.ts";
import { memoryKeyStore } from "../../src/roles/keyStore.ts";
import { Patient } from "../../src/roles/patient.ts";
import { expectCode } from "../expectCode.ts";
import { enrolPatient, issue, rights, surroundings } from "../world.ts";

/** Nobody answers there. */
const nowhere = "http://127.0.0.1:1";

function memoryCache(): BlockCache & { blocks: Map<string, Uint8Array> } {
  const blocks = new Map<string, Uint8Array>();
  return {
    blocks,
    get: async (cid) => blocks.get(cid),
    put: async (found) => {
      for (const [cid, bytes] of found) blocks.set(cid, bytes);
    },
  };
}

describe("roles: a patient's block cache", function () {
  this.timeout(120_000);
  const cache = memoryCache();
  const keyStore = memoryKeyStore();
  let emrId: Uint8Array;

  const openWithoutGateway = async (given: BlockCache | undefined) =>
    Patient.open({
      ...(await surroundings()),
      confirmations: 0,
      keyStore,
      gateway: nowhere,
      ...(given === undefined ? {} : { cache: given }),
    });

  before(async () => {
    const { patient } = await enrolPatient({ keyStore, cache });
    emrId = await issue(patient);
    await patient.store(emrId, [2, 3, 4, 5, 6, 7], rights);
    // Another version of one side: untouched parts are in the cache from before.
    await patient.change(emrId, { shared: [2, 3, 4, 5, 6, 7, 8] });
  });

  it("gives everything back while the gateway is away", async () => {
    const patient = await openWithoutGateway(cache);
    const { restored, failed } = await patient.restore();
    expect(failed).to.deep.equal([]);
    expect(restored.map(hex)).to.deep.equal([hex(emrId)]);
    const whole = await patient.extract(emrId, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(whole.parts).to.have.length(9);
  });

  it("isn't needed, and what it lacks is asked of the gateway", async () => {
    for (const given of [undefined, memoryCache()]) {
      const { failed } = await (await openWithoutGateway(given)).restore();
      expect(failed.map(({ error }) => error.code)).to.deep.equal(["service-unreachable"]);
    }
    const fresh = memoryCache();
    const patient = await Patient.open({
      ...(await surroundings()),
      confirmations: 0,
      keyStore,
      cache: fresh,
    });
    expect((await patient.restore()).failed).to.deep.equal([]);
    expect(fresh.blocks.size).to.be.greaterThan(0);
  });

  it("isn't believed: a block that was changed counts as missing", async () => {
    const damaged = memoryCache();
    for (const [cid, bytes] of cache.blocks) damaged.blocks.set(cid, bytes.with(0, bytes[0]! ^ 1));
    const patient = await openWithoutGateway(damaged);
    const { restored, failed } = await patient.restore();
    expect(restored).to.deep.equal([]);
    expect(failed.map(({ error }) => error.code)).to.deep.equal(["service-unreachable"]);
    await expectCode("record-unknown", () => patient.show(emrId));
  });
});
