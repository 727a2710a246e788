/** Makes a command's action: gives it its context, prints its result, and cleans up however it ends. */
import type { Command } from "commander";
import { Context } from "./context.ts";
import { exitStatus } from "./exitStatus.ts";
import { Output } from "./output.ts";
import { readSettings } from "./settings.ts";

/** What a command found out: `json` is stable (docs/cli.md), `text` is for people. */
export type Result = { json: unknown; text?: string | readonly string[] };

/** What a command does. `options` are its own, the global ones stand in `context.settings`. */
export type Act<Options, Args extends unknown[]> = (
  context: Context,
  options: Options,
  ...args: Args
) => Promise<Result> | Promise<void>;

/**
 * What Ctrl-C does. Unless said it aborts `context.signal`, closes what was deferred and ends the program with status 130.
 * "tells": it only aborts `context.signal`; the act ends in its own time, with status 0. "own": the act sees to it all.
 * A second Ctrl-C ends the program at once.
 */
export type Manner = { signals?: "tells" | "own" };

/** An action for commander's `.action(...)`. */
export function acting<Options, Args extends unknown[]>(
  act: Act<Options, Args>,
  manner: Manner = {},
): (...given: unknown[]) => Promise<void> {
  return async (...given) => {
    // Commander gives the arguments, then the options, then the command.
    const command = given.at(-1) as Command;
    const args = given.slice(0, -2) as Args;
    const settings = readSettings(command);
    const context = new Context(settings, new Output(settings));
    const running = run(context, () => act(context, given.at(-2) as Options, ...args));
    if (manner.signals === "own") return running;
    const tells = manner.signals === "tells";
    const stop = () => {
      if (context.signal.aborted) process.exit(exitStatus.interrupted);
      context.abort();
      if (tells) return;
      running.catch(() => undefined);
      void context.close().finally(() => process.exit(exitStatus.interrupted));
    };
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
    for (const signal of signals) process.on(signal, stop);
    try {
      await running;
    } catch (error) {
      // What fails because everything is being closed is no news; `stop` ends the process.
      if (context.signal.aborted && !tells)
        await new Promise<never>(() => setInterval(() => undefined, 1000));
      throw error;
    } finally {
      for (const signal of signals) process.removeListener(signal, stop);
    }
  };
}

async function run(context: Context, act: () => Promise<Result> | Promise<void>): Promise<void> {
  try {
    const result = await act();
    if (result === undefined) return;
    const lines = typeof result.text === "string" ? [result.text] : (result.text ?? []);
    for (const line of lines) context.output.line(line);
    await context.output.object(result.json);
  } finally {
    await context.close();
  }
}
