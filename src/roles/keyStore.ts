/** Where a role keeps its secrets. Implementations seal what they store; the roles never write keys anywhere else. */
export type KeyStore = {
  /** The secret of that name, or undefined. */
  get(name: string): Promise<Uint8Array | undefined>;
  /** Keeps a secret under a name, durably before it resolves; replaces what was there. */
  set(name: string, secret: Uint8Array): Promise<void>;
  /** Forgets a name; no error when there is nothing under it. */
  delete(name: string): Promise<void>;
};

/** A key store that forgets everything when the program ends: for trying out and for tests. */
export function memoryKeyStore(): KeyStore {
  const secrets = new Map<string, Uint8Array>();
  return {
    get: async (name) => secrets.get(name)?.slice(),
    set: async (name, secret) => {
      secrets.set(name, secret.slice());
    },
    delete: async (name) => {
      secrets.delete(name);
    },
  };
}

/** The secret of that name, made by `make` and kept at the first call. */
export async function keep(
  store: KeyStore,
  name: string,
  make: () => Promise<Uint8Array> | Uint8Array,
): Promise<Uint8Array> {
  const known = await store.get(name);
  if (known !== undefined) return known;
  const made = await make();
  await store.set(name, made);
  return made;
}
