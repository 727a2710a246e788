/** `diptych gate`: what the operator of a release gate does. */
import { type Command, Option } from "commander";
import { acting } from "../frame/acting.ts";
import { examples } from "../frame/examples.ts";
import type { GateChoice, RotateOptions } from "../gate/rotating.ts";
import type { GateRunOptions } from "../gate/running.ts";

export function addGate(program: Command): void {
  const group = program
    .command("gate")
    .summary("run a release gate, look at gates, change a gate's keys")
    .description(
      "A gate holds shares of patients' index keys and helps to open an index only for a request that its chain has granted. Its one secret is a seed of 32 bytes.",
    )
    .addHelpText("after", examples("diptych gate run --side shared", "diptych gate status"));
  addRun(group);
  group
    .command("status")
    .summary("ask gates whether they can serve")
    .description(
      "Asks the gates that the configuration names, or those at the given URLs, whether they can serve, and shows why not. Ends with 0 when all can.",
    )
    .argument("[urls...]", "gates elsewhere")
    .addHelpText(
      "after",
      examples("diptych gate status", "diptych gate status https://gate.example.org --json"),
    )
    .action(
      acting<object, [urls: string[]]>(async (context, _options, urls) => {
        const { showGates } = await import("../gate/status.ts");
        return showGates(context, urls);
      }),
    );
  addRotate(group);
}

function sideOption(): Option {
  return new Option("--side <side>", "the gate's chain").choices(["storage", "shared"]).makeOptionMandatory();
}

function addRun(group: Command): void {
  group
    .command("run")
    .summary("serve as a gate until Ctrl-C")
    .description(
      "Serves as a gate of one chain of the configuration. The seed lies sealed in the home (made at the first time), or comes from a file (64 hex digits). Logs go to stdout, one JSON object a line.",
    )
    .addOption(sideOption())
    .option("--name <name>", "tells several gates of one home apart (default: the side)")
    .option("--seed-file <file>", "file with the seed (default: $DIPTYCH_GATE_SEED_FILE, else the home)")
    .option("--next-seed-file <file>", "file with the seed to come, while keys change")
    .option("--host <address>", "address to listen on (default: 127.0.0.1)")
    .option("--port <port>", "port to listen on; 0 takes a free one (default: 8700)")
    .option("--cert <file>", "certificate chain (PEM), to serve HTTPS")
    .option("--key-file <file>", "the certificate's private key (PEM)")
    .option("--url <url>", "how others reach it (default: where it listens)")
    .option("--register", "register it, on chains of `diptych up`, where nobody else has to agree")
    .addHelpText(
      "after",
      examples(
        "diptych gate run --side storage",
        "diptych gate run --side shared --host 0.0.0.0 --port 443 --cert chain.pem --key-file key.pem --url https://gate.example.org",
        "DIPTYCH_GATE_SEED_FILE=/run/secrets/seed diptych gate run --side shared",
      ),
    )
    .action(
      acting<GateRunOptions, []>(
        async (context, options) => {
          const { runGate } = await import("../gate/running.ts");
          await runGate(context, options);
        },
        { signals: "tells" },
      ),
    );
}

function addRotate(group: Command): void {
  group
    .command("rotate")
    .summary("change a gate's keys, in two steps")
    .description(
      "First makes a seed to come: restarted, the gate serves under both accounts. When the new account is registered and patients have dealt their shares anew, --finish erases the old seed. Only for seeds in the home; stop the gate meanwhile.",
    )
    .addOption(sideOption())
    .option("--name <name>", "tells several gates of one home apart (default: the side)")
    .option("--finish", "erase the old seed and go on with the new one")
    .option("--abandon", "erase the seed to come and stay with the old one")
    .addHelpText(
      "after",
      examples("diptych gate rotate --side shared", "diptych gate rotate --side shared --finish"),
    )
    .action(
      acting<GateChoice & RotateOptions, []>(async (context, options) => {
        const { rotateGate } = await import("../gate/rotating.ts");
        return rotateGate(context, options);
      }),
    );
}
