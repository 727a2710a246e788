/**
 * What a worker runs: the entry of a Web Worker in pages and of a worker thread in Node, started by `workers.ts`. It
 * answers one message at a time.
 */

import { decapsulate, encapsulate } from "./kem.ts";
import { checkSecretKey, keygen, setup } from "./keygen.ts";
import { adopt, MasterKey, PublicKey, SecretKey } from "./keys.ts";
import {
  type AnswerMessage,
  KeptKeys,
  type KeyMessage,
  packFailure,
  type Task,
  type TaskMessage,
} from "./workerMessages.ts";

type Key = PublicKey | MasterKey | SecretKey;

/** What Node's port to the parent thread and a Web Worker's global scope have in common. */
interface Port {
  postMessage(message: AnswerMessage, transfer: ArrayBuffer[]): void;
  addEventListener(type: "message", listener: (event: { data: TaskMessage }) => void): void;
}

const threads =
  typeof process === "undefined" ? undefined : process.getBuiltinModule?.("node:worker_threads");
const port = (threads?.parentPort ?? globalThis) as unknown as Port;
const kept = new KeptKeys<Key>((key) => {
  if (!(key instanceof PublicKey)) key.wipe();
});

port.addEventListener("message", async ({ data }) => {
  try {
    const keys = data.keys.map(receive);
    const results = await perform(data.task, keys);
    port.postMessage(
      { results },
      results.map((bytes) => bytes.buffer as ArrayBuffer),
    );
  } catch (error) {
    port.postMessage({ failure: packFailure(error) }, []);
  }
});

function receive({ kind, number, bytes }: KeyMessage): Key {
  if (!bytes) return kept.use(number)!;
  return kept.add(number, adopt[kind](bytes));
}

/** Results stand alone in their buffers, since these are handed over. */
async function perform(task: Task, keys: readonly Key[]): Promise<Uint8Array[]> {
  const publicKey = keys[0] as PublicKey;
  const own = keys[1] as MasterKey & SecretKey;
  switch (task.name) {
    case "setup": {
      const made = await setup();
      const results = [made.publicKey.toBytes(), made.masterKey.toBytes()];
      made.masterKey.wipe();
      return results;
    }
    case "keygen": {
      const made = await keygen(publicKey, own, task.attributes);
      const results = [made.toBytes()];
      made.wipe();
      return results;
    }
    case "checkSecretKey":
      await checkSecretKey(publicKey, own);
      return [];
    case "encapsulate": {
      const { capsule, key } = await encapsulate(publicKey, task.policy, task.associatedData);
      return [capsule, key];
    }
    case "decapsulate":
      return [await decapsulate(publicKey, own, task.capsule, task.associatedData)];
    case "check":
      await check(task);
      return [];
  }
}

async function check({ kind, bytes }: Task & { name: "check" }): Promise<void> {
  try {
    if (kind === "publicKey") await PublicKey.fromBytes(bytes);
    else (await (kind === "masterKey" ? MasterKey : SecretKey).fromBytes(bytes)).wipe();
  } finally {
    bytes.fill(0);
  }
}
