/** What an earlier run noted and can't be read any more keeps nobody from anything else. */
import { expect } from "chai";
import { equal, hex } from "../../src/core/bytes.ts";
import { DiptychError } from "../../src/core/errors.ts";
import type { Journal } from "../../src/roles/journal.ts";
import { type KeyStore, memoryKeyStore } from "../../src/roles/keyStore.ts";
import { Patient } from "../../src/roles/patient.ts";
import { enrolPatient, issue, surroundings } from "../world.ts";

const noteOf = (emrId: Uint8Array) => `patient/accepted/${hex(emrId).slice(2)}`;

describe("roles: notes that can't be read", () => {
  let keyStore: KeyStore;
  let ids: Uint8Array[];

  beforeEach(async () => {
    keyStore = memoryKeyStore();
    const { patient } = await enrolPatient({ keyStore });
    ids = [await issue(patient), await issue(patient), await issue(patient)];
  });

  /** A program that starts anew: the records that it has at hand, and what it was told of. */
  async function start(journal: Journal = keyStore) {
    const told: string[] = [];
    const notice = (sentence: string) => void told.push(sentence);
    const patient = await Patient.open({ ...(await surroundings()), keyStore, journal, notice });
    return { patient, told, list: patient.list().map((id) => hex(id)) };
  }

  it("an accepted record whose note is damaged is told of and stays noted; the others are at hand", async () => {
    const [first, damaged, last] = ids as [Uint8Array, Uint8Array, Uint8Array];
    const whole = (await keyStore.get(noteOf(damaged)))!;
    const broken = [
      whole.slice(0, 20),
      Uint8Array.of(9, ...whole.slice(1)),
      whole.map((byte, i) => (i === whole.length - 1 ? byte ^ 1 : byte)),
    ];
    for (const bytes of broken) {
      await keyStore.set(noteOf(damaged), bytes);
      const { patient, told, list } = await start();
      expect(list).to.have.members([hex(first), hex(last)]);
      expect(told).to.have.length(1);
      expect(told[0]).to.match(/accept it again/);
      expect(await patient.unfinished()).to.deep.equal([]);
      expect(equal((await keyStore.get(noteOf(damaged)))!, bytes)).to.equal(true);
    }
    // Read again another time: nothing was taken off the list meanwhile.
    await keyStore.set(noteOf(damaged), whole);
    const { told, list } = await start();
    expect([told, list.length]).to.deep.equal([[], 3]);
  });

  it("nor does a store that can't give a note take it away, or stop the start", async () => {
    const refusing: Journal = {
      get: (name) => {
        if (name === noteOf(ids[0]!)) throw new DiptychError("store-failed", "The disk is tired.");
        return keyStore.get(name);
      },
      set: (name, bytes) => keyStore.set(name, bytes),
      delete: (name) => keyStore.delete(name),
    };
    const { told, list } = await start(refusing);
    expect(list).to.have.members([hex(ids[1]!), hex(ids[2]!)]);
    expect(told).to.have.length(1);
    expect(told[0]).to.contain("The disk is tired.");
    expect((await start()).list).to.have.length(3);
  });

  it("an error of another kind ends the start: nobody knows what it means", async () => {
    const strange = new TypeError("of the program");
    const failing: Journal = {
      ...keyStore,
      get: (name) => (name === noteOf(ids[0]!) ? Promise.reject(strange) : keyStore.get(name)),
    };
    expect(await start(failing).catch((error: unknown) => error)).to.equal(strange);
  });
});
