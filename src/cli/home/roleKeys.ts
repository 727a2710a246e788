/**
 * The secrets of one role, sealed with age (age-encryption.org/v1): the role's identity under a passphrase, each secret to that
 * identity. So the slow work that slows down guessing is done once a command, and the standard tool opens the files too.
 */
import { unlink } from "node:fs/promises";
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { equal, hex, utf8 } from "../../core/bytes.ts";
import { Reader, Writer } from "../../core/encoding.ts";
import { DiptychError, isDiptychError } from "../../core/errors.ts";
import { deriveKey, mac } from "../../core/hash.ts";
import type { KeyStore } from "../../roles/keyStore.ts";
import { isMissing, touching } from "./files.ts";
import type { Home } from "./home.ts";

/** log2 of scrypt's N (r = 8, p = 1): 128 MiB and about half a second a guess. */
const workFactor = 17;
const version = 1;

/** A role's name as its files bear it: letters, digits, dots and dashes, so that it can be typed and can't leave the folder. */
const roleName = /^[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?$/;

/** What opens a role's secrets, opened itself. Goes to processes of `diptych up` only, never to disk. */
export type RoleIdentity = { role: string; identity: string };

/** Demands that `role` can be the name of a role's files. @throws DiptychError `usage` */
export function demandRoleName(role: string): string {
  if (roleName.test(role)) return role;
  throw new DiptychError(
    "usage",
    `"${role}" can't be a name: take up to 64 small letters, digits, dots and dashes, such as anna or ward-3.`,
  );
}

/** Whether the home has keys of that role. */
export async function hasRole(home: Home, role: string): Promise<boolean> {
  return (await home.read("keys", `${demandRoleName(role)}.age`)) !== undefined;
}

/** Makes a role's identity and seals it under the passphrase. */
export async function makeIdentity(
  home: Home,
  role: string,
  passphrase: string,
  logN = workFactor,
): Promise<RoleIdentity> {
  demandRoleName(role);
  const identity = await generateX25519Identity();
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  encrypter.setScryptWorkFactor(logN);
  const sealed = await encrypter.encrypt(`# Diptych, keys of ${role}\n${identity}\n`);
  await home.folderOf("keys", role);
  await home.write(sealed, "keys", `${role}.age`);
  return { role, identity };
}

/**
 * Opens a role's identity.
 *
 * @throws DiptychError `key-missing` when there is none, `passphrase-wrong`
 */
export async function openIdentity(home: Home, role: string, passphrase: string): Promise<RoleIdentity> {
  const sealed = await home.read("keys", `${demandRoleName(role)}.age`);
  if (sealed === undefined)
    throw new DiptychError(
      "key-missing",
      `This home has no keys of ${role}: make them first, or look at \`--home\`.`,
    );
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  let text: string;
  try {
    text = await decrypter.decrypt(sealed, "text");
  } catch (cause) {
    throw new DiptychError(
      "passphrase-wrong",
      `The passphrase doesn't open ${home.path("keys", `${role}.age`)}: try again.`,
      { cause },
    );
  }
  const identity = text.split("\n").find((line) => line.startsWith("AGE-SECRET-KEY-"));
  if (identity === undefined) throw damaged(home.path("keys", `${role}.age`));
  return { role, identity };
}

/** The key store of a role whose identity is open. Its secrets lie in `keys/ROLE`, one file each. */
export async function openRoleKeys(home: Home, { role, identity }: RoleIdentity): Promise<KeyStore> {
  const recipient = await identityToRecipient(identity);
  const folder = await home.folderOf("keys", role);
  const own = deriveKey(utf8(identity), {}, "diptych/home/role/v1");
  /** File names tell nothing to whoever sees the folder. */
  const fileOf = (name: string) => [
    "keys",
    role,
    `${hex(mac(own, "diptych/home/secret-name/v1", utf8(name))).slice(2, 34)}.age`,
  ];
  const proofOf = (body: Uint8Array) => mac(own, "diptych/home/secret/v1", body);
  const bodyOf = (name: string, secret: Uint8Array) =>
    new Writer().u8(version).text(role).text(name).bytes(secret).finish();

  return {
    async get(name) {
      const sealed = await home.read(...fileOf(name));
      if (sealed === undefined) return undefined;
      try {
        return await openSecret(sealed, identity, (secret) => bodyOf(name, secret), proofOf);
      } catch (cause) {
        throw damaged(home.path(...fileOf(name)), cause);
      }
    },
    async set(name, secret) {
      const encrypter = new Encrypter();
      encrypter.addRecipient(recipient);
      const body = bodyOf(name, secret);
      await home.write(
        await encrypter.encrypt(new Writer().bytes(body).fixed(proofOf(body)).finish()),
        ...fileOf(name),
      );
    },
    async delete(name) {
      await touching(folder, () =>
        unlink(home.path(...fileOf(name))).catch((error) => {
          if (!isMissing(error)) throw error;
        }),
      );
    },
  };
}

/** Anybody can seal to a recipient: the proof shows that whoever wrote the secret held the identity, and meant this name. */
async function openSecret(
  sealed: Uint8Array,
  identity: string,
  bodyOf: (secret: Uint8Array) => Uint8Array,
  proofOf: (body: Uint8Array) => Uint8Array,
): Promise<Uint8Array> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const reader = new Reader(await decrypter.decrypt(sealed), "sealed secret");
  const body = reader.bytes();
  const proof = reader.fixed(32);
  reader.end();
  const inside = new Reader(body, "sealed secret").version(version);
  inside.text();
  inside.text();
  const secret = inside.bytes();
  inside.end();
  if (!equal(proof, proofOf(body)) || !equal(body, bodyOf(secret)))
    throw new Error("not this role's secret of that name");
  return secret;
}

function damaged(path: string, cause?: unknown): DiptychError {
  if (isDiptychError(cause, "home-unwritable")) return cause;
  return new DiptychError(
    "home-invalid",
    `${path} is damaged or was put there by somebody else: restore it from a copy.`,
    {
      cause,
    },
  );
}
