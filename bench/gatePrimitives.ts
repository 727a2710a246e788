/**
 * What a gate and its client compute for one release, piece by piece, on one core: with indexes, requests and gates that
 * differ each time, so that nothing is in a cache that wouldn't be there. The products of the curve's library stand beside
 * for comparison. Each piece is the median of batches; processor time is that of all threads.
 *
 *     node --conditions=diptych-source bench/gatePrimitives.ts [--quick] [--out DIRECTORY]
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { randomBytes } from "../src/core/bytes.ts";
import { demandPoint, randomScalar } from "../src/seal/curve.ts";
import {
  checkIndexProof,
  checkPartial,
  combine,
  deal,
  deriveIndexKey,
  type GatePartial,
  generateKeyPair,
  keySetId,
  makePartial,
  openIndexWithPartials,
  openRelease,
  openShare,
  prepareShare,
  sealIndex,
  sealRelease,
  sealShare,
} from "../src/seal/index.ts";
import { prepareBase, prepareScalar } from "../src/seal/multiply.ts";
import { type Row, round, writeReport } from "./report.ts";
import { type Duration, summarise, time } from "./timing.ts";

const TARGET_GATE_MS = 3;
const TARGET_CLIENT_MS = 15;
const BATCH = 20;

const { values: options } = parseArgs({
  options: { quick: { type: "boolean", default: false }, out: { type: "string" } },
});
const batches = options.quick ? 5 : 41;
const rows: Row[] = [];

/** Time of one of `BATCH` calls, of the median batch; `operate` gets the number of the call. */
async function measure(what: string, operate: (at: number) => Promise<unknown> | unknown): Promise<Duration> {
  const batch = async () => {
    for (let at = 0; at < BATCH; at++) await operate(at);
  };
  for (let warm = 0; warm < 3; warm++) await batch();
  const durations: Duration[] = [];
  for (let run = 0; run < batches; run++) durations.push(await time(batch));
  const { clockMs, processorMs } = summarise(durations);
  const one = { clockMs: clockMs / BATCH, processorMs: processorMs / BATCH };
  const least = Math.min(...durations.map((duration) => duration.processorMs)) / BATCH;
  rows.push({
    what,
    clockMs: round(one.clockMs, 3),
    processorMs: round(one.processorMs, 3),
    leastMs: round(least, 3),
  });
  return one;
}

const indexKey = deriveIndexKey(randomBytes(32));
const dealer = randomBytes(20);
const keySet = keySetId(dealer, indexKey.publicKey);
const { shares, commitments } = deal(indexKey.secret, 2, 3);
const [chainId, contract] = [31338, randomBytes(20)];
const share = await prepareShare(shares[0]!);
const third = await prepareShare(shares[2]!);
const response = await generateKeyPair();

const plaintext = {
  url: "ipfs://bafy",
  tag: randomBytes(32),
  sigma: randomBytes(32),
  dIndex: randomBytes(65),
};

/** As many requests as a public base is remembered for and more, so that each call meets its `enc` for the first time. */
const requests = await Promise.all(
  Array.from({ length: 40 }, async () => {
    const binding = { chainId, contract, ledgerRecordId: randomBytes(32), version: 1, keySet };
    const index = await sealIndex(indexKey.publicKey, plaintext, binding);
    const requestId = randomBytes(32);
    const release = { requestId, gate: randomBytes(20), enc: index.enc };
    return { binding, index, requestId, partial: { requestId, keySet, generation: 1 }, release };
  }),
);
let turn = 0;
const next = () => requests[turn++ % requests.length]!;

const gate = await measure("gate: check index, make partial, seal release", async () => {
  const { index, binding, partial, release } = next();
  await checkIndexProof(index, binding);
  const made = await makePartial(1, share, index.enc, partial);
  await sealRelease(response.publicKey, made, release);
});
await measure("- check index proof", () => {
  const { index, binding } = next();
  return checkIndexProof(index, binding);
});
await measure("- make partial", () => {
  const { index, partial } = next();
  return makePartial(1, share, index.enc, partial);
});
const one = requests[0]!;
const partials = (await Promise.all([
  makePartial(1, share, one.index.enc, one.partial),
  makePartial(3, third, one.index.enc, one.partial),
])) as [GatePartial, GatePartial];
await measure("- seal release", () => sealRelease(response.publicKey, partials[0], one.release));

const sealed = await sealRelease(response.publicKey, partials[0], one.release);
const context = { ...one, commitments, generation: 1 };
const opening = await measure("client: open a release", () =>
  openRelease(response.privateKey, sealed, one.release, 1),
);
const combining = await measure("client: open the index with two of three partials", () =>
  openIndexWithPartials(partials, context),
);
await measure("- combine two partials, places 1 and 3", () => combine(partials));
await measure("client: check a partial, when something is wrong", () =>
  checkPartial(partials[0], one.index.enc, commitments, one.partial),
);

const pair = await generateKeyPair();
const place = { index: 1, count: 3, generation: 1, commitments, gateKey: pair.publicKey };
const shareBinding = { chainId, contract, dealer, keySet, ...place };
const sealedShare = await sealShare(shares[0]!, shareBinding);
await measure("gate: open a sealed share, once a dealing", () =>
  openShare(pair.privateKey, sealedShare, shareBinding),
);
await measure("patient: seal an index", () => sealIndex(indexKey.publicKey, plaintext, one.binding));

const scalar = randomScalar();
const prepared = await prepareScalar(scalar);
const enc = demandPoint(one.index.enc, "enc");
await measure("the platform's ECDH: a scalar made ready, with its public key", () => prepareScalar(scalar));
await measure("the platform's ECDH: a product with a new point", () => prepared.multiply(prepareBase(enc)));
await measure("curve's library: a product, constant time", () => enc.multiply(scalar).toAffine());
await measure("curve's library: a product, not constant time", () => enc.multiplyUnsafe(scalar).toAffine());

await writeReport(
  {
    name: "gatePrimitives",
    rows,
    figures: {
      gateCryptoMs: {
        value: round(gate.processorMs, 3),
        unit: "ms",
        target: TARGET_GATE_MS,
        better: "lower",
      },
      clientCryptoMs: {
        value: round(2 * opening.processorMs + combining.processorMs, 3),
        unit: "ms",
        target: TARGET_CLIENT_MS,
        better: "lower",
      },
    },
  },
  options.out ?? fileURLToPath(new URL("results", import.meta.url)),
);
