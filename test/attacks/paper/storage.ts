/**
 * The paper's cloud and chains, word for word: C_mi, C_Ki and d in the cloud under one url (5.1.3), indexes that a contract
 * opens with SK_pat (5.1.4, 5.2.2), requests of (ID, T) (5.2.1), and a cloud that serves whoever shows (url, Tag, d_Index).
 */
import { concat, randomBytes, utf8 } from "../../../src/core/bytes.ts";
import { Reader, Writer } from "../../../src/core/encoding.ts";
import { open, sealTo } from "../../../src/seal/index.ts";
import { type PublicKey as AbePublicKey, type WrappedKey, wrap } from "./abe.ts";
import { encrypt } from "./aes.ts";
import { type PublicKey, power, type SecretKey, sha256, toBytes, toNumber } from "./rsa.ts";
import { type Extraction, extract, type Full } from "./signature.ts";

/** One z-th of a record in the cloud: (C_m, C_K), and whether it is of the shared part. */
export type CloudObject = { content: Uint8Array; key: WrappedKey };
export type CloudRecord = { objects: CloudObject[]; d: Extraction };

/** (url, Tag, d_Index). */
export type Index = { url: string; tag: Uint8Array; signature: bigint };

/** Encrypts each part under a K_i of its own and wraps each K_i (5.1.3). Returns what P keeps: the K_i. */
export async function encryptRecord(
  full: Full,
  policies: readonly string[],
  abe: AbePublicKey,
): Promise<{ record: CloudRecord; keys: Uint8Array[] }> {
  const keys = full.contents.map(() => randomBytes(32));
  const objects: CloudObject[] = [];
  for (const [at, content] of full.contents.entries())
    objects.push({
      content: encrypt(keys[at]!, content),
      key: await wrap(abe, policies[at]!, keys[at]!),
    });
  return { record: { objects, d: extract(full, [2, 3, 4, 5, 6, 7]) }, keys };
}

/** Rights change (5.3.2): a new C_Ki of the same K_i. */
export async function rewrap(
  { objects, d }: CloudRecord,
  keys: readonly Uint8Array[],
  policies: readonly string[],
  abe: AbePublicKey,
): Promise<CloudRecord> {
  const changed: CloudObject[] = [];
  for (const [at, { content }] of objects.entries())
    changed.push({ content, key: await wrap(abe, policies[at]!, keys[at]!) });
  return { objects: changed, d };
}

export function signIndex(url: string, tag: Uint8Array, key: SecretKey): Index {
  return { url, tag, signature: power(toNumber(sha256(utf8(url), tag)), key.d, key.n) };
}

/** The cloud (5.2.2): Tag and d_Index must fit the url, and nothing else is asked. Nothing is ever taken away. */
export class Cloud {
  readonly records = new Map<string, CloudRecord>();
  private readonly doctor: PublicKey;

  constructor(doctor: PublicKey) {
    this.doctor = doctor;
  }

  put(record: CloudRecord): string {
    const url = `ipfs://${Buffer.from(randomBytes(16)).toString("hex")}`;
    this.records.set(url, record);
    return url;
  }

  fetch({ url, tag, signature }: Index): CloudRecord | undefined {
    const { n, e } = this.doctor;
    return power(signature, e, n) === toNumber(sha256(utf8(url), tag)) ? this.records.get(url) : undefined;
  }
}

/** Index_full or Index_share as it stands on a chain: encrypted to P. */
export async function sealIndex({ url, tag, signature }: Index, patient: Uint8Array): Promise<Uint8Array> {
  const plain = new Writer().text(url).fixed(tag).fixed(toBytes(signature, 256)).finish();
  return sealTo(patient, new Uint8Array(), plain);
}

export async function openIndex(sealed: Uint8Array, secret: Uint8Array): Promise<Index> {
  const reader = new Reader(await open(secret, new Uint8Array(), sealed), "index");
  const index = { url: reader.text(), tag: reader.fixed(32), signature: toNumber(reader.fixed(256)) };
  reader.end();
  return index;
}

/** Req_U = (ID, T), signed by U. */
export type Request = { id: string; time: number; requester: PublicKey; signature: bigint };

function requestBytes(id: string, time: number): Uint8Array {
  return sha256(concat(utf8(id), utf8(`|${time}`)));
}

export function makeRequest(id: string, time: number, key: SecretKey): Request {
  return {
    id,
    time,
    requester: { n: key.n, e: key.e },
    signature: power(toNumber(requestBytes(id, time)), key.d, key.n),
  };
}

/** A chain's contract (5.2.1, 5.2.2): holds SK_pat, checks who asks, decrypts the index and hands it to the sender. */
export class Contract {
  readonly secret: Uint8Array;
  readonly indexes = new Map<string, Uint8Array>();
  private readonly entitled = new Map<string, bigint[]>();

  constructor(secret: Uint8Array) {
    this.secret = secret;
  }

  /** Anyone stores an index with who may have it; the latest counts (5.1.5). */
  store(id: string, sealed: Uint8Array, entitled: readonly PublicKey[]): void {
    this.indexes.set(id, sealed);
    this.entitled.set(
      id,
      entitled.map((key) => key.n),
    );
  }

  /** Kind to the paper: T may be five minutes old at most. */
  async request({ id, time, requester, signature }: Request, now: number): Promise<Index | undefined> {
    const genuine =
      power(signature, requester.e, requester.n) === toNumber(requestBytes(id, time)) % requester.n;
    const entitled = this.entitled.get(id)?.includes(requester.n) === true;
    const sealed = this.indexes.get(id);
    if (!genuine || !entitled || Math.abs(now - time) > 300 || sealed === undefined) return undefined;
    return openIndex(sealed, this.secret);
  }
}
