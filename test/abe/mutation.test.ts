import { expect } from "chai";
import { decapsulate, encapsulate, keygen, MasterKey, SecretKey, setup } from "../../src/abe/index.ts";
import type { Ending } from "./endings.ts";
import { type Attack, prepareAttack } from "./hostile.ts";

const MUTANTS = 10_000;
/** Another seed is another set of mutants; the long run takes many more of them. */
const SEED = 4;

describe("abe: hostile input", () => {
  let attack: Attack;

  before(async () => {
    attack = await prepareAttack();
  });

  it(`refuses ${MUTANTS} mutants of capsules, keys and texts as promised, or reads them in one way`, async function () {
    this.timeout(180_000);
    const endings = new Map<string, Map<Ending, number>>();
    for (let index = 0; index < MUTANTS; index++) {
      const { target, ending } = await attack(SEED, index);
      const counts = endings.get(target) ?? new Map<Ending, number>();
      endings.set(target, counts.set(ending, (counts.get(ending) ?? 0) + 1));
    }
    // The mutants are such that every way to end is seen: a test that stops at the first byte would see fewer.
    const seen = (target: string, ending: Ending) => endings.get(target)?.get(ending) ?? 0;
    expect(seen("policy text", "policy-syntax")).to.be.greaterThan(1000);
    expect(seen("policy text", "policy-limit")).to.be.greaterThan(10);
    expect(seen("policy text", "read")).to.be.greaterThan(100);
    expect(seen("attribute text", "attribute-invalid")).to.be.greaterThan(100);
    expect(seen("attribute text", "read")).to.be.greaterThan(100);
    expect(seen("capsule", "abe-decapsulation-failed")).to.be.greaterThan(1000);
    expect(seen("capsule's policy", "abe-decapsulation-failed")).to.be.greaterThan(100);
    expect(seen("capsule's policy", "abe-not-satisfied")).to.be.greaterThan(5);
    for (const key of ["secret key", "public key", "master key"])
      expect(seen(key, "abe-key-invalid"), key).to.be.greaterThan(50);
  });

  it("keeps nothing of the bytes that it was given: Node's Buffer, overwritten by its owner, changes no key", async () => {
    const { publicKey, masterKey } = await setup();
    const mine = Buffer.from((await keygen(publicKey, masterKey, ["a:1"])).toBytes());
    const theirs = Buffer.from(masterKey.toBytes());
    const [secretKey, master] = [await SecretKey.fromBytes(mine), await MasterKey.fromBytes(theirs)];
    mine.fill(0);
    theirs.fill(0);
    secretKey.publicKeyHash.fill(0);
    const { capsule, key } = await encapsulate(publicKey, "a:1");
    expect(await decapsulate(publicKey, secretKey, Buffer.from(capsule))).to.deep.equal(key);
    const made = await keygen(publicKey, master, ["a:1"]);
    expect(await decapsulate(publicKey, made, capsule)).to.deep.equal(key);
  });
});
