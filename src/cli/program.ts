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
import { configureHelp } from "./frame/help.ts";
import { addGlobalOptions } from "./frame/settings.ts";

/** Each adds a command, or a group of them; what a command does is loaded when it runs. */
const groups: Record<string, readonly ((program: Command) => void)[]> = {
  "To try it:": [addDemo, addUp],
  "Chains and services:": [addConnect, addConfig, addGate, addRelayer],
  "What people do:": [addAuthority, addDoctor, addPatient, addRequester],
  "To look and to check:": [addVerify, addInspect],
  "Besides:": [addReplay, addCompletion],
};

/** The whole command line. Errors of parsing are thrown as CommanderError, never printed by commander. */
export function buildProgram(): Command {
  // Commands take these settings over when they are made, so they stand first.
  const program = new Command("diptych")
    .description(
      "A patient's electronic medical record, encrypted on IPFS; two blockchains decide who reads which side of it.",
    )
    .exitOverride()
    .configureOutput({ writeErr: (text) => process.stdout.write(text), outputError: () => undefined });
  configureHelp(program);
  addGlobalOptions(program);
  for (const [heading, adds] of Object.entries(groups)) {
    program.commandsGroup(heading);
    for (const add of adds) add(program);
  }
  program.addHelpText(
    "after",
    examples("diptych demo", "diptych up", "diptych patient --help", "diptych config check"),
  );
  return program;
}
