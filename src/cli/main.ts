/** The command line. `npm start` is `diptych demo`. */
import { CommanderError } from "commander";
import { reportFailure } from "./frame/failure.ts";
import { buildProgram } from "./program.ts";

// A limit on file sizes is an error of the write (EFBIG), to be told as one, and not the end of the program.
if (process.platform !== "win32") process.on("SIGXFSZ", () => undefined);

// Whoever reads has read enough (`diptych ... | head`): what has begun goes on to its end, unseen.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });

const program = buildProgram();
const words = process.argv.slice(2);
// A command line that doesn't parse has no options yet: whether JSON was wanted stands in its words.
const json = words.includes("--json");
try {
  if (words.length === 0) program.outputHelp();
  else await program.parseAsync();
} catch (error) {
  process.exitCode = await reportFailure(error, json && !isHelp(error));
}

function isHelp(error: unknown): boolean {
  return error instanceof CommanderError && error.exitCode === 0;
}
