import { ed25519 } from "@noble/curves/ed25519.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { expect } from "chai";
import fc from "fast-check";
import { hex, randomBytes } from "../../src/core/bytes.ts";
import {
  deriveAccountKey,
  deriveEmrKey,
  deriveIdSecret,
  deriveOwnerIndexKey,
  deriveRecordKey,
  open,
  openKeyring,
  sealKeyring,
  sealTo,
} from "../../src/seal/index.ts";
import { expectCode } from "../expectCode.ts";

const makeLock = () => ({
  sigma: randomBytes(32),
  k: randomBytes(32),
  capsule: randomBytes(200),
  binding: { chainId: 1n, contract: randomBytes(20), ledgerRecordId: randomBytes(32), version: 2 },
});

describe("seal: the keyring's lock", () => {
  it("round trips, and shows its length in steps of 256 bytes only", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 1100 }), async (keyring) => {
        const lock = makeLock();
        const sealed = await sealKeyring(lock, keyring);
        expect((sealed.length - 17) % 256).to.equal(0);
        expect(sealed.length - 17 - keyring.length - 4).to.be.within(0, 255);
        expect(await openKeyring(lock, sealed)).to.deep.equal(keyring);
      }),
      { numRuns: 30 },
    );
  });

  it("F7: needs sigma and the ABE secret both, and its very own capsule and binding", async () => {
    const lock = makeLock();
    const sealed = await sealKeyring(lock, randomBytes(500));
    const { binding } = lock;
    const wrong = [
      { ...lock, sigma: randomBytes(32) },
      { ...lock, sigma: new Uint8Array(32) },
      { ...lock, k: randomBytes(32) },
      { ...lock, sigma: lock.k, k: lock.sigma },
      { ...lock, capsule: randomBytes(200) },
      { ...lock, binding: { ...binding, chainId: 2n } },
      { ...lock, binding: { ...binding, contract: randomBytes(20) } },
      { ...lock, binding: { ...binding, ledgerRecordId: randomBytes(32) } },
      { ...lock, binding: { ...binding, version: 3 } },
    ];
    for (const attempt of wrong) await expectCode("seal-open-failed", () => openKeyring(attempt, sealed));
    await expectCode("seal-open-failed", () => openKeyring(lock, sealed.slice(0, -1)));
    await expectCode("argument-invalid", () => openKeyring({ ...lock, sigma: new Uint8Array() }, sealed));
  });
});

describe("seal: the patient's keys", () => {
  const seed = randomBytes(32);

  it("come back from the seed, and no two are the same", async () => {
    const contract = randomBytes(20);
    const dealer = randomBytes(20);
    const all = async (from: Uint8Array) => [
      (await deriveRecordKey(from)).privateKey,
      deriveOwnerIndexKey(from, 1, contract, dealer).publicKey,
      deriveOwnerIndexKey(from, 2, contract, dealer).publicKey,
      deriveOwnerIndexKey(from, 1, contract, dealer, 1).publicKey,
      deriveOwnerIndexKey(from, 1, new Uint8Array(20), dealer).publicKey,
      deriveOwnerIndexKey(from, 1, contract, new Uint8Array(20)).publicKey,
      deriveEmrKey(from, Uint8Array.of(1)),
      deriveEmrKey(from, Uint8Array.of(2)),
      deriveIdSecret(from),
      deriveAccountKey(from, 1),
      deriveAccountKey(from, 2),
    ];
    const keys = (await all(seed)).map(hex);
    expect((await all(seed)).map(hex)).to.deep.equal(keys);
    const others = (await all(randomBytes(32))).map(hex);
    expect(new Set([...keys, ...others]).size).to.equal(2 * keys.length);
  });

  it("are keys of their schemes", async () => {
    const pair = await deriveRecordKey(seed);
    const sealed = await sealTo(pair.publicKey, new Uint8Array(), seed);
    expect(await open(pair.privateKey, new Uint8Array(), sealed)).to.deep.equal(seed);
    expect(secp256k1.utils.isValidSecretKey(deriveAccountKey(seed, 31338))).to.equal(true);
    const emrKey = deriveEmrKey(seed, Uint8Array.of(1));
    const signature = ed25519.sign(seed, emrKey);
    expect(ed25519.verify(signature, seed, ed25519.getPublicKey(emrKey))).to.equal(true);
  });

  it("need a seed of 32 bytes", async () => {
    await expectCode("argument-invalid", () => deriveIdSecret(seed.slice(1)));
    await expectCode("argument-invalid", () => deriveRecordKey(new Uint8Array()));
  });
});
