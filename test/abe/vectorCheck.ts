/** The vectors, held against one way to reach the library. Runs in pages too: needs nothing of Node's. */
import type * as abe from "../../src/abe/index.ts";
import { hex, unhex } from "../../src/core/bytes.ts";
import type { ErrorCode } from "../../src/core/errors.ts";

export interface Vectors {
  alpha: string;
  publicKey: string;
  publicKeyHash: string;
  masterKey: string;
  secretKeys: { name: string; attributes: string[]; r: string; secretKey: string }[];
  capsules: {
    policy: string;
    associatedData: string;
    m: string;
    capsule: string;
    key: string;
    opens: string[];
    refuses: string[];
  }[];
  mustFail: { what: string; capsule: string; secretKey: string; associatedData: string; code: ErrorCode }[];
  badKeys: { what: string; kind: "PublicKey" | "MasterKey" | "SecretKey"; bytes: string }[];
}

/** What the vectors need of a way in: the main thread's functions, or the workers'. */
export interface Face {
  readPublicKey(bytes: Uint8Array): Promise<abe.PublicKey>;
  readMasterKey(bytes: Uint8Array): Promise<abe.MasterKey>;
  readSecretKey(bytes: Uint8Array): Promise<abe.SecretKey>;
  keygen: typeof abe.keygen;
  checkSecretKey: typeof abe.checkSecretKey;
  encapsulate: typeof abe.encapsulate;
  decapsulate: typeof abe.decapsulate;
}

/** What doesn't come out as the vectors say; and how many things were looked at. */
export async function checkVectors(
  face: Face,
  vectors: Vectors,
): Promise<{ wrong: string[]; looks: number }> {
  const wrong: string[] = [];
  let looks = 0;
  const look = (holds: boolean, what: string) => {
    looks++;
    if (!holds) wrong.push(what);
  };
  const code = async (act: () => Promise<unknown>): Promise<unknown> => {
    try {
      await act();
      return "nothing";
    } catch (error) {
      return (error as { code?: unknown }).code ?? error;
    }
  };
  const publicKey = await face.readPublicKey(unhex(vectors.publicKey));
  const masterKey = await face.readMasterKey(unhex(vectors.masterKey));
  look(hex(publicKey.toBytes()) === vectors.publicKey, "public key's bytes");
  look(hex(publicKey.hash) === vectors.publicKeyHash, "public key's hash");
  look(hex(masterKey.toBytes()) === vectors.masterKey, "master key's bytes");

  const keys = new Map<string, abe.SecretKey>();
  const read = new Map<string, abe.SecretKey>();
  for (const { name, attributes, secretKey } of vectors.secretKeys) {
    const key = await face.readSecretKey(unhex(secretKey));
    keys.set(name, key);
    read.set(secretKey, key);
    look(hex(key.toBytes()) === secretKey, `${name}: bytes`);
    look([...key.attributes].sort().join() === [...attributes].sort().join(), `${name}: attributes`);
    look((await code(() => face.checkSecretKey(publicKey, key))) === "nothing", `${name}: check`);
  }
  for (const { policy, associatedData, capsule, key, opens, refuses } of vectors.capsules) {
    const context = unhex(associatedData);
    const open = (name: string, sealed: Uint8Array) =>
      face.decapsulate(publicKey, keys.get(name)!, sealed, context);
    for (const name of opens) look(hex(await open(name, unhex(capsule))) === key, `${name} opens ${policy}`);
    for (const name of refuses)
      look((await code(() => open(name, unhex(capsule)))) === "abe-not-satisfied", `${name}: ${policy}`);
    const fresh = await face.encapsulate(publicKey, policy, context);
    look(fresh.capsule.length === unhex(capsule).length, `size under ${policy}`);
    for (const name of opens.slice(0, 1))
      look(hex(await open(name, fresh.capsule)) === hex(fresh.key), `${name} opens another under ${policy}`);
  }
  for (const { what, capsule, secretKey, associatedData, code: expected } of vectors.mustFail) {
    const key = read.get(secretKey) ?? (await face.readSecretKey(unhex(secretKey)));
    const open = () => face.decapsulate(publicKey, key, unhex(capsule), unhex(associatedData));
    look((await code(open)) === expected, what);
  }
  for (const { what, kind, bytes } of vectors.badKeys) {
    const found = await code(() => face[`read${kind}`](unhex(bytes)));
    look(found === "abe-key-invalid", `${what}: ${String(found)}`);
  }
  return { wrong, looks };
}
