/** One process of `diptych up`: started, watched, started again with growing pauses when it ends by itself. */
import { type ChildProcess, fork } from "node:child_process";
import { createWriteStream, type WriteStream } from "node:fs";
import { fileURLToPath } from "node:url";
import { DiptychError } from "../../core/errors.ts";
import { projectFolder } from "../frame/project.ts";
import type { Facts, FromProcess, Kind, Orders, ToProcess } from "./messages.ts";

export type ProcessState = "starting" | "running" | "waiting" | "ended";

export type ProcessOptions<K extends Kind> = {
  name: string;
  kind: K;
  orders: Orders[K];
  /** File that takes what the process prints. */
  log: string;
  /** Called when its state has changed. */
  changed: (process: Supervised) => void;
  /** It is not started again: with it goes what can't be had back. Called when it ended by itself. */
  lost?: () => void;
};

/** The first pause before a new start, in milliseconds; it doubles up to the longest. */
const firstPause = 500;
const longestPause = 30_000;
/** Who ran for so long begins with the first pause again, in milliseconds. */
const longRun = 60_000;
/** What is told to stop and doesn't, for so many milliseconds, is killed. */
const patience = 8000;

const script = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "./process.ts" : "./process.js", import.meta.url),
);
/** Secrets of ours that processes have no use for; URLs with which Hardhat would make no chain. */
const withheld = [
  "DIPTYCH_PASSPHRASE",
  "DIPTYCH_PASSPHRASE_FILE",
  "DIPTYCH_GATE_SEED_FILE",
  "DIPTYCH_RELAYER_SEED_FILE",
  "DIPTYCH_STORAGE_URL",
  "DIPTYCH_SHARED_URL",
  "DIPTYCH_STORAGE_KEY",
  "DIPTYCH_SHARED_KEY",
];

/** The environment for child processes. */
export function withoutSecrets(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !withheld.includes(name)));
}

export class Supervised<K extends Kind = Kind> {
  readonly name: string;
  readonly kind: K;
  state: ProcessState = "starting";
  restarts = 0;
  /** Why it ended the last time. */
  trouble = "";
  facts: Facts[K] | undefined;
  private readonly options: ProcessOptions<K>;
  private readonly log: WriteStream;
  private child: ChildProcess | undefined;
  private stopping = false;
  private pause = firstPause;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ProcessOptions<K>) {
    this.name = options.name;
    this.kind = options.kind;
    this.options = options;
    this.log = createWriteStream(options.log, { mode: 0o600 });
    // A log that can't be written must not stop what it is about.
    this.log.on("error", () => undefined);
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** The first start. @throws DiptychError `start-failed` with what the process said */
  start(): Promise<Facts[K]> {
    return new Promise((resolve, reject) => {
      this.spawn((outcome) => {
        if ("facts" in outcome) resolve(outcome.facts);
        else reject(new DiptychError("start-failed", `${this.name} could not start: ${outcome.why}`));
      });
    });
  }

  /** Ends it, gently first; resolves when it is gone. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.timer);
    const child = this.child;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const gone = new Promise<void>((resolve) => child.once("close", () => resolve()));
      const kill = setTimeout(() => child.kill("SIGKILL"), patience);
      if (child.connected) child.send({ stop: true } satisfies ToProcess, () => undefined);
      await gone;
      clearTimeout(kill);
    }
    this.set("ended");
    await new Promise<void>((resolve) => this.log.end(resolve));
  }

  private spawn(first?: (outcome: { facts: Facts[K] } | { why: string }) => void): void {
    const child = fork(script, [this.kind], {
      // Hardhat looks for its configuration there.
      cwd: projectFolder,
      env: withoutSecrets(),
      serialization: "advanced",
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    this.child = child;
    const started = Date.now();
    let why = "";
    for (const stream of [child.stdout!, child.stderr!])
      stream.on("data", (text: Buffer) => {
        this.log.write(text);
      });
    child.on("error", (error) => {
      why ||= error.message;
    });
    child.on("message", (message: FromProcess<K>) => {
      if ("failed" in message) why = message.failed.message;
      else {
        this.facts = message.ready;
        this.rememberPort(message.ready);
        this.set("running");
        first?.({ facts: message.ready });
        first = undefined;
      }
    });
    child.on("close", (status, signal) => {
      why ||= signal === null ? `it ended with status ${status}` : `it was ended by ${signal}`;
      this.trouble = why;
      if (first !== undefined) {
        this.set("ended");
        first({ why });
      } else if (!this.stopping) this.endedByItself(Date.now() - started);
    });
    child.send({ start: this.options.orders } satisfies ToProcess, () => undefined);
  }

  /** Where it was first, it is again: others know its URL by now. */
  private rememberPort(facts: Facts[Kind]): void {
    if ("url" in facts) (this.options.orders as { port: number }).port = Number(new URL(facts.url).port);
  }

  private endedByItself(ran: number): void {
    if (this.options.lost !== undefined) {
      this.set("ended");
      this.options.lost();
      return;
    }
    if (ran > longRun) this.pause = firstPause;
    this.set("waiting");
    this.timer = setTimeout(() => {
      this.restarts += 1;
      this.set("starting");
      this.spawn();
    }, this.pause);
    this.pause = Math.min(this.pause * 2, longestPause);
  }

  private set(state: ProcessState): void {
    if (this.state === state) return;
    this.state = state;
    this.options.changed(this as unknown as Supervised);
  }
}
