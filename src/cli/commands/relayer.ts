/** `diptych relayer`: what the operator of a relayer does. */
import type { Command } from "commander";
import { acting } from "../frame/acting.ts";
import { examples } from "../frame/examples.ts";
import type { RelayerRunOptions } from "../relayer/running.ts";

export function addRelayer(program: Command): void {
  const group = program
    .command("relayer")
    .summary("run a relayer, which pays for what patients sign; look at one")
    .description(
      "A relayer carries what patients have signed to both ledgers and pays for it, within limits. It can't change an act or use it twice; it sees who acts and when, and can leave an act lying. Its one secret is a seed of 32 bytes, from which its accounts come.",
    )
    .addHelpText("after", examples("diptych relayer run", "diptych relayer status"));
  addRun(group);
  group
    .command("status")
    .summary("ask a relayer whether it can pay")
    .description(
      "Asks the relayer that the configuration names, or the one at URL, whether it can pay on both chains, and shows why not. Ends with 0 when it can.",
    )
    .argument("[url]", "a relayer elsewhere")
    .addHelpText(
      "after",
      examples("diptych relayer status", "diptych relayer status https://relayer.example.org --json"),
    )
    .action(
      acting<object, [url: string | undefined]>(async (context, _options, url) => {
        const { showRelayer } = await import("../relayer/status.ts");
        return showRelayer(context, url);
      }),
    );
}

function addRun(group: Command): void {
  group
    .command("run")
    .summary("serve as a relayer until Ctrl-C")
    .description(
      "Serves as a relayer for both chains of the configuration, and prints the accounts that need money. The seed lies sealed in the home (made at the first time), or comes from a file (64 hex digits). What it sends is noted in the home's journal first, so a restart goes on. Logs go to stdout, one JSON object a line.",
    )
    .option("--name <name>", "tells several relayers of one home apart")
    .option("--seed-file <file>", "file with the seed (default: $DIPTYCH_RELAYER_SEED_FILE, else the home)")
    .option("--host <address>", "address to listen on (default: 127.0.0.1)")
    .option("--port <port>", "port to listen on; 0 takes a free one (default: 8800)")
    .option("--cert <file>", "certificate chain (PEM), to serve HTTPS")
    .option("--key-file <file>", "the certificate's private key (PEM)")
    .option("--owners <file>", "the accounts it pays for, one a line (default: everybody)")
    .option("--acts-per-owner <n>", "acts of one owner on one chain in 24 hours (default: 100)")
    .option("--gas-per-owner <n>", "gas of one owner's acts on one chain in 24 hours (default: 30000000)")
    .option("--gas-per-day <n>", "gas of all acts on one chain in 24 hours (default: 1000000000)")
    .option("--gas-per-act <n>", "gas of one act (default: 2500000)")
    .option("--max-fee <gwei>", "what it pays for one gas at most (default: 100)")
    .option("--floor <ether>", "what stays on its accounts (default: 0.01)")
    .addHelpText(
      "after",
      examples(
        "diptych relayer run --owners patients.txt",
        "diptych relayer run --host 0.0.0.0 --port 443 --cert chain.pem --key-file key.pem",
        "diptych relayer run --max-fee 0 --floor 0   # a chain where gas is free",
      ),
    )
    .action(
      acting<RelayerRunOptions, []>(
        async (context, options) => {
          const { runRelayer } = await import("../relayer/running.ts");
          await runRelayer(context, options);
        },
        { signals: "tells" },
      ),
    );
}
