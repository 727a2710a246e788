/** The frame of the command line: help and completion on each level, exit statuses, where words go. */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { type Command, CommanderError } from "commander";
import { completionScript } from "../../src/cli/frame/completion.ts";
import { examples } from "../../src/cli/frame/examples.ts";
import { exitStatusOf, statusOfCode } from "../../src/cli/frame/exitStatus.ts";
import { portOf, readTls } from "../../src/cli/frame/listening.ts";
import { Output } from "../../src/cli/frame/output.ts";
import { StepWords } from "../../src/cli/frame/stepProgress.ts";
import { buildProgram } from "../../src/cli/program.ts";
import { DiptychError, type ErrorCode } from "../../src/core/errors.ts";
import type { Progress } from "../../src/roles/progress.ts";
import { expectCode } from "../expectCode.ts";

const errorsSource = readFileSync(new URL("../../src/core/errors.ts", import.meta.url), "utf8");
const allCodes = [...errorsSource.matchAll(/^ {2}\| "([a-z-0-9]+)"/gm)].map(([, code]) => code as ErrorCode);
/** What only a fault of the program, or of what runs it, can cause. */
const faults = ["worker-failed"];

function* everyCommand(command: Command): Generator<Command> {
  yield command;
  for (const child of command.commands) yield* everyCommand(child);
}

describe("cli: exit statuses", () => {
  it("every code but those of faults has a class", () => {
    expect(allCodes.length).to.be.greaterThan(60);
    for (const code of allCodes)
      expect(statusOfCode(code), code).to.satisfy((status: number) =>
        faults.includes(code) ? status === 1 : status >= 2 && status <= 7,
      );
  });

  it("errors that aren't Diptych's are faults", () => {
    expect(exitStatusOf(new Error("x"))).to.equal(1);
    expect(exitStatusOf(new DiptychError("not-releasable", "x"))).to.equal(3);
  });

  it("docs/cli.md tells the class of every code", () => {
    const page = readFileSync(new URL("../../docs/cli.md", import.meta.url), "utf8");
    const rows = [...page.matchAll(/^\| (\d+) \| [^|]+ \| ([^|]*) \|$/gm)];
    const told = new Map(
      rows.flatMap(([, status, codes]) =>
        [...codes!.matchAll(/`([a-z0-9-]+)`/g)].map(([, code]) => [code, Number(status)] as const),
      ),
    );
    for (const code of allCodes) expect(told.get(code), code).to.equal(statusOfCode(code));
  });
});

describe("cli: help", () => {
  it("each command says what it does and shows examples", () => {
    for (const command of everyCommand(buildProgram())) {
      let help = "";
      command.configureOutput({
        writeOut: (text) => {
          help += text;
        },
      });
      command.outputHelp();
      const name = command.name();
      expect(command.description(), name).to.match(/\.$/);
      expect(help, name).to.contain("\nExamples:\n  ");
      if (command.parent !== null) expect(command.summary(), name).to.match(/^[a-z][^.]+[^.]$/);
    }
  });

  it("fits 80 columns", () => {
    for (const command of everyCommand(buildProgram())) {
      let help = "";
      const output = { getOutHelpWidth: () => 80, writeOut: (text: string) => void (help += text) };
      command.configureOutput(output).outputHelp();
      for (const line of help.split("\n")) expect(line.length, line).to.be.at.most(80);
    }
  });

  it("a group names all its commands, and where their options are told", () => {
    for (const group of everyCommand(buildProgram())) {
      if (group.commands.length === 0) continue;
      let help = "";
      group.configureOutput({ writeOut: (text) => void (help += text) }).outputHelp();
      for (const command of group.commands) expect(help).to.match(new RegExp(`^  ${command.name()}\\b`, "m"));
      expect(help).to.match(/^What one of them takes: diptych .*COMMAND --help$/m);
      expect(help.includes("--home")).to.equal(group.parent === null);
    }
  });

  it("long examples go on in the next line, as shells have it", () => {
    const long = `diptych x --policy 'role:doctor or role:researcher' --to ${"0x".padEnd(42, "1")} --dry-run`;
    const lines = examples("diptych x", long).split("\n");
    expect(lines.slice(2)).to.deep.equal([
      "  diptych x",
      "  diptych x --policy 'role:doctor or role:researcher' \\",
      `    --to ${"0x".padEnd(42, "1")} --dry-run`,
    ]);
  });

  it("no option takes a secret", () => {
    for (const command of everyCommand(buildProgram()))
      for (const { long, required } of command.options)
        if (required && !long!.endsWith("-file")) expect(long).to.not.match(/pass|secret|seed|private|token/);
  });

  it("an unknown command is answered with the one that comes near", async () => {
    let thrown: unknown;
    await buildProgram()
      .parseAsync(["node", "diptych", "conect", "x"])
      .catch((error) => {
        thrown = error;
      });
    expect(thrown).to.be.instanceOf(CommanderError);
    expect((thrown as CommanderError).message).to.contain("connect");
  });
});

describe("cli: completion", () => {
  const bash = completionScript(buildProgram(), "bash");
  const complete = (...words: string[]) => {
    const script = `${bash}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}
_diptych; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync("bash", ["-c", script], { encoding: "utf8" }).trim().split("\n");
  };
  before(function () {
    if (spawnSync("bash", ["--version"]).status !== 0) this.skip();
  });

  it("bash: commands, then those of the group, then its options", () => {
    expect(complete("diptych", "con")).to.deep.equal(["connect", "config"]);
    expect(complete("diptych", "config", "")).to.include.members(["check", "show", "schema", "--home"]);
    expect(complete("diptych", "config", "")).to.not.include("demo");
    expect(complete("diptych", "--home", "config", "de")).to.deep.equal(["demo"]);
    expect(complete("diptych", "--json", "demo", "--rec")).to.deep.equal(["--record"]);
    expect(complete("diptych", "completion", "f")).to.deep.equal(["fish"]);
  });

  it("all shells: every command and option is there", () => {
    for (const shell of ["bash", "zsh", "fish"] as const) {
      const script = completionScript(buildProgram(), shell);
      for (const command of everyCommand(buildProgram())) {
        expect(script).to.contain(command.name());
        for (const { long } of command.options)
          expect(script).to.match(new RegExp(shell === "fish" ? `-l ${long!.slice(2)}\\b` : `${long}\\b`));
      }
    }
  });
});

describe("cli: how far an act is", () => {
  let time = 0;
  const tell = (words: StepWords, at: number, progress: Omit<Progress, "unit">, unit: Progress["unit"]) => {
    time = at;
    return words.tell({ ...progress, unit });
  };

  it("a step says how much of it is done, from its second second on how fast, and how long it takes", () => {
    const words = new StepWords(() => time);
    const parts = (at: number, done: number) =>
      tell(words, at, { step: "encrypt", done, total: 65_535 }, "parts");
    expect(parts(5000, 0)).to.equal("encrypting, 0 of 65535 parts");
    expect(parts(5500, 500)).to.equal("encrypting, 500 of 65535 parts");
    expect(parts(7000, 2000)).to.equal("encrypting, 2000 of 65535 parts, 1000 parts/s, 64 s left");
    const bytes = (at: number, done: number) =>
      tell(words, at, { step: "upload", done, total: 40_000_000 }, "bytes");
    expect(bytes(8000, 0)).to.equal("uploading, 0.0 of 40.0 MB");
    expect(bytes(10_000, 8_200_000)).to.equal("uploading, 8.2 of 40.0 MB, 4.1 MB/s, 8 s left");
    expect(bytes(12_000, 40_000_000)).to.equal("uploading, 40.0 of 40.0 MB, 10.0 MB/s");
  });

  it("says no rate of what waits for blocks, and no end where nobody knows it", () => {
    const words = new StepWords(() => time);
    const side = "shared";
    expect(tell(words, 0, { step: "confirm", side, done: 0, total: 2 }, "views")).to.equal(
      "waiting until it is final (shared chain), 0 of 2 views",
    );
    expect(tell(words, 9000, { step: "confirm", side, done: 1, total: 2 }, "views")).to.equal(
      "waiting until it is final (shared chain), 1 of 2 views",
    );
    tell(words, 10_000, { step: "fetch", done: 0 }, "bytes");
    expect(tell(words, 12_000, { step: "fetch", done: 6000 }, "bytes")).to.equal(
      "fetching ciphertext, 6.0 kB, 3.0 kB/s",
    );
  });
});

describe("cli: output", () => {
  it("tables have straight columns", () => {
    const output = new Output({ json: false, quiet: false });
    expect(
      output.table([
        ["a", "bcd", "e"],
        ["long", "x", ""],
      ]),
    ).to.deep.equal(["a     bcd  e", "long  x"]);
  });
});

describe("cli: where a command listens", () => {
  it("a port is a number that there is, and TLS needs both files", async () => {
    expect([portOf(undefined, 8603), portOf("0", 8603), portOf("65535", 8603)]).to.deep.equal([
      8603, 0, 65_535,
    ]);
    for (const bad of ["65536", "-1", "80a", ""]) await expectCode("usage", () => portOf(bad, 8603));
    expect(await readTls({})).to.equal(undefined);
    await expectCode("usage", () => readTls({ cert: "chain.pem" }));
    await expectCode("usage", () => readTls({ keyFile: "key.pem" }));
  });
});
