/** How help looks: it fits 80 columns, and that of a group shows its commands before anything else. */
import { type Command, Help } from "commander";

/** What all help has in common. To be called before commands are added: they take it over. */
export function configureHelp(program: Command): void {
  program
    .configureHelp({
      showGlobalOptions: true,
      subcommandTerm,
      visibleCommands,
      visibleGlobalOptions,
    })
    .addHelpText("afterAll", ({ command }) => whereToGoOn(program, command));
}

/** A subcommand with its arguments: that it has options its own help tells. */
function subcommandTerm(command: Command): string {
  const args = command.registeredArguments.map((each) => {
    const name = each.variadic ? `${each.name()}...` : each.name();
    return each.required ? `<${name}>` : `[${name}]`;
  });
  return [[command.name(), ...command.aliases().slice(0, 1)].join("|"), ...args].join(" ");
}

/** All but `help`: every help ends with how to get more of it. */
function visibleCommands(this: Help, command: Command): Command[] {
  return Help.prototype.visibleCommands.call(this, command).filter((each) => each.name() !== "help");
}

/** Options of every command stand in the help of the program and of single commands. */
function visibleGlobalOptions(this: Help, command: Command) {
  return isGroup(command) ? [] : Help.prototype.visibleGlobalOptions.call(this, command);
}

function isGroup(command: Command): boolean {
  return command.commands.length > 0;
}

function whereToGoOn(program: Command, command: Command): string {
  if (!isGroup(command)) return "";
  const names: string[] = [];
  for (let each: Command | null = command; each !== null; each = each.parent) names.unshift(each.name());
  const own = `\nWhat one of them takes: ${names.join(" ")} COMMAND --help`;
  return command === program ? own : `${own}\nWhat every command takes: ${program.name()} --help`;
}
