/** The main job as a story: one record through sections 5.1, 5.2 and 5.3 of the paper, on chains and services of its own. */
import { DiptychError } from "../../core/errors.ts";
import type { SplitRecord } from "../../record/index.ts";
import { ReportedFailure } from "../frame/failure.ts";
import { readRecord } from "../frame/recordFile.ts";
import { fromCaller } from "../frame/settings.ts";
import { startWorld, type World } from "../world.ts";
import { assembleCast } from "./cast.ts";
import { manage } from "./managing.ts";
import { bytesInWords, Narrator } from "./narrator.ts";
import { prepareOutput, writeOutputs } from "./outputs.ts";
import { reportOf } from "./report.ts";
import { share } from "./sharing.ts";
import { storeRecord } from "./storing.ts";

export type DemoOptions = { record?: string; sides?: string; json?: boolean; out?: string };

export async function demo(options: DemoOptions): Promise<void> {
  const narrator = new Narrator(options.json === true ? process.stderr : process.stdout);
  try {
    const { split, file } = await readRecord(options.record, options.sides);
    const out = options.out === undefined ? undefined : fromCaller(options.out);
    if (out !== undefined) await prepareOutput(out);
    const report = await play(split, file, narrator, out);
    if (options.json === true) await print(report);
  } catch (error) {
    if (options.json === true && error instanceof Error) {
      const code = error instanceof DiptychError ? error.code : "internal";
      await print({ ok: false, error: { code, message: error.message } });
      throw new ReportedFailure(error);
    }
    throw error;
  }
}

async function play(split: SplitRecord, file: Uint8Array, narrator: Narrator, out: string | undefined) {
  const stopping = new AbortController();
  let starting: Promise<World> | undefined;
  const close = async () => (await starting?.catch(() => undefined))?.close();
  const stop = () => {
    narrator.line("\nstopping ...");
    stopping.abort();
    void close().finally(() => process.exit(130));
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop);
  const sides = (side: string) => split.parts.filter((part) => part.side === side).map((part) => part.label);
  narrator.title(
    "Diptych: one record, two chains",
    `${split.schema}, ${bytesInWords(file.length)}, ${split.parts.length} parts. Everything below is real: keys, pairings, blocks, transactions.`,
  );
  narrator.line(`private  ${sides("private").join(", ")}`);
  narrator.line(`shared   ${sides("shared").join(", ")}`);
  for (const warning of split.warnings) narrator.warn(warning);
  narrator.line();

  try {
    starting = startWorld({
      progress: (sentence) => narrator.line(`started  ${sentence}`),
      signal: stopping.signal,
    });
    const world = await starting;
    const cast = await assembleCast(world);
    const stored = await storeRecord({ world, cast, split, narrator });
    const shared = await share({ world, cast, split, narrator, file }, stored);
    if (out !== undefined) {
      const { patientFile, privileged, general } = shared;
      await writeOutputs(out, {
        patient: patientFile,
        privileged: privileged.file!,
        general: general.extraction.parts,
        storeFolder: world.storeFolder,
      });
      narrator.line();
      narrator.line(`written  what each party holds now: ${out}`);
    }
    const after = await manage({ world, cast, split, narrator, file }, stored, shared);
    narrator.line();
    narrator.line(
      `All of it held, in ${(narrator.steps.reduce((sum, step) => sum + step.ms, 0) / 1000).toFixed(1)} s of steps.`,
    );
    return reportOf(split, world, narrator.steps, shared.parties, after, shared.purposes);
  } catch (error) {
    // What fails because everything is being closed is no news; `stop` ends the process.
    if (stopping.signal.aborted) await new Promise<never>(() => undefined);
    throw error;
  } finally {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.removeListener(signal, stop);
    await close();
  }
}

function print(value: unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(`${JSON.stringify(value, null, 2)}\n`, (error) =>
      error ? reject(error) : resolve(),
    );
  });
}
