/**
 * Where this browser keeps a person's keys: in IndexedDB, each sealed under one vault key, which is itself sealed under a passphrase
 * (age) or under what an authenticator answers (WebAuthn's PRF). Open, the vault key lives in the worker's memory and nowhere else.
 */
import { Decrypter, Encrypter } from "age-encryption";
import { DiptychError, type Journal, type KeyStore } from "diptych";
import { hex, randomBytes, utf8 } from "diptych/core";
import { type DBSchema, type IDBPDatabase, openDB } from "idb";

/** How a vault can be opened. */
export type Opener =
  | { kind: "passphrase"; passphrase: string }
  /** 32 bytes that only the person's authenticator can answer for this vault. */
  | { kind: "authenticator"; secret: Uint8Array; credentialId: Uint8Array };

export type VaultState = {
  state: "none" | "locked" | "open";
  /** The authenticator's credential that opens it, where there is one. */
  credentialId?: Uint8Array;
};

interface Stored extends DBSchema {
  /** `vault` tells one vault key from another. */
  openers: { key: string; value: { sealed: Uint8Array; vault: string; credentialId?: Uint8Array } };
  secrets: { key: string; value: { iv: Uint8Array; sealed: Uint8Array } };
}

type VaultKeys = { seal: CryptoKey; name: CryptoKey; vault: string };

/** log2 of scrypt's N (r = 8, p = 1): 128 MiB and about a second a guess in a browser. */
const workFactor = 17;
const bytesOf = (text: string) => utf8(text) as Uint8Array<ArrayBuffer>;

export class Vault {
  private readonly database: IDBPDatabase<Stored>;
  private keys: VaultKeys | undefined;

  private constructor(database: IDBPDatabase<Stored>) {
    this.database = database;
  }

  /** The vault of one world: keys for chains that are gone stay where they are and are never mixed with others. */
  static async at(world: string): Promise<Vault> {
    const database = await openDB<Stored>(`diptych/${world}`, 1, {
      upgrade: (fresh) => {
        fresh.createObjectStore("openers");
        fresh.createObjectStore("secrets");
      },
    });
    return new Vault(database);
  }

  async state(): Promise<VaultState> {
    const kinds = await this.database.getAllKeys("openers");
    const credentialId = (await this.database.get("openers", "authenticator"))?.credentialId;
    const state = this.keys !== undefined ? "open" : kinds.length === 0 ? "none" : "locked";
    return { state, ...(credentialId === undefined ? {} : { credentialId }) };
  }

  /** Makes a vault that `opener` opens, and opens it. Refused where there is one, or another window makes one meanwhile. */
  async create(opener: Opener): Promise<void> {
    const key = randomBytes(32);
    const keys = await deriveKeys(key);
    const value = await sealedFor(key, keys, opener);
    key.fill(0);
    const write = this.database.transaction("openers", "readwrite", { durability: "strict" });
    const isFirst = (await write.store.count()) === 0;
    if (isFirst) await write.store.put(value, opener.kind);
    await write.done;
    if (!isFirst) throw new DiptychError("argument-invalid", "This browser keeps keys already: unlock them.");
    this.keys = keys;
  }

  /** Another way to open the same vault, which must be open by `known` now. */
  async addOpener(known: Opener, added: Opener): Promise<void> {
    const key = await this.unseal(known);
    const value = await sealedFor(key, await deriveKeys(key), added);
    key.fill(0);
    await this.database.put("openers", value, added.kind);
  }

  /** @throws DiptychError `passphrase-wrong` */
  async open(opener: Opener): Promise<void> {
    const key = await this.unseal(opener);
    this.keys = await deriveKeys(key);
    key.fill(0);
  }

  lock(): void {
    this.keys = undefined;
  }

  /** Forgets all keys in this browser, and what is sealed under them, for good. */
  async forget(): Promise<void> {
    this.lock();
    const all = this.database.transaction(["openers", "secrets"], "readwrite");
    await Promise.all([all.objectStore("openers").clear(), all.objectStore("secrets").clear(), all.done]);
  }

  /** What is kept under names that start with `prefix`. @throws DiptychError `key-missing` while the vault is locked */
  store(prefix = ""): KeyStore & Journal {
    return {
      get: (name) => this.get(prefix + name),
      set: (name, secret) => this.set(prefix + name, secret),
      delete: (name) => this.delete(prefix + name),
    };
  }

  private async get(name: string): Promise<Uint8Array | undefined> {
    const { seal } = this.demandOpen();
    const kept = await this.database.get("secrets", await this.nameOf(name));
    if (kept === undefined) return undefined;
    const { iv, sealed } = kept;
    const algorithm = { name: "AES-GCM", iv: iv as BufferSource, additionalData: bytesOf(name) };
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, seal, sealed as BufferSource));
  }

  private async set(name: string, secret: Uint8Array): Promise<void> {
    const { seal, vault } = this.demandOpen();
    const iv = randomBytes(12);
    const algorithm = { name: "AES-GCM", iv: iv as BufferSource, additionalData: bytesOf(name) };
    const sealed = new Uint8Array(await crypto.subtle.encrypt(algorithm, seal, secret as BufferSource));
    const key = await this.nameOf(name);
    // Acts go on from what was noted: it has to be on disk before anything else happens.
    const write = this.database.transaction(["openers", "secrets"], "readwrite", { durability: "strict" });
    const [opener] = await write.objectStore("openers").getAll();
    const isHere = opener?.vault === vault;
    if (isHere) await write.objectStore("secrets").put({ iv, sealed }, key);
    await write.done;
    if (isHere) return;
    // Nothing would ever open what is sealed under this key.
    this.lock();
    throw new DiptychError(
      "key-missing",
      "These keys were removed from this browser in another window: unlock those that are here, or bring yours back from a back-up.",
    );
  }

  private async delete(name: string): Promise<void> {
    const key = await this.nameOf(name);
    const write = this.database.transaction("secrets", "readwrite", { durability: "strict" });
    await Promise.all([write.store.delete(key), write.done]);
  }

  /** Names tell nothing to whoever reads the browser's files. */
  private async nameOf(name: string): Promise<string> {
    const { name: key } = this.demandOpen();
    return hex(new Uint8Array(await crypto.subtle.sign("HMAC", key, bytesOf(name))));
  }

  private demandOpen(): VaultKeys {
    if (this.keys === undefined)
      throw new DiptychError("key-missing", "Your keys are locked: unlock them, then do this again.");
    return this.keys;
  }

  private async unseal(opener: Opener): Promise<Uint8Array> {
    const kept = await this.database.get("openers", opener.kind);
    if (kept === undefined)
      throw new DiptychError("key-missing", "This browser keeps no keys that can be opened this way.");
    try {
      return opener.kind === "passphrase"
        ? await openWithPassphrase(kept.sealed, opener.passphrase)
        : await openWithSecret(kept.sealed, opener.secret);
    } catch (cause) {
      throw new DiptychError("passphrase-wrong", "That doesn't open your keys: try again.", { cause });
    }
  }
}

async function sealedFor(key: Uint8Array, { vault }: VaultKeys, opener: Opener) {
  return opener.kind === "passphrase"
    ? { vault, sealed: await sealWithPassphrase(key, opener.passphrase) }
    : { vault, sealed: await sealWithSecret(key, opener.secret), credentialId: opener.credentialId };
}

async function deriveKeys(key: Uint8Array): Promise<VaultKeys> {
  const base = await crypto.subtle.importKey("raw", key as BufferSource, "HKDF", false, ["deriveKey"]);
  const hkdf = (info: string) => ({
    name: "HKDF",
    hash: "SHA-256",
    salt: new Uint8Array(),
    info: bytesOf(info),
  });
  const seal = { name: "AES-GCM", length: 256 };
  const hmac = { name: "HMAC", hash: "SHA-256", length: 256 };
  const name = await crypto.subtle.deriveKey(hkdf("diptych/vault/names/v1"), base, hmac, false, ["sign"]);
  return {
    seal: await crypto.subtle.deriveKey(hkdf("diptych/vault/secrets/v1"), base, seal, false, [
      "encrypt",
      "decrypt",
    ]),
    name,
    vault: hex(new Uint8Array(await crypto.subtle.sign("HMAC", name, new Uint8Array()))),
  };
}

/** Seals bytes under a passphrase with age: the standard tool opens them, too. */
export async function sealWithPassphrase(bytes: Uint8Array, passphrase: string): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  encrypter.setScryptWorkFactor(workFactor);
  return encrypter.encrypt(bytes);
}

export async function openWithPassphrase(sealed: Uint8Array, passphrase: string): Promise<Uint8Array> {
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  return decrypter.decrypt(sealed);
}

const wrap = "diptych/vault/authenticator/v1";

async function wrappingKey(secret: Uint8Array): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey("raw", secret as BufferSource, "HKDF", false, ["deriveKey"]);
  const hkdf = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: bytesOf(wrap) };
  return crypto.subtle.deriveKey(hkdf, base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

/** The first 12 bytes are the nonce. */
async function sealWithSecret(bytes: Uint8Array, secret: Uint8Array): Promise<Uint8Array> {
  const iv = randomBytes(12);
  const algorithm = { name: "AES-GCM", iv: iv as BufferSource, additionalData: bytesOf(wrap) };
  const sealed = await crypto.subtle.encrypt(algorithm, await wrappingKey(secret), bytes as BufferSource);
  const out = new Uint8Array(iv.length + sealed.byteLength);
  out.set(iv);
  out.set(new Uint8Array(sealed), iv.length);
  return out;
}

async function openWithSecret(sealed: Uint8Array, secret: Uint8Array): Promise<Uint8Array> {
  const iv = sealed.slice(0, 12);
  const algorithm = { name: "AES-GCM", iv: iv as BufferSource, additionalData: bytesOf(wrap) };
  const key = await wrappingKey(secret);
  return new Uint8Array(await crypto.subtle.decrypt(algorithm, key, sealed.slice(12) as BufferSource));
}
