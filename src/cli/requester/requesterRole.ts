/** A requester of this home: opened with its sealed keys, and what is kept beside them. */
import { BaseWallet, SigningKey } from "ethers";
import { hex, randomBytes, utf8, utf8Decode } from "../../core/bytes.ts";
import { DiptychError } from "../../core/errors.ts";
import type { Address, Chain, Side } from "../../ledger/chain.ts";
import type { Receipt } from "../../ledger/receipts.ts";
import type { Decided } from "../../ledger/request.ts";
import { type KeyStore, keep } from "../../roles/keyStore.ts";
import { Requester } from "../../roles/requester.ts";
import type { Context } from "../frame/context.ts";

/** Which requester of a home. */
export type RequesterChoice = { name?: string };

/** An application that was handed in; public values. */
export type Application = { id: string; attributes: string[]; time: number };

/** A request that was granted, numbered from 1; public values. Its answer key lies in the key store by itself. */
export type KeptRequest = {
  number: number;
  side: Side;
  chainId: number;
  ledger: Address;
  decided: Decided;
  /** From the gates that released it, each time it was opened. */
  receipts: Receipt[];
  /** When it was opened last, Unix seconds. */
  opened?: number;
};

/** A requester at work. */
export type OpenRequester = {
  requester: Requester;
  store: KeyStore;
  account: BaseWallet;
  chains: Record<Side, Chain>;
};

const applicationsName = "requester/applications";
const requestsName = "requester/requests";

/** Opens a requester, with keys made at the first time if `make` says so. @throws DiptychError `key-missing` */
export async function openRequester(
  context: Context,
  { name }: RequesterChoice,
  make = false,
): Promise<OpenRequester> {
  const [authority, gateway] = [await context.service("authority"), await context.service("gateway")];
  const store = await context.role("requester", name, { make });
  const account = await requesterAccount(store);
  const chains = await context.chains();
  const requester = await Requester.open({ keyStore: store, chains, account, authority, gateway });
  return { requester, store, account, chains };
}

/** The account that asks: one for both chains, made at the first time. */
export async function requesterAccount(store: KeyStore): Promise<BaseWallet> {
  return new BaseWallet(new SigningKey(hex(await keep(store, "requester/account", () => randomBytes(32)))));
}

/** What was applied for, oldest first. */
export function readApplications(store: KeyStore): Promise<Application[]> {
  return readList<Application>(store, applicationsName);
}

/** Notes an application. */
export async function keepApplication(store: KeyStore, application: Application): Promise<void> {
  await writeList(store, applicationsName, [...(await readApplications(store)), application]);
}

/** What was granted, oldest first. */
export function readRequests(store: KeyStore): Promise<KeptRequest[]> {
  return readList<KeptRequest>(store, requestsName);
}

/** Notes a granted request under the next number. */
export async function keepRequest(
  store: KeyStore,
  request: Omit<KeptRequest, "number" | "receipts">,
): Promise<KeptRequest> {
  const known = await readRequests(store);
  const kept = { ...request, number: (known.at(-1)?.number ?? 0) + 1, receipts: [] };
  await writeList(store, requestsName, [...known, kept]);
  return kept;
}

/** Notes that a request was opened, and what the gates signed about it. */
export async function noteOpened(
  store: KeyStore,
  number: number,
  receipts: readonly Receipt[],
): Promise<void> {
  const known = await readRequests(store);
  const changed = known.map((each) =>
    each.number === number
      ? { ...each, opened: Math.floor(Date.now() / 1000), receipts: merge(each.receipts, receipts) }
      : each,
  );
  await writeList(store, requestsName, changed);
}

/** A granted request by its number, or by how its id begins. @throws DiptychError `usage`, `application-unknown` */
export async function chooseRequest(store: KeyStore, text: string): Promise<KeptRequest> {
  const known = await readRequests(store);
  const found = /^\d{1,9}$/.test(text)
    ? known.filter(({ number }) => number === Number(text))
    : known.filter(({ decided }) => text.length >= 6 && decided.requestId.startsWith(text.toLowerCase()));
  if (found.length === 1) return found[0]!;
  throw new DiptychError(
    "application-unknown",
    `There is no granted request ${JSON.stringify(text.slice(0, 80))} here: \`diptych requester requests\` lists them.`,
  );
}

function merge(old: readonly Receipt[], more: readonly Receipt[]): Receipt[] {
  const all = new Map([...old, ...more].map((receipt) => [receipt.signature, receipt]));
  return [...all.values()];
}

async function readList<T>(store: KeyStore, name: string): Promise<T[]> {
  const kept = await store.get(name);
  return kept === undefined ? [] : (JSON.parse(utf8Decode(kept)) as T[]);
}

function writeList(store: KeyStore, name: string, list: readonly unknown[]): Promise<void> {
  return store.set(name, utf8(JSON.stringify(list)));
}
