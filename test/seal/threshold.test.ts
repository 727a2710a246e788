import { expect } from "chai";
import { concat, hex, randomBytes } from "../../src/core/bytes.ts";
import type { DiptychError } from "../../src/core/errors.ts";
import { GENERATOR, modOrder, ORDER, parsePoint, pointBytes, scalarBytes } from "../../src/seal/curve.ts";
import {
  checkPartial,
  combine,
  deal,
  decodePartial,
  encodePartial,
  type GatePartial,
  generateKeyPair,
  makePartial,
  openIndexWithKey,
  openIndexWithPartials,
  openIndexWithPoint,
  openRelease,
  prepareShare,
  sealRelease,
} from "../../src/seal/index.ts";
import { expectCode } from "../expectCode.ts";
import { makeWorld } from "./world.ts";

type World = Awaited<ReturnType<typeof makeWorld>>;
const bindingOf = ({ requestId, keySet }: World) => ({ requestId, keySet, generation: 1n });
const all = (world: World, chosen: readonly number[]) => Promise.all(chosen.map(world.partial));
const check = (world: World, partial: GatePartial) =>
  checkPartial(partial, world.index.enc, world.dealing.commitments, bindingOf(world));

describe("seal: opening an index by t of n gates", () => {
  let world: World;
  before(async () => {
    world = await makeWorld(2, 3);
  });

  it("any two of three gates open it, in any order, to what the owner opens with the whole key", async () => {
    for (const chosen of [
      [1, 2],
      [3, 1],
      [2, 3],
    ]) {
      const opening = await openIndexWithPartials(await all(world, chosen), world.context);
      expect(opening).to.deep.equal({ plaintext: world.plaintext, liars: [] });
    }
    expect(await openIndexWithKey(world.indexKey, world.index, world.binding)).to.deep.equal(world.plaintext);
  });

  for (const [t, n] of [
    [1, 1],
    [2, 3],
    [5, 9],
    [11, 21],
    [16, 31],
  ] as const)
    it(`opens at ${t} of ${n}`, async () => {
      const wide = await makeWorld(t, n);
      const partials = await Promise.all(Array.from({ length: t }, (_, at) => wide.partial(n - at)));
      expect((await openIndexWithPartials(partials, wide.context)).plaintext).to.deep.equal(wide.plaintext);
    });

  it("every honest partial's proof holds, and two of one gate differ", async () => {
    for (const i of [1, 2, 3]) await check(world, await world.partial(i));
    const [one, again] = await all(world, [1, 1]);
    expect(hex(one!.proof)).to.not.equal(hex(again!.proof));
  });

  it("t - 1 gates in league with the cloud open nothing", async () => {
    const wide = await makeWorld(3, 5);
    const two = await all(wide, [1, 2]);
    await expectCode("threshold-not-met", () => openIndexWithPartials(two, wide.context));
    // Neither what they combine to, nor any one part, nor a guessed third helps.
    const guessed = { ...two[0]!, index: 3, point: pointBytes(GENERATOR.multiply(7n)) };
    const points = [await combine(two), two[0]!.point, two[1]!.point, await combine([...two, guessed])];
    for (const point of points)
      await expectCode("seal-open-failed", () =>
        openIndexWithPoint(point, wide.indexKey.publicKey, wide.index, wide.binding),
      );
  });

  it("a lying partial is named, and the index opens with the honest ones", async () => {
    const lie = { ...(await world.partial(1)), point: pointBytes(GENERATOR.multiply(99n)) };
    const opening = await openIndexWithPartials([lie, ...(await all(world, [2, 3]))], world.context);
    expect(opening).to.deep.equal({ plaintext: world.plaintext, liars: [1] });
  });

  it("with too few honest ones it names the liars, for programs too", async () => {
    const lie = { ...(await world.partial(3)), point: pointBytes(GENERATOR.multiply(99n)) };
    const honest = await world.partial(1);
    const error: DiptychError = await expectCode("threshold-not-met", () =>
      openIndexWithPartials([honest, lie], world.context),
    );
    expect(error.message).to.contain("wrong: 3");
    expect(error.cause).to.deep.equal({ valid: 1, threshold: 2, liars: [3] });
  });

  it("points that cancel out don't pass", async () => {
    const [one, two, three] = (await all(world, [1, 2, 3])) as [GatePartial, GatePartial, GatePartial];
    // 2 D_1 - D_2 is what the client computes for gates 1 and 2; gate 2, seeing D_1, answers 2 D_1.
    const cancelling = { ...two, point: pointBytes(parsePoint(one.point)!.double()) };
    await expectCode("proof-invalid", () => combine([one, cancelling]));
    const opening = await openIndexWithPartials([one, cancelling, three], world.context);
    expect(opening.liars).to.deep.equal([2]);
  });

  it("an index that honest gates can't open is the index's fault, not theirs", async () => {
    const ct = world.index.ct.slice();
    ct[0]! ^= 1;
    const context = { ...world.context, index: { ...world.index, ct } };
    const partials = await all(world, [1, 2, 3]);
    await expectCode("seal-open-failed", () => openIndexWithPartials(partials, context));
    const broken = { ...world.context, commitments: [world.dealing.commitments[0]!, new Uint8Array(65)] };
    await expectCode("share-invalid", () => openIndexWithPartials(partials.slice(1), broken));
  });

  it("one gate twice is no two gates", async () => {
    const twice = await all(world, [1, 1]);
    await expectCode("argument-invalid", () => openIndexWithPartials(twice, world.context));
    await expectCode("argument-invalid", () => combine(twice));
    await expectCode("argument-invalid", () => combine([]));
  });

  it("partials of two generations don't mix, though each is honest in its own", async () => {
    const next = deal(world.indexKey.secret, 2, 3);
    const binding = { ...bindingOf(world), generation: 2n };
    const old = await world.partial(1);
    const fresh = await makePartial(2, await prepareShare(next.shares[1]!), world.index.enc, binding);
    await checkPartial(fresh, world.index.enc, next.commitments, binding);
    await expectCode("argument-invalid", () => combine([old, fresh]));
    await expectCode("threshold-not-met", () => openIndexWithPartials([old, fresh], world.context));
    // Passed off as one generation, the sum is wrong.
    const point = await combine([old, { ...fresh, generation: 1n }]);
    await expectCode("seal-open-failed", () =>
      openIndexWithPoint(point, world.indexKey.publicKey, world.index, world.binding),
    );
    // And t - 1 old shares with t - 1 new ones are t - 1.
    const opening = openIndexWithPartials([old, { ...fresh, generation: 1n }], world.context);
    await expectCode("threshold-not-met", () => opening);
  });

  it("the same index key is shared out anew, with another threshold, over other gates", async () => {
    const context = { ...world.context, generation: 2n };
    for (const [t, n] of [
      [1, 1],
      [3, 5],
      [2, 2],
    ] as const) {
      const { commitments, shares } = deal(world.indexKey.secret, t, n);
      expect(commitments[0]).to.deep.equal(world.dealing.commitments[0]);
      const binding = { ...bindingOf(world), generation: 2n };
      const partials = await Promise.all(
        Array.from({ length: t }, async (_, at) =>
          makePartial(n - at, await prepareShare(shares[n - at - 1]!), world.index.enc, binding),
        ),
      );
      const opening = await openIndexWithPartials(partials, { ...context, commitments });
      expect(opening).to.deep.equal({ plaintext: world.plaintext, liars: [] });
      // A partial of the dealing before doesn't count here.
      const old = await world.partial(1);
      const mixed = [old, ...partials.slice(1)];
      await expectCode("threshold-not-met", () => openIndexWithPartials(mixed, { ...context, commitments }));
    }
  });

  it("a proof holds for its own request, key set, generation, gate, enc and share only", async () => {
    const partial = await world.partial(1);
    const { enc } = world.index;
    const commitments = world.dealing.commitments;
    const binding = bindingOf(world);
    const other = await makeWorld(2, 3);
    const two = await world.partial(2);
    const attempts = [
      () => checkPartial(partial, enc, commitments, { ...binding, requestId: randomBytes(32) }),
      () => checkPartial(partial, enc, commitments, { ...binding, keySet: randomBytes(32) }),
      () => checkPartial({ ...partial, generation: 2n }, enc, commitments, { ...binding, generation: 2n }),
      () => checkPartial(partial, enc, commitments, { ...binding, generation: 2n }),
      () => checkPartial({ ...partial, index: 2 }, enc, commitments, binding),
      () => checkPartial(partial, other.index.enc, commitments, binding),
      () => checkPartial(partial, enc, other.dealing.commitments, binding),
      () => checkPartial({ ...partial, point: two.point }, enc, commitments, binding),
    ];
    for (const attempt of attempts) await expectCode("proof-invalid", attempt);
  });

  it("refuses malleated proofs and points in other encodings", async () => {
    const partial = await world.partial(1);
    const challenge = partial.proof.slice(0, 32);
    const response = BigInt(hex(partial.proof.slice(32)));
    const big = (value: bigint) => new Uint8Array(Buffer.from(value.toString(16).padStart(64, "0"), "hex"));
    const proofs = [
      concat(challenge, scalarBytes(ORDER - response)),
      concat(challenge, scalarBytes(modOrder(response + 1n))),
      concat(challenge, new Uint8Array(32)),
      concat(challenge, big(ORDER)),
      partial.proof.slice(0, 63),
      concat(partial.proof, Uint8Array.of(0)),
      new Uint8Array(64),
    ];
    for (const proof of proofs) await expectCode("proof-invalid", () => check(world, { ...partial, proof }));
    const negated = pointBytes(parsePoint(partial.point)!.negate());
    const compressed = parsePoint(partial.point)!.toBytes(true);
    for (const point of [negated, compressed, Uint8Array.of(0), new Uint8Array(65)])
      await expectCode("proof-invalid", () => check(world, { ...partial, point }));
  });

  it("partials have one encoding", async () => {
    const bytes = encodePartial(await world.partial(2));
    expect(encodePartial(decodePartial(bytes))).to.deep.equal(bytes);
    await expectCode("encoding-invalid", () => decodePartial(bytes.slice(0, -1)));
    await expectCode("encoding-invalid", () => decodePartial(concat(bytes, Uint8Array.of(0))));
  });

  it("a release opens for its response key, request, gate and enc only", async () => {
    const response = await generateKeyPair();
    const binding = { requestId: world.requestId, gate: randomBytes(20), enc: world.index.enc };
    const partial = await world.partial(2);
    const sealed = await sealRelease(response.publicKey, partial, binding);
    expect(await openRelease(response.privateKey, sealed, binding, 2)).to.deep.equal(partial);
    const other = await makeWorld(1, 1);
    const attempts = [
      () => openRelease(response.privateKey, sealed, { ...binding, requestId: randomBytes(32) }, 2),
      () => openRelease(response.privateKey, sealed, { ...binding, gate: randomBytes(20) }, 2),
      () => openRelease(response.privateKey, sealed, { ...binding, enc: other.index.enc }, 2),
      () => openRelease(other.gates[0]!.privateKey, sealed, binding, 2),
      // The gate answers with the partial of another one.
      () => openRelease(response.privateKey, sealed, binding, 1),
    ];
    for (const attempt of attempts) await expectCode("seal-open-failed", attempt);
  });

  it("gates make no partial of what isn't a point, nor with a share that was wiped", async () => {
    const share = await prepareShare(5n);
    for (const enc of [new Uint8Array(65), Uint8Array.of(0), parsePoint(world.index.enc)!.toBytes(true)])
      await expectCode("argument-invalid", () => makePartial(1, share, enc, bindingOf(world)));
    await makePartial(1, share, world.index.enc, bindingOf(world));
    share.wipe();
    await expectCode("argument-invalid", () => makePartial(1, share, world.index.enc, bindingOf(world)));
  });
});
