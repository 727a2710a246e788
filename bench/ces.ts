/**
 * diptych/ces: what verifying nine parts costs over a bare RSA-PSS verification and the hashes that it can't do without,
 * and signing, extracting and verifying for records of several sizes and in each suite. Both sides of the ratio alternate
 * in one run; the figure is a ratio of medians of processor time.
 *
 *     node --conditions=diptych-source bench/ces.ts [--quick] [--out DIRECTORY]
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import {
  type Extraction,
  encodeExtraction,
  extract,
  generateSigningKey,
  type Header,
  hashContent,
  headerDigest,
  makeSalt,
  openSegments,
  outlineExtraction,
  type Part,
  proveRange,
  type SignatureSuite,
  sign,
  unrestricted,
  verify,
  verifyOutline,
} from "../src/ces/index.ts";
import { buffer, concat, equal, randomBytes, utf8 } from "../src/core/bytes.ts";
import { Writer } from "../src/core/encoding.ts";
import { sha256, transcript } from "../src/core/hash.ts";
import { type Row, round, writeReport } from "./report.ts";
import { type Duration, summarise, time } from "./timing.ts";

const TARGET_RATIO = 1.2;
const SUITES: readonly SignatureSuite[] = ["rsa-pss", "ed25519", "p256"];

const { values: options } = parseArgs({
  options: { quick: { type: "boolean", default: false }, out: { type: "string" } },
});
const runs = options.quick ? 7 : 41;
const sizes = options.quick ? [9, 1000] : [9, 1000, 65_535];
const rows: Row[] = [];

const fields: Omit<Header, "n"> = {
  schema: "bench",
  emrId: randomBytes(32),
  revision: 1,
  amends: new Uint8Array(32),
  pseudonym: randomBytes(32),
  issuer: "CN=Dr. Bench",
  time: 1_700_000_000,
  ceas: { ...unrestricted },
};

const makeParts = (n: number): Part[] =>
  Array.from({ length: n }, (_, at) => ({
    label: `part ${at + 1}`,
    salt: makeSalt(),
    content: utf8(`"What stands in part ${at + 1}, as long as a short finding is."`),
  }));

function note(operation: string, suite: SignatureSuite, n: number, duration: Duration, bytes: number): void {
  const { clockMs, processorMs } = duration;
  rows.push({ operation, suite, n, clockMs: round(clockMs), processorMs: round(processorMs), bytes });
}

/** Every input that verifying all parts of a record hashes, already put together, and what is signed in the end. */
function collectHashInputs({ header, parts }: Extraction): { inputs: Uint8Array[]; message: Uint8Array } {
  const inputs: Uint8Array[] = [];
  const hash = (domain: string, ...pieces: Uint8Array[]): Uint8Array => {
    const input = transcript(domain, ...pieces);
    inputs.push(input);
    return sha256(input);
  };
  const commitments = parts.map(({ position, label, salt, content }) => {
    const segment = hash("diptych/ces/segment/v1", content);
    const digest = hash("diptych/ces/content/v1", new Writer().u64(content.length).finish(), segment);
    const place = new Writer().u16(position).finish();
    return hash("diptych/ces/commitment/v1", fields.emrId, place, utf8(label), salt, digest);
  });
  const climb = (nodes: Uint8Array[]): Uint8Array => {
    if (nodes.length === 1) return nodes[0]!;
    const split = 2 ** Math.floor(Math.log2(nodes.length - 1));
    return hash("diptych/ces/node/v1", climb(nodes.slice(0, split)), climb(nodes.slice(split)));
  };
  const top = climb(commitments);
  const root = hash("diptych/ces/tree/v1", new Writer().u16(parts.length).finish(), top);
  const digest = hash("diptych/ces/header/v1", header);
  if (!equal(digest, headerDigest(header)))
    throw new Error("This bench hashes something else than ces does.");
  return { inputs, message: concat(Uint8Array.of(0), utf8("diptych/ces/v1"), digest, root) };
}

/** The two sides of the ratio, alternating. */
async function compareWithBare(): Promise<number> {
  const { publicKey, privateKey } = await generateSigningKey();
  const whole = await sign(fields, makeParts(9), privateKey);
  const { inputs, message } = collectHashInputs(whole);
  const pss = { name: "RSA-PSS", saltLength: 32 };
  const signature = buffer(whole.signature.subarray(1));
  const bare = async () => {
    for (const input of inputs) sha256(input);
    if (!(await crypto.subtle.verify(pss, publicKey, signature, buffer(message))))
      throw new Error("This bench verifies something else than ces does.");
  };
  const batch = 50;
  const repeat = (operate: () => Promise<unknown>) => async () => {
    for (let at = 0; at < batch; at++) await operate();
  };
  const sides = { bare: repeat(bare), ces: repeat(() => verify(whole, publicKey)) };
  for (let at = 0; at < 40; at++) for (const side of Object.values(sides)) await side();
  const taken: Record<keyof typeof sides, Duration[]> = { bare: [], ces: [] };
  for (let run = 0; run < runs; run++) {
    // Whoever comes second finds the other's garbage: take turns.
    const order = run % 2 === 0 ? (["bare", "ces"] as const) : (["ces", "bare"] as const);
    for (const side of order) taken[side].push(await time(sides[side]));
  }
  const perCall = (side: keyof typeof sides): Duration => {
    const { clockMs, processorMs } = summarise(taken[side]);
    return { clockMs: clockMs / batch, processorMs: processorMs / batch };
  };
  const size = encodeExtraction(whole).length;
  note("bare verify and hashes", "rsa-pss", 9, perCall("bare"), size);
  note("verify all parts", "rsa-pss", 9, perCall("ces"), size);
  return perCall("ces").processorMs / perCall("bare").processorMs;
}

/** Medians of an operation after warm-up; fewer runs for large records. */
async function measure<T>(n: number, operate: () => Promise<T>): Promise<{ result: T; duration: Duration }> {
  const count = n > 10_000 ? 3 : options.quick ? 5 : 21;
  const durations: Duration[] = [];
  let result = await operate();
  for (let run = 0; run < count; run++)
    durations.push(
      await time(async () => {
        result = await operate();
      }),
    );
  return { result, duration: summarise(durations) };
}

async function measureRecord(n: number, suite: SignatureSuite): Promise<void> {
  const { publicKey, privateKey } = await generateSigningKey(suite);
  const parts = makeParts(n);
  const signed = await measure(n, () => sign(fields, parts, privateKey));
  const whole = signed.result;
  note("sign", suite, n, signed.duration, encodeExtraction(whole).length);
  note("verify the whole record", suite, n, (await measure(n, () => verify(whole, publicKey))).duration, 0);
  const step = Math.max(1, Math.floor(n / 9));
  const nine = Array.from({ length: 9 }, (_, at) => at * step + 1);
  const extracted = await measure(n, () => extract(whole, nine));
  const size = encodeExtraction(extracted.result).length;
  note("extract nine parts", suite, n, extracted.duration, size);
  note(
    "verify nine parts",
    suite,
    n,
    (await measure(9, () => verify(extracted.result, publicKey))).duration,
    size,
  );
}

async function measureRange(): Promise<void> {
  const { publicKey, privateKey } = await generateSigningKey();
  const content = new Uint8Array(64 * 1024 * 1024);
  const whole = await sign(fields, [{ label: "scan", salt: makeSalt(), content }], privateKey);
  const { parts } = await verifyOutline(await outlineExtraction(whole), publicKey);
  const range = proveRange(await hashContent(content), 0, 64);
  const opened = await measure(20_000, async () => {
    let bytes = 0;
    for await (const segment of openSegments(parts[0]!, range, content)) bytes += segment.bytes.length;
    return bytes;
  });
  note("open 64 segments of 1 MiB", "rsa-pss", 1, opened.duration, opened.result);
}

const verify9OverBare = await compareWithBare();
for (const n of sizes) await measureRecord(n, "rsa-pss");
for (const suite of SUITES.slice(1)) await measureRecord(9, suite);
await measureRange();

await writeReport(
  {
    name: "ces",
    rows,
    figures: {
      verify9OverBare: { value: round(verify9OverBare), unit: "x", target: TARGET_RATIO, better: "lower" },
    },
  },
  options.out ?? fileURLToPath(new URL("results", import.meta.url)),
);
