/**
 * The long run of hostile input: a million mutants on all cores, `DIPTYCH_DEEP=N` for another number. A failure names its
 * seed and mutant: `DIPTYCH_DEEP_SEED=s DIPTYCH_DEEP_FROM=i DIPTYCH_DEEP=1` runs that one again.
 */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { expect } from "chai";
import { CACHE_BYTES } from "../../src/abe/group.ts";
import type { Memory, Message, Order } from "./mutantWorker.ts";

const MUTANTS = 1_000_000;
/** A mutant that takes longer hangs: the slowest, a policy of 512 rows, takes about a second. */
const DEADLINE_SECONDS = 120;
/** What one large operation may borrow beyond caches and scratch; memory of WebAssembly never shrinks. */
const BORROWED_BYTES = 16 << 20;
/** Growth of the heap that caches and the collector's moods explain. */
const HEAP_BYTES = 24 << 20;

function readNumber(name: string, otherwise: number): number {
  const text = process.env[name] ?? "";
  if (text === "") return otherwise;
  if (!/^[0-9]{1,10}$/.test(text)) throw new Error(`${name} has to be a number, not ${text}`);
  return Number(text);
}

interface Result {
  readonly endings: ReadonlyMap<string, number>;
  readonly memory: readonly Memory[];
}

/** Waits for one worker's end; fails when it fails, or when one mutant takes longer than the deadline. */
function run(worker: Worker, order: Order, report: (done: number) => void): Promise<Result> {
  const memory: Memory[] = [];
  return new Promise<Result>((resolve, reject) => {
    let last = -1;
    let waited = 0;
    const watchdog = setInterval(() => {
      const now = Atomics.load(order.atWork, 0);
      waited = now === last ? waited + 1 : 0;
      last = now;
      if (waited > DEADLINE_SECONDS) fail(new Error(`mutant ${now} of seed ${order.seed} hangs`));
    }, 1000);
    const fail = (error: Error) => {
      clearInterval(watchdog);
      reject(error);
    };
    worker.on("message", (message: Message) => {
      if (message.kind === "end") {
        clearInterval(watchdog);
        resolve({ endings: message.endings, memory });
      } else {
        memory.push(message.memory);
        report(message.done);
      }
    });
    worker.on("error", fail);
    worker.on("exit", (status) => fail(new Error(`a worker ended with status ${status}`)));
  });
}

describe("abe: hostile input, the long run", () => {
  it("takes no mutant, fails in no other way than promised, and neither hangs nor grows", async function () {
    this.timeout(0);
    const count = readNumber("DIPTYCH_DEEP", MUTANTS);
    const seed = readNumber("DIPTYCH_DEEP_SEED", Math.floor(Math.random() * 2 ** 31));
    const first = readNumber("DIPTYCH_DEEP_FROM", 0);
    const workers = Math.min(availableParallelism(), count);
    console.log(`      ${count} mutants from ${first} on, DIPTYCH_DEEP_SEED=${seed}, on ${workers} cores`);
    const done = new Array<number>(workers).fill(0);
    let tenths = 0;
    const start = performance.now();
    const started: Worker[] = [];
    const runs = done.map((_, worker) => {
      const atWork = new Int32Array(new SharedArrayBuffer(4));
      const order: Order = { seed, from: first + worker, step: workers, to: first + count, atWork };
      started.push(new Worker(new URL("./mutantWorker.ts", import.meta.url), { workerData: order }));
      return run(started.at(-1)!, order, (mine) => {
        done[worker] = mine;
        const all = done.reduce((sum, each) => sum + each);
        if (Math.floor((10 * all) / count) <= tenths) return;
        tenths = Math.floor((10 * all) / count);
        console.log(`      ${all} mutants, ${Math.round((performance.now() - start) / 1000)} s`);
      });
    });
    const results = await Promise.all(runs).finally(() =>
      Promise.all(started.map((worker) => worker.terminate())),
    );
    const endings = new Map<string, number>();
    for (const result of results)
      for (const [name, times] of result.endings) endings.set(name, (endings.get(name) ?? 0) + times);
    for (const [name, times] of [...endings].sort())
      console.log(`      ${String(times).padStart(9)}  ${name}`);
    for (const { memory } of results) {
      const [begin, end] = [memory[0]!, memory.at(-1)!];
      const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MB`;
      console.log(
        `      heap ${megabytes(begin.heap)} to ${megabytes(end.heap)}, wasm ${megabytes(begin.wasm)} to ${megabytes(end.wasm)}`,
      );
      expect(end.heap, "heap").to.be.lessThan(begin.heap + HEAP_BYTES);
      expect(Math.max(...memory.map(({ wasm }) => wasm)), "wasm").to.be.lessThan(
        begin.wasm + CACHE_BYTES + BORROWED_BYTES,
      );
    }
    expect([...endings.values()].reduce((sum, times) => sum + times)).to.equal(count);
  });
});
