/** `diptych completion`: what a shell needs to complete the command line. */
import { Argument, type Command } from "commander";
import { acting } from "../frame/acting.ts";
import { examples } from "../frame/examples.ts";

export function addCompletion(program: Command): void {
  program
    .command("completion")
    .summary("print a script that completes commands and options")
    .description("Prints a script that makes a shell complete the commands and options of diptych.")
    .addArgument(new Argument("<shell>", "the shell").choices(["bash", "zsh", "fish"]))
    .addHelpText(
      "after",
      examples(
        "diptych completion bash > ~/.local/share/bash-completion/completions/diptych",
        "diptych completion zsh > ~/.zfunc/_diptych",
        "diptych completion fish > ~/.config/fish/completions/diptych.fish",
      ),
    )
    .action(
      acting<object, [shell: "bash" | "zsh" | "fish"]>(async (_context, _options, shell) => {
        const { completionScript } = await import("../frame/completion.ts");
        const script = completionScript(program, shell);
        return { json: { shell, script }, text: script.trimEnd() };
      }),
    );
}
