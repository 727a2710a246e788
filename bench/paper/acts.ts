/** The two acts that everything is about: storing a record under a scheme, and sharing it with a reader. */
import type { TransactionReceipt } from "ethers";
import { Interface } from "ethers";
import { decapsulate } from "../../src/abe/index.ts";
import type { RevealedPart } from "../../src/ces/index.ts";
import { carBytes } from "../../src/cloud/car.ts";
import type { Blocks } from "../../src/cloud/gatewayClient.ts";
import { decodeManifest, manifestUrl, parseManifestUrl } from "../../src/cloud/manifest.ts";
import { hex, randomBytes, unhex } from "../../src/core/bytes.ts";
import { indexLedgerAbi } from "../../src/ledger/abi/indexLedger.ts";
import { encodeIndexWord } from "../../src/ledger/accountSignature.ts";
import { decidedFrom } from "../../src/ledger/history.ts";
import {
  type Decided,
  keySetIdOf,
  type Mined,
  publishCall,
  republishCall,
  sendAsOwner,
} from "../../src/ledger/index.ts";
import { fetchMessage, indexMessage, signMessage } from "../../src/ledger/typedData.ts";
import { compileProgram } from "../../src/policy/index.ts";
import { fresh, uploadOrder } from "../../src/roles/orders.ts";
import { encodeIndex, generateKeyPair, type IndexPlaintext, sealIndex } from "../../src/seal/index.ts";
import { releaseIndex } from "../../src/services/gateClient.ts";
import { batchOf } from "../baselines/batch.ts";
import type { Scheme, Sealed, SignedRecord, Step, View } from "../baselines/scheme.ts";
import { placementOf } from "../baselines/sealing.ts";
import { type Duration, time } from "../timing.ts";
import type { Bed, Reader } from "./bed.ts";

/** What an act took of the chains and the cloud. */
export type Cost = {
  transactions: number;
  gas: { storage: number; shared: number };
  indexBytes: number;
  uploads: number;
  uploadedBytes: number;
};

const ledgerFace = new Interface(indexLedgerAbi);
const lifetime = 3600;
/** Roots of one upload: their orders travel in a header, which takes no more than some ten. */
const mostRoots = 8;

export function gasOf(cost: Cost): number {
  return cost.gas.storage + cost.gas.shared;
}

function noCost(): Cost {
  return { transactions: 0, gas: { storage: 0, shared: 0 }, indexBytes: 0, uploads: 0, uploadedBytes: 0 };
}

/** Uploads views and puts their indexes on the chains, first those that a step closes. */
export async function put(
  bed: Bed,
  scheme: Scheme,
  { closes, views }: Pick<Step, "closes" | "views">,
  before?: Sealed,
) {
  const cost = noCost();
  const count = ({ gas }: Mined, view: View) => {
    cost.transactions++;
    cost.gas[view.chain.side] += Number(gas);
  };
  for (const view of closes) {
    const close = { method: "close", args: [view.ledgerRecordId], act: "close" };
    count(await sendAsOwner(view.chain, bed.patient.wallets[view.chain.side], close), view);
  }
  await upload(bed, scheme, views, cost);
  for (const view of views) {
    const call = await indexOf(bed, view);
    cost.indexBytes += call.index.length;
    const last = before?.views.find(({ name }) => name === view.name);
    const kept = last !== undefined && last.policy === view.policy;
    const act = kept ? republishCall(call) : publishCall(call);
    count(await sendAsOwner(view.chain, bed.patient.wallets[view.chain.side], act), view);
  }
  return cost;
}

async function upload(bed: Bed, scheme: Scheme, views: readonly View[], cost: Cost): Promise<void> {
  const bringing = views.filter(({ kinds }) => Object.values(kinds).some((bytes) => bytes > 0));
  // Two views of one manifest are one root.
  const atOnce = scheme.oneUpload ? mostRoots : 1;
  const groups: View[][] = [];
  for (let at = 0; at < bringing.length; at += atOnce) groups.push(bringing.slice(at, at + atOnce));
  for (const group of groups) {
    const withTwins = group.flatMap((view) =>
      views.filter(({ manifest }) => manifest.cid.equals(view.manifest.cid)),
    );
    const owners = withTwins.map(({ chain }) => bed.patient.wallets[chain.side].address);
    const orders = await Promise.all(
      withTwins.map(({ chain, manifest, tag }) => {
        const order = { gateway: bed.gateway.origin, cid: manifest.cid.toString(), tag, owners };
        return uploadOrder(bed.patient.wallets[chain.side], chain, order);
      }),
    );
    const blocks = [...group.map(({ manifest }) => manifest), ...group.flatMap((view) => view.blocks)];
    const car = await carBytes(
      withTwins.map(({ manifest }) => manifest.cid),
      blocks,
    );
    await bed.gateway.upload(car, orders);
    cost.uploads++;
    cost.uploadedBytes += car.length;
  }
}

/** The index of a view, sealed and signed as Diptych does it, whatever the scheme. */
export async function indexOf(bed: Bed, view: View) {
  const { chain, ledgerRecordId, version, epoch, manifest, tag, sigma, policy, name } = view;
  const wallet = bed.patient.wallets[chain.side];
  const { publicKey: indexKey } = bed.patient.indexKeys[chain.side];
  const word = { ledgerRecordId, version: BigInt(version), cid: manifest.cid.toString(), tag };
  const dIndex = encodeIndexWord(await signMessage(wallet, indexMessage, chain, word));
  const plaintext = { url: manifestUrl(manifest.cid), tag: unhex(tag), sigma, dIndex };
  const keySet = unhex(keySetIdOf(wallet.address, indexKey));
  const index = encodeIndex(await sealIndex(indexKey, plaintext, { ...placementOf(view), keySet }));
  const salt = bed.patient.keys.ledgerRecordSalt(chain, view.emrId, name);
  return { ledgerRecordId, version, epoch, indexKey, salt, program: compileProgram(policy), index, policy };
}

/** What each step of a share took. */
export const shareSteps = ["request", "release", "fetch", "decapsulate", "open"] as const;
export type ShareStep = (typeof shareSteps)[number];

export type Shared = {
  parts: RevealedPart[];
  steps: Record<ShareStep, Duration>;
  transactions: number;
  gas: number;
  decapsulations: number;
  fetchedBytes: number;
};

type Asked = { view: View; decided: Decided; secret: Uint8Array };

/** Has a reader ask for a side of a stored record and read it, step after step. */
export async function share(
  bed: Bed,
  scheme: Scheme,
  record: SignedRecord,
  sealed: Sealed,
  side: "shared" | "full" = "shared",
): Promise<Shared> {
  const views = sealed[side].map((name) => sealed.views.find((view) => view.name === name)!);
  const none = { clockMs: 0, processorMs: 0 };
  const steps = Object.fromEntries(shareSteps.map((step) => [step, none])) as Shared["steps"];
  const measure = async <T>(step: ShareStep, act: () => Promise<T>): Promise<T> => {
    let made: T | undefined;
    const took = await time(async () => {
      made = await act();
    });
    steps[step] = {
      clockMs: steps[step].clockMs + took.clockMs,
      processorMs: steps[step].processorMs + took.processorMs,
    };
    return made as T;
  };
  const { asked, transactions, gas } = await measure("request", () => ask(bed.reader, views, scheme.batched));
  const parts: RevealedPart[] = [];
  let decapsulations = 0;
  let fetchedBytes = 0;
  const positions = side === "full" ? record.whole.parts.map(({ position }) => position) : record.shared;
  for (const { view, decided, secret } of asked) {
    const { chain } = view;
    const released = await measure("release", () => releaseIndex(chain, decided, secret));
    const { plaintext } = released;
    const blocks = await measure("fetch", () => fetchView(bed, view, decided.requestId, plaintext));
    for (const bytes of blocks.values()) fetchedBytes += bytes.length;
    const reading = {
      manifest: decodeManifest(blocks.get(parseManifestUrl(plaintext.url).toString())!),
      blocks,
      sigma: plaintext.sigma,
      placement: placementOf({ ...view, version: released.record.version }),
      emrId: record.emrId,
      positions,
      trust: bed.trust,
      certificate: bed.maker.doctor.certificate,
      decapsulate: (capsule: Uint8Array, context: Uint8Array) => {
        decapsulations++;
        return measure("decapsulate", () =>
          decapsulate(bed.abePublicKey, bed.reader.secretKey, capsule, context),
        );
      },
    };
    const before = steps.decapsulate;
    parts.push(...(await measure("open", () => scheme.open(reading))));
    const inside = steps.decapsulate;
    steps.open = {
      clockMs: steps.open.clockMs - (inside.clockMs - before.clockMs),
      processorMs: steps.open.processorMs - (inside.processorMs - before.processorMs),
    };
  }
  return { parts, steps, transactions, gas, decapsulations, fetchedBytes };
}

/** The request for a view as the ledger takes it, and the answer key. */
export async function makeRequest(view: Pick<View, "ledgerRecordId">) {
  const pair = await generateKeyPair();
  const expiry = Math.floor(Date.now() / 1000) + lifetime;
  const args = [view.ledgerRecordId, hex(randomBytes(32)), 0, hex(pair.publicKey), expiry];
  return {
    data: ledgerFace.encodeFunctionData("request", args),
    secret: pair.privateKey,
    publicKey: pair.publicKey,
  };
}

async function ask(reader: Reader, views: readonly View[], batched: boolean) {
  const requests = await Promise.all(views.map(makeRequest));
  const receipts: TransactionReceipt[] = [];
  const send = async (chain: View["chain"], to: string, data: string) => {
    const sent = await reader.wallets[chain.side].sendTransaction({ to, data });
    receipts.push((await sent.wait())!);
  };
  if (batched) {
    const { chain } = views[0]!;
    const calls = requests.map(({ data }) => data);
    await send(chain, reader.wallets[chain.side].address, batchOf(chain.ledger, calls));
  } else for (const [at, { chain }] of views.entries()) await send(chain, chain.ledger, requests[at]!.data);
  const decisions = receipts.flatMap(({ logs, hash, blockNumber }) =>
    logs.flatMap((log) => {
      const parsed = ledgerFace.parseLog(log);
      return parsed?.name === "Decided" ? [decidedFrom(parsed.args.toObject(), hash, blockNumber)] : [];
    }),
  );
  const asked = decisions.map((decided, at): Asked => {
    if (decided.decision !== "granted") throw new Error(`The ledger said ${decided.decision}.`);
    return { view: views[at]!, decided, secret: requests[at]!.secret };
  });
  const gas = receipts.reduce((sum, { gasUsed }) => sum + Number(gasUsed), 0);
  return { asked, transactions: receipts.length, gas };
}

async function fetchView(bed: Bed, view: View, requestId: string, index: IndexPlaintext): Promise<Blocks> {
  const cid = parseManifestUrl(index.url).toString();
  const message = { gateway: bed.gateway.origin, requestId, cid, ...fresh() };
  const signature = await signMessage(bed.reader.wallets[view.chain.side], fetchMessage, view.chain, message);
  const word = { version: view.version, tag: hex(index.tag), signature: hex(index.dIndex) };
  return bed.gateway.fetch({ side: view.chain.side, ...message, signature, index: word });
}
