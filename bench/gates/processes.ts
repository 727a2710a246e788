/** Programs of the benchmark in processes of their own, so that what each needs is told apart. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

/** A program that answers one question after the other. */
export type Program = {
  ask: <Answer>(question: object) => Promise<Answer>;
  stop: () => Promise<void>;
};

/** Ties a process to processors; Linux has it. */
const binder = "taskset";

/** Whether programs can be tied to a processor here. */
export function pinnable(): boolean {
  return spawnSync(binder, ["--version"]).status === 0;
}

/** Starts a program, tied to processor `pin` if one is given. */
export function startProgram(url: URL, pin?: number): Program {
  const file = fileURLToPath(url);
  const command = [process.execPath, "--expose-gc", "--conditions=diptych-source", file];
  const [name, ...args] = pin === undefined ? command : [binder, "-c", String(pin), ...command];
  const child: ChildProcess = spawn(name!, args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  let last: Promise<unknown> = Promise.resolve();
  const ask = async <Answer>(question: object): Promise<Answer> => {
    const mine = last.then(async () => {
      const waiting = new AbortController();
      const { signal } = waiting;
      const answered = once(child, "message", { signal });
      const ended = once(child, "exit", { signal }).then(() => {
        throw new Error(`${basename(file)} ended`);
      });
      child.send(question);
      const [answer] = (await Promise.race([answered, ended])) as [{ error?: string } & Answer];
      for (const promise of [answered, ended]) promise.catch(() => undefined);
      waiting.abort();
      if (answer.error !== undefined) throw new Error(`${basename(file)}: ${answer.error}`);
      return answer as Answer;
    });
    last = mine.catch(() => undefined);
    return mine;
  };
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.disconnect();
    await ended;
  };
  return { ask, stop };
}

/** Answers the questions of the program that started this one. */
export function answerWith(answer: (question: never) => Promise<object>): void {
  process.on("message", (question) => {
    answer(question as never).then(
      (given) => process.send!(given),
      (error: unknown) => process.send!({ error: error instanceof Error ? error.stack : String(error) }),
    );
  });
  // Whoever started it may be gone.
  process.on("disconnect", () => process.exit());
}
