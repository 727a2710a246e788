/** The gateway, seen from patients and requesters: CARs up and down, every block checked against its CID. */
import { utf8 } from "../core/bytes.ts";
import { parseCid } from "./blocks.ts";
import { readCar } from "./car.ts";
import { exchange, exchangeJson, type Transferring } from "./http.ts";

/** Hex, CIDs and numbers as they stand in the signed messages; signatures are 65 bytes in hex, of contracts up to 1024. */
export type Signed = {
  side: "storage" | "shared";
  gateway: string;
  cid: string;
  time: number;
  nonce: string;
  signature: string;
};

/** What an owner says of a root. */
export type RootOrder = Signed & { tag: string };

/** A root to be kept; `owners` are the accounts of all roots of the upload, in their order: each signs its own. */
export type UploadOrder = RootOrder & { owners: string[] };

/** A root that `owner`, who signs, wants kept alone of all under its tag. */
export type KeepOrder = RootOrder & { owner: string };

/**
 * An order of its own ciphertext by `owner`, who signs. Who got a ledger record from another adds what the index of its current version says:
 * the word of the owner before, whose upload it is.
 */
export type OwnerFetchOrder = Signed & {
  owner: string;
  index?: { ledgerRecordId: string; version: number; tag: string; signature: string };
};

/** A requester's order, with what the index said of the owner's word (d_Index). */
export type FetchOrder = Signed & {
  requestId: string;
  index: { version: number; tag: string; signature: string };
};

/** Blocks by CID, each checked against it. */
export type Blocks = Map<string, Uint8Array>;

const carType = "application/vnd.ipld.car";
/** The longest answer taken: 1 GiB. */
const answerLimit = 1 << 30;

export class GatewayClient {
  /** What orders are signed for. */
  readonly origin: string;

  constructor(url: string) {
    this.origin = url.replace(/\/$/, "");
  }

  async upload(car: Uint8Array, roots: readonly UploadOrder[], how: Transferring = {}): Promise<void> {
    await exchange({
      service: "the gateway",
      url: `${this.origin}/v1/uploads`,
      headers: { "content-type": carType, "diptych-roots": base64url(JSON.stringify(roots)) },
      body: car,
      timeout: 300_000,
      signal: how.signal,
      sent: how.progress,
    });
  }

  /**
   * All blocks under the order's root, exactly those; throws `block-mismatch`, `block-missing`, `block-unexpected` for a
   * gateway that lies.
   */
  fetch(order: FetchOrder, how: Transferring = {}): Promise<Blocks> {
    return this.download("fetches", order, how);
  }

  fetchOwn(order: OwnerFetchOrder, how: Transferring = {}): Promise<Blocks> {
    return this.download("own-fetches", order, how);
  }

  /** Has everything else that was uploaded under the order's tag forgotten. */
  async keepOnly(order: KeepOrder): Promise<void> {
    await exchangeJson({ service: "the gateway", url: `${this.origin}/v1/keeps`, body: order });
  }

  private async download(path: string, order: Signed, how: Transferring): Promise<Blocks> {
    const car = await exchange({
      service: "the gateway",
      url: `${this.origin}/v1/${path}`,
      headers: { "content-type": "application/json" },
      body: JSON.stringify(order),
      timeout: 300_000,
      limit: answerLimit,
      signal: how.signal,
      received: how.progress,
    });
    const { blocks } = await readCar(car, { roots: [parseCid(order.cid)] });
    const found: Blocks = new Map();
    for await (const { cid, bytes } of blocks) found.set(cid.toString(), bytes);
    return found;
  }
}

function base64url(text: string): string {
  return btoa(String.fromCharCode(...utf8(text)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
