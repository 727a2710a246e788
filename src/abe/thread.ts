/** One worker, as Node or a page has it. */
import type { AnswerMessage, TaskMessage } from "./workerMessages.ts";

export interface Thread {
  /** Hands over the buffers that are listed. */
  post(message: TaskMessage, transfer: ArrayBuffer[]): void;
  /** In Node: whether the thread keeps the process alive. */
  hold(busy: boolean): void;
  /** Ends it, whatever it is doing. */
  stop(): Promise<void>;
}

export interface ThreadListener {
  answer(message: AnswerMessage): void;
  /** The thread is of no more use. Can be called more than once. */
  fail(cause: unknown): void;
}

const node = typeof process === "undefined" ? undefined : process.getBuiltinModule?.("node:worker_threads");

/** Starts worker.js where it lies beside this module, or the one at `url`. */
export function startThread(listener: ThreadListener, url: string | URL | undefined): Thread {
  return node ? startInNode(node.Worker, listener, url) : startInPage(listener, url);
}

/** How many threads can run at once here. */
export function countProcessors(): number {
  if (node) return process.getBuiltinModule("node:os").availableParallelism();
  return navigator.hardwareConcurrency || 4;
}

function startInNode(
  Worker: NonNullable<typeof node>["Worker"],
  listener: ThreadListener,
  url: string | URL | undefined,
): Thread {
  const here = import.meta.url;
  const beside = new URL(here.endsWith(".ts") ? "./worker.ts" : "./worker.js", here);
  const worker = new Worker(url === undefined ? beside : new URL(url, here), {
    name: "diptych-abe",
    // Flags of the program, such as --input-type, are not for this file.
    execArgv: [],
  });
  worker.on("message", (message: AnswerMessage) => listener.answer(message));
  worker.on("messageerror", (cause) => listener.fail(cause));
  worker.on("error", (cause) => listener.fail(cause));
  worker.on("exit", (code) => listener.fail(new Error(`the worker ended with exit code ${code}`)));
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    hold: (busy) => (busy ? worker.ref() : worker.unref()),
    stop: async () => {
      worker.removeAllListeners();
      // What it still reports while it ends is of no interest, but would be thrown with nobody listening.
      worker.on("error", () => undefined);
      await worker.terminate();
    },
  };
}

function startInPage(listener: ThreadListener, url: string | URL | undefined): Thread {
  // Bundlers look for this very form, and put worker.js where it points.
  const worker =
    url === undefined
      ? new Worker(new URL("./worker.js", import.meta.url), { type: "module", name: "diptych-abe" })
      : new Worker(url, { type: "module", name: "diptych-abe" });
  worker.onmessage = ({ data }: MessageEvent<AnswerMessage>) => listener.answer(data);
  worker.onmessageerror = (event) => listener.fail(event);
  worker.onerror = (event) => {
    event.preventDefault();
    listener.fail(new Error(event.message || "its script couldn't be loaded"));
  };
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    hold: () => undefined,
    stop: async () => {
      worker.onmessage = worker.onmessageerror = worker.onerror = null;
      worker.terminate();
    },
  };
}
