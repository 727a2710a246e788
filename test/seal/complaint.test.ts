import { expect } from "chai";
import { concat, randomBytes, unhex } from "../../src/core/bytes.ts";
import { ORDER, parsePoint, pointBytes, randomScalar, scalarBytes } from "../../src/seal/curve.ts";
import {
  checkShare,
  deal,
  generateKeyPair,
  judgeShareComplaint,
  keySetId,
  makeShareComplaint,
  openShare,
  type ShareBinding,
  sealShare,
  sealTo,
  shareInfo,
} from "../../src/seal/index.ts";
import { prepareBase, prepareScalar } from "../../src/seal/multiply.ts";
import { openShareWithPoint, proveSealing, sealShareWithEphemeral } from "../../src/seal/sealedShare.ts";
import { proveOpening } from "../../src/seal/shareComplaint.ts";
import { expectCode } from "../expectCode.ts";
import vectors from "./vectors/seal.json" with { type: "json" };
import { makeWorld } from "./world.ts";

type World = Awaited<ReturnType<typeof makeWorld>>;

const pointIn = (evidence: Uint8Array) => evidence.slice(2, 67);
const messageOf = (sealed: Uint8Array) => ({ enc: sealed.slice(0, 65), ct: sealed.slice(65, 113) });
const sealAnything = (plaintext: Uint8Array, binding: ShareBinding) =>
  sealShareWithEphemeral(plaintext, binding, randomScalar(), randomBytes(32));

describe("seal: complaints about shares", () => {
  let world: World;
  let binding: ShareBinding;
  let privateKey: Uint8Array;
  let good: Uint8Array;
  /** What a dealer seals to gate 2 who deals it a share of another polynomial. */
  let bad: Uint8Array;

  before(async () => {
    world = await makeWorld(2, 3);
    binding = world.shareBinding(2);
    privateKey = world.gates[1]!.privateKey;
    good = await sealShare(world.dealing.shares[1]!, binding);
    bad = await sealAnything(scalarBytes(deal(world.indexKey.secret, 2, 3).shares[1]!), binding);
  });

  it("a bad share is refused and shown to be bad, whatever is wrong inside", async () => {
    const plaintexts = [
      scalarBytes(world.dealing.shares[0]!),
      new Uint8Array(32),
      new Uint8Array(Buffer.from(ORDER.toString(16), "hex")),
    ];
    const sealings = [bad, ...(await Promise.all(plaintexts.map((one) => sealAnything(one, binding))))];
    for (const sealed of sealings) {
      await expectCode("share-invalid", () => openShare(privateKey, sealed, binding));
      const evidence = await makeShareComplaint(privateKey, sealed, binding);
      expect(evidence).to.have.length(131);
      expect(await judgeShareComplaint(evidence, sealed, binding)).to.equal("share-bad");
    }
  });

  it("so is one that doesn't even decrypt", async () => {
    const ephemeral = randomScalar();
    const { publicKey: enc } = await prepareScalar(ephemeral);
    const ct = randomBytes(48);
    const proof = await proveSealing(ephemeral, { enc, ct }, binding, randomBytes(32));
    const sealed = concat(enc, ct, proof);
    await expectCode("seal-open-failed", () => openShare(privateKey, sealed, binding));
    const evidence = await makeShareComplaint(privateKey, sealed, binding);
    expect(await judgeShareComplaint(evidence, sealed, binding)).to.equal("share-bad");
  });

  it("where everybody sees the fault, a complaint tells no point", async () => {
    const flipped = good.slice();
    flipped[176]! ^= 1;
    const off = good.slice();
    off[64]! ^= 1;
    const otherIndexKey = { ...binding, keySet: randomBytes(32) };
    const noPoint = { ...binding, commitments: [binding.commitments[0]!, new Uint8Array(65)] };
    const tooMany = { ...binding, count: 1 };
    for (const [sealed, under] of [
      [flipped, binding],
      [off, binding],
      [good.slice(0, 113), binding],
      [good.slice(0, 0), binding],
      [concat(good, Uint8Array.of(0)), binding],
      [good, otherIndexKey],
      [good, noPoint],
      [good, tooMany],
    ] as const) {
      await expectCode("share-invalid", () => openShare(privateKey, sealed, under));
      const evidence = await makeShareComplaint(privateKey, sealed, under);
      expect(evidence).to.deep.equal(Uint8Array.of(1, 0));
      expect(await judgeShareComplaint(evidence, sealed, under)).to.equal("share-bad");
    }
  });

  it("a gate is kept from giving away a good share", async () => {
    await expectCode("argument-invalid", () => makeShareComplaint(privateKey, good, binding));
    const other = world.gates[0]!.privateKey;
    await expectCode("argument-invalid", () => makeShareComplaint(other, bad, binding));
  });

  it("a gate that complains about a good share is convicted, and its share is public", async () => {
    const evidence = await proveOpening(privateKey, good, binding, randomBytes(32));
    expect(await judgeShareComplaint(evidence, good, binding)).to.equal("share-good");
    const told = await openShareWithPoint(pointIn(evidence), messageOf(good), binding);
    expect(told).to.equal(world.dealing.shares[1]);
    checkShare(2, told, binding.commitments);
  });

  it("evidence holds for its own dealing, generation, gate and share only", async () => {
    const evidence = await makeShareComplaint(privateKey, bad, binding);
    const redealt = { ...binding, commitments: deal(world.indexKey.secret, 2, 3).commitments };
    const dealer = randomBytes(20);
    const hers = { ...binding, dealer, keySet: keySetId(dealer, world.indexKey.publicKey) };
    const elsewhere: ShareBinding[] = [
      { ...binding, chainId: 31339 },
      { ...binding, contract: randomBytes(20) },
      { ...binding, generation: 2 },
      { ...binding, index: 1 },
      { ...binding, count: 4 },
      { ...binding, gateKey: world.gates[0]!.publicKey },
      redealt,
      hers,
    ];
    for (const other of elsewhere) {
      // Sealed well or badly there: the evidence says nothing of either.
      const there = await sealAnything(scalarBytes(world.dealing.shares[1]!), other);
      expect(await judgeShareComplaint(evidence, there, other)).to.equal("evidence-invalid");
    }
    const again = await sealAnything(scalarBytes(5n), binding);
    expect(await judgeShareComplaint(evidence, again, binding)).to.equal("evidence-invalid");
    expect(await judgeShareComplaint(evidence, good, binding)).to.equal("evidence-invalid");
  });

  it("nobody but the gate can complain for it, and no point but the true one passes", async () => {
    // Gate 1 proves honestly, but for its own key; a stranger has no more than that either.
    const binding1 = world.shareBinding(1);
    const bad1 = await sealAnything(scalarBytes(7n), binding1);
    const ofGate1 = await makeShareComplaint(world.gates[0]!.privateKey, bad1, binding1);
    expect(await judgeShareComplaint(ofGate1, bad, binding)).to.equal("evidence-invalid");
    const stranger = await generateKeyPair();
    const asGate2 = { ...binding, gateKey: stranger.publicKey };
    const toStranger = await sealAnything(scalarBytes(7n), asGate2);
    const forged = await makeShareComplaint(stranger.privateKey, toStranger, asGate2);
    for (const sealed of [good, bad])
      expect(await judgeShareComplaint(forged, sealed, binding)).to.equal("evidence-invalid");
    const evidence = await proveOpening(privateKey, good, binding, randomBytes(32));
    const mirrored = pointBytes(parsePoint(pointIn(evidence))!.negate());
    for (const point of [mirrored, good.slice(0, 65), binding.gateKey, new Uint8Array(65)]) {
      const changed = concat(evidence.slice(0, 2), point, evidence.slice(67));
      expect(await judgeShareComplaint(changed, good, binding)).to.equal("evidence-invalid");
    }
  });

  describe("a dealer who copies a victim's sealed share into a bad dealing of her own", () => {
    let hers: ShareBinding;
    before(() => {
      const dealer = randomBytes(20);
      hers = { ...binding, dealer, keySet: keySetId(dealer, world.indexKey.publicKey) };
    });

    it("would have the victim's share told by the gate's complaint, were no proof asked for", async () => {
      // The gate opens what it got with its key, fails, and shows the point to all.
      const copied = messageOf(good);
      const key = await prepareScalar(BigInt(`0x${Buffer.from(privateKey).toString("hex")}`));
      const shown = await key.multiply(prepareBase(parsePoint(copied.enc)!));
      await expectCode("seal-open-failed", () => openShareWithPoint(shown, copied, hers));
      expect(await openShareWithPoint(shown, messageOf(good), binding)).to.equal(world.dealing.shares[1]);
    });

    it("gets no point: enc stands without a proof of hers, and everybody sees it", async () => {
      const own = await sealAnything(scalarBytes(9n), hers);
      const copies = [
        good,
        concat(good.slice(0, 65), own.slice(65)),
        concat(good.slice(0, 113), own.slice(113)),
        concat(good.slice(0, 65), await sealTo(binding.gateKey, shareInfo(hers), scalarBytes(9n))).slice(
          0,
          177,
        ),
      ];
      for (const copy of copies) {
        await expectCode("share-invalid", () => openShare(privateKey, copy, hers));
        expect(await makeShareComplaint(privateKey, copy, hers)).to.deep.equal(Uint8Array.of(1, 0));
        await expectCode("share-invalid", () => proveOpening(privateKey, copy, hers, randomBytes(32)));
      }
    });
  });

  for (const { what, sealed, evidence, verdict } of vectors.complaints)
    it(`vector: ${what}: ${verdict}`, async () => {
      const { chainId, contract, dealer, keySet, generation, gateIndex, shares, commitments } =
        vectors.dealing;
      const under: ShareBinding = {
        chainId,
        contract: unhex(contract),
        dealer: unhex(dealer),
        keySet: unhex(keySet),
        generation,
        gateKey: unhex(vectors.hpke.publicKey),
        index: gateIndex,
        count: shares.length,
        commitments: commitments.map(unhex),
      };
      expect(await judgeShareComplaint(unhex(evidence), unhex(sealed), under)).to.equal(verdict);
    });
});
