/** One core's part of the long run of `mutants.deep.ts`. */
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parentPort, workerData } from "node:worker_threads";
import { loadGroup } from "../../src/abe/group.ts";
import { prepareAttack } from "../abe/hostile.ts";

export interface Order {
  readonly seed: number;
  /** Mutants `from`, `from + step`, ..., below `to`. */
  readonly from: number;
  readonly step: number;
  readonly to: number;
  /** One number: the mutant at work. */
  readonly atWork: Int32Array<SharedArrayBuffer>;
}

/** In bytes, after a collection of garbage. */
export interface Memory {
  readonly heap: number;
  readonly wasm: number;
}

export type Message =
  | { readonly kind: "progress"; readonly done: number; readonly memory: Memory }
  | { readonly kind: "end"; readonly endings: ReadonlyMap<string, number> };

/** Mutants between two reports. */
const REPORT_EVERY = 2000;

const { seed, from, step, to, atWork } = workerData as Order;
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
const { wasmMemory } = ((await loadGroup()) as unknown as { mcl: { wasmMemory: WebAssembly.Memory } }).mcl;

function measure(): Memory {
  collect();
  return { heap: process.memoryUsage().heapUsed, wasm: wasmMemory.buffer.byteLength };
}

function send(message: Message): void {
  parentPort!.postMessage(message);
}

const attack = await prepareAttack();
const endings = new Map<string, number>();
let done = 0;
send({ kind: "progress", done, memory: measure() });
for (let index = from; index < to; index += step) {
  Atomics.store(atWork, 0, index);
  const { target, ending } = await attack(seed, index);
  const name = `${target}: ${ending}`;
  endings.set(name, (endings.get(name) ?? 0) + 1);
  if (++done % REPORT_EVERY !== 0) continue;
  send({ kind: "progress", done, memory: measure() });
  // Lets messages out.
  await setImmediate();
}
send({ kind: "progress", done, memory: measure() });
send({ kind: "end", endings });
