/** All commands, as commander knows them: help, parsing and completion come from this tree. */
import { Command } from "commander";
import { addAuthority } from "./commands/authority.ts";
import { addCompletion } from "./commands/completion.ts";
import { addConfig } from "./commands/config.ts";
import { addConnect } from "./commands/connect.ts";
import { addDemo } from "./commands/demo.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addGate } from "./commands/gate.ts";
import { addInspect } from "./commands/inspect.ts";
import { addPatient } from "./commands/patient.ts";
import { addRelayer } from "./commands/relayer.ts";
import { addReplay } from "./commands/replay.ts";
import { addRequester } from "./commands/requester.ts";
import { addUp } from "./commands/up.ts";
import { addVerify } from "./commands/verify.ts";
import { examples } from "./frame/examples.ts";
import { addGlobalOptions } from "./frame/settings.ts";

/** Each adds a command, or a group of them; what a command does is loaded when it runs. */
const groups: readonly ((program: Command) => void)[] = [
  addDemo,
  addUp,
  addConnect,
  addConfig,
  addGate,
  addRelayer,
  addAuthority,
  addDoctor,
  addPatient,
  addRequester,
  addVerify,
  addInspect,
  addReplay,
  addCompletion,
];

/** The whole command line. Errors of parsing are thrown as CommanderError, never printed by commander. */
export function buildProgram(): Command {
  // Commands take these settings over when they are made, so they stand first.
  const program = new Command("diptych")
    .description(
      "A patient's electronic medical record, encrypted on IPFS; two blockchains decide who reads which side of it.",
    )
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeErr: (text) => process.stdout.write(text), outputError: () => undefined });
  addGlobalOptions(program);
  for (const add of groups) add(program);
  program.addHelpText(
    "after",
    examples("diptych demo", "diptych up", "diptych up --help", "diptych config check"),
  );
  return program;
}
