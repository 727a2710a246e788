/** What page.test.ts runs in the page; bundled for it. */
import * as abe from "../../src/abe/index.ts";
import { openWorkers } from "../../src/abe/workers.ts";
import { equal } from "../../src/core/bytes.ts";
import { checkVectors, type Face, type Vectors } from "./vectorCheck.ts";

const mainThread: Face = {
  ...abe,
  readPublicKey: (bytes) => abe.PublicKey.fromBytes(bytes),
  readMasterKey: (bytes) => abe.MasterKey.fromBytes(bytes),
  readSecretKey: (bytes) => abe.SecretKey.fromBytes(bytes),
};

const calls = {
  async checkVectors(where: "main thread" | "workers", vectors: Vectors) {
    if (where === "main thread") return checkVectors(mainThread, vectors);
    const workers = openWorkers({ count: 2 });
    try {
      return await checkVectors(workers, vectors);
    } finally {
      await workers.close();
    }
  },

  /** Durations of long tasks in milliseconds, while a worker works and while the main thread does. */
  async watchLongTasks(size: number) {
    const names = Array.from({ length: size }, (_, index) => `a:${index}`);
    const workers = openWorkers({ count: 1 });
    let seen: number[] = [];
    const observer = new PerformanceObserver((list) => {
      seen.push(...list.getEntries().map(({ duration }) => duration));
    });
    // What loading this page took is over by now.
    await pause(300);
    observer.observe({ type: "longtask" });
    const { publicKey, masterKey } = await workers.setup();
    const made = await workers.keygen(publicKey, masterKey, names);
    const secretKey = await workers.readSecretKey(made.toBytes());
    await workers.checkSecretKey(publicKey, secretKey);
    const { capsule, key } = await workers.encapsulate(publicKey, names.join(" and "));
    const opened = await workers.decapsulate(publicKey, secretKey, capsule);
    await pause(100);
    const longTasks = seen;
    seen = [];
    // Work of one task that no machine of today does in 50 ms. Entries come when the page has nothing else to do, which on a
    // busy machine can take long.
    const policy = Array.from({ length: 400 }, (_, index) => `b:${index}`).join(" and ");
    for (let attempt = 0; attempt < 60 && seen.length === 0; attempt++) {
      await abe.encapsulate(publicKey, policy);
      await pause(250);
    }
    observer.disconnect();
    await workers.close();
    return { opened: equal(opened, key), longTasks, longTasksOnMain: seen };
  },

  async failInWorkers(url: string): Promise<unknown[]> {
    const workers = openWorkers({ count: 1, url });
    const { publicKey, masterKey } = await abe.setup();
    const { capsule } = await abe.encapsulate(publicKey, "a:1");
    const secretKey = await abe.keygen(publicKey, masterKey, ["b:2"]);
    const codes = [];
    for (const act of [
      () => workers.encapsulate(publicKey, "a:1 and"),
      () => workers.decapsulate(publicKey, secretKey, capsule),
    ])
      codes.push(await act().then(String, (error: { code: string }) => error.code));
    await workers.close();
    return codes;
  },
};

export type PageCalls = typeof calls;

Object.assign(globalThis, { calls });

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
