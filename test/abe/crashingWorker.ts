/**
 * A worker that ends at once when it is asked for a certain policy, and otherwise does what workers do. Its exit code is the
 * number of tasks that it was given, this one included.
 */
import { parentPort } from "node:worker_threads";
import type { TaskMessage } from "../../src/abe/workerMessages.ts";

let tasks = 0;
parentPort!.on("message", ({ task }: TaskMessage) => {
  tasks++;
  if (task.name === "encapsulate" && task.policy === "crash:now") process.exit(tasks);
});
await import("../../src/abe/worker.ts");
