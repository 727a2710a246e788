/**
 * The verifier that belongs to oracle.ts: reads extractions, outlines and ranges byte for byte and checks them with
 * node:crypto, sharing nothing with src. Answers undefined for whatever doesn't hold. Knows no CEAS.
 */
import { constants, createHash, createPublicKey, verify } from "node:crypto";
import { segmentDigests } from "./oracle.ts";

const sha256 = (input: Buffer) => createHash("sha256").update(input).digest();
const size4 = (value: number) => Buffer.from(value.toString(16).padStart(8, "0"), "hex");
const digest = (domain: string, ...parts: Buffer[]) =>
  sha256(Buffer.concat([Buffer.from(domain), ...parts].flatMap((each) => [size4(each.length), each])));

/** A cursor over bytes; running past the end throws a RangeError. */
class Cursor {
  private at = 0;
  private readonly all: Buffer;
  constructor(all: Buffer) {
    this.all = all;
  }
  take(size: number): Buffer {
    if (this.at + size > this.all.length) throw new RangeError("too short");
    this.at += size;
    return this.all.subarray(this.at - size, this.at);
  }
  number(size: number): number {
    return Number(BigInt(`0x${this.take(size).toString("hex")}`));
  }
  framed(): Buffer {
    return this.take(this.number(4));
  }
  list<T>(read: () => T): T[] {
    return Array.from({ length: this.number(4) }, read);
  }
  end(): void {
    if (this.at !== this.all.length) throw new RangeError("too long");
  }
}

/** Root of a tree over leaves first..first+size-1, from some leaves and the proof, which it uses up from the left. */
function climb(
  domain: string,
  size: number,
  first: number,
  known: Map<number, Buffer>,
  proof: Buffer[],
): Buffer {
  if (![...known.keys()].some((each) => each >= first && each < first + size)) {
    const node = proof.shift();
    if (node === undefined) throw new RangeError("proof too short");
    return node;
  }
  if (size === 1) return known.get(first)!;
  const k = 2 ** Math.floor(Math.log2(size - 1));
  const left = climb(domain, k, first, known, proof);
  return digest(domain, left, climb(domain, size - k, first + k, known, proof));
}

interface Signed {
  header: Buffer;
  signature: Buffer;
  parts: { position: number; label: Buffer; salt: Buffer; length: number; segmentRoot: Buffer }[];
  proof: Buffer[];
}

const rootOfSegments = (segments: Buffer[]): Buffer =>
  climb("diptych/ces/segment-node/v1", segments.length, 0, new Map(segments.entries()), []);

function read(all: Buffer, kind: "extraction" | "outline"): Signed {
  const cursor = new Cursor(all);
  if (cursor.number(1) !== 1) throw new RangeError("version");
  const [header, signature] = [cursor.framed(), cursor.framed()];
  const parts = cursor.list(() => {
    const [position, label, salt] = [cursor.number(2), cursor.framed(), cursor.take(32)];
    if (kind === "outline")
      return { position, label, salt, length: cursor.number(8), segmentRoot: cursor.take(32) };
    const content = cursor.framed();
    return {
      position,
      label,
      salt,
      length: content.length,
      segmentRoot: rootOfSegments(segmentDigests(content)),
    };
  });
  const proof = cursor.list(() => cursor.take(32));
  cursor.end();
  return { header, signature, parts, proof };
}

function holds(spki: Buffer, message: Buffer, signature: Buffer): boolean {
  const key = createPublicKey({ key: spki, format: "der", type: "spki" });
  const body = signature.subarray(1);
  switch (`${signature[0]} ${key.asymmetricKeyType}`) {
    case "1 rsa": {
      const pss = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
      return body.length === 384 && verify("sha256", message, pss, body);
    }
    case "2 ed25519":
      return body.length === 64 && verify(null, message, key, body);
    case "3 ec": {
      const s = BigInt(`0x${body.subarray(32).toString("hex")}`);
      const half = 0x7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8n;
      return (
        body.length === 64 && s <= half && verify("sha256", message, { key, dsaEncoding: "ieee-p1363" }, body)
      );
    }
    default:
      return false;
  }
}

/** Positions, labels and lengths that hold, or undefined. */
export function readSigned(all: Buffer, spki: Buffer, kind: "extraction" | "outline") {
  try {
    const { header, signature, parts, proof } = read(all, kind);
    const cursor = new Cursor(header);
    cursor.take(1);
    cursor.framed();
    const emrId = cursor.take(32);
    cursor.take(4 + 32 + 32);
    cursor.framed();
    cursor.take(8);
    const n = cursor.number(2);
    const known = new Map<number, Buffer>();
    let last = 0;
    for (const { position, label, salt, length, segmentRoot } of parts) {
      if (position <= last || position > n) return undefined;
      last = position;
      const size = Buffer.concat([size4(Math.floor(length / 2 ** 32)), size4(length % 2 ** 32)]);
      const content = digest("diptych/ces/content/v1", size, segmentRoot);
      const place = Buffer.from([position >> 8, position & 255]);
      known.set(position, digest("diptych/ces/commitment/v1", emrId, place, label, salt, content));
    }
    const rest = [...proof];
    const top = climb("diptych/ces/node/v1", n, 1, known, rest);
    const root = digest("diptych/ces/tree/v1", Buffer.from([n >> 8, n & 255]), top);
    const domain = Buffer.concat([Buffer.from([0]), Buffer.from("diptych/ces/v1")]);
    const message = Buffer.concat([domain, digest("diptych/ces/header/v1", header), root]);
    const sound = parts.length > 0 && rest.length === 0 && holds(spki, message, signature);
    return sound ? { n, parts } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether `content` is what this range says of a part of `length` bytes under `segmentRoot`. */
export function rangeHolds(length: number, segmentRoot: Buffer, range: Buffer, content: Buffer): boolean {
  try {
    const cursor = new Cursor(range);
    if (cursor.number(1) !== 1) return false;
    const first = cursor.number(4);
    const segments = cursor.list(() => cursor.take(32));
    const proof = cursor.list(() => cursor.take(32));
    cursor.end();
    const total = Math.max(1, Math.ceil(length / 2 ** 20));
    const end = Math.min(length, (first + segments.length) * 2 ** 20);
    if (segments.length === 0 || first + segments.length > total || content.length !== end - first * 2 ** 20)
      return false;
    const known = new Map(segments.map((each, at) => [first + at, each]));
    const root = climb("diptych/ces/segment-node/v1", total, 0, known, proof);
    const own = segmentDigests(content);
    return (
      proof.length === 0 && root.equals(segmentRoot) && segments.every((each, at) => each.equals(own[at]!))
    );
  } catch {
    return false;
  }
}
