/** Completion scripts, made from the tree of commands, so that they can't lag behind it. */
import type { Argument, Command } from "commander";

/** A place in the tree: the words that lead there, and what may follow. */
type Place = { path: string; words: { word: string; about: string }[]; valued: string[] };

const plain = (text: string) =>
  text
    .replaceAll(/[^\p{L}\p{N} .,;:()<>|/=-]/gu, " ")
    .replaceAll(":", " -")
    .trim();

/** The script that completes `program` in that shell. */
export function completionScript(program: Command, shell: "bash" | "zsh" | "fish"): string {
  const places = placesOf(program);
  return { bash: bashScript, zsh: zshScript, fish: fishScript }[shell](program.name(), places);
}

function placesOf(program: Command): Place[] {
  const everywhere = program.options;
  const visit = (command: Command, path: string[]): Place[] => {
    const children = command.commands.filter((each) => each.name() !== "help");
    const options = [...new Set([...command.options, ...everywhere])];
    const choices = (command.registeredArguments as readonly Argument[]).flatMap(
      (each) => each.argChoices ?? [],
    );
    const words = [
      ...children.map((each) => ({ word: each.name(), about: plain(each.summary() || each.description()) })),
      ...choices.map((word) => ({ word, about: "" })),
      ...options.map((each) => ({ word: each.long ?? each.short!, about: plain(each.description) })),
      { word: "--help", about: "show help" },
    ];
    const valued = options.filter((each) => each.required || each.optional).map((each) => each.long!);
    return [
      { path: path.join(" "), words, valued },
      ...children.flatMap((each) => visit(each, [...path, each.name()])),
    ];
  };
  return visit(program, []);
}

/** Walks the words before the cursor down the tree; the value of an option is none of its commands. */
function walk(places: readonly Place[], current: string): string {
  const valued = [...new Set(places.flatMap((each) => each.valued))].join("|");
  const known = places.flatMap((each) => (each.path === "" ? [] : [`"${each.path}"`])).join("|");
  return `    case "$previous" in ${valued}) previous="$word"; continue ;; esac
    previous="$word"
    case "$word" in -*) continue ;; esac
    case "\${${current}:+$${current} }$word" in ${known}) ${current}="\${${current}:+$${current} }$word" ;; esac`;
}

function bashScript(name: string, places: readonly Place[]): string {
  const valued = [...new Set(places.flatMap((each) => each.valued))].join("|");
  return `# ${name}: completion for bash
_${name}() {
  local at="" previous="" word i words
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
${walk(places, "at")}
  done
  COMPREPLY=()
  case "$previous" in ${valued}) compopt -o default 2>/dev/null; return ;; esac
  case "$at" in
${places.map(({ path, words }) => `    "${path}") words="${words.map(({ word }) => word).join(" ")}" ;;`).join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
  [ \${#COMPREPLY[@]} -gt 0 ] || compopt -o default 2>/dev/null
}
complete -F _${name} ${name}
`;
}

function zshScript(name: string, places: readonly Place[]): string {
  const valued = [...new Set(places.flatMap((each) => each.valued))].join("|");
  const described = (words: Place["words"]) =>
    words.map(({ word, about }) => `'${about === "" ? word : `${word}:${about}`}'`).join(" ");
  return `#compdef ${name}
# ${name}: completion for zsh
_${name}() {
  local at="" previous="" word i
  local -a choices
  for ((i = 2; i < CURRENT; i++)); do
    word="\${words[i]}"
${walk(places, "at")}
  done
  case "$previous" in ${valued}) _files; return ;; esac
  case "$at" in
${places.map(({ path, words }) => `    "${path}") choices=(${described(words)}) ;;`).join("\n")}
  esac
  _describe -t words ${name} choices || _files
}
if [ "$funcstack[1]" = "_${name}" ]; then _${name} "$@"; else compdef _${name} ${name}; fi
`;
}

function fishScript(name: string, places: readonly Place[]): string {
  const valued = [...new Set(places.flatMap((each) => each.valued))];
  const known = places.flatMap((each) => (each.path === "" ? [] : [`"${each.path}"`])).join(" ");
  const lines = places.flatMap(({ path, words, valued: own }) =>
    words.map(({ word, about }) => {
      const where = `complete -c ${name} -n '__${name}_at "${path}"'`;
      const what = word.startsWith("--")
        ? `-l ${word.slice(2)}${own.includes(word) ? " -r" : ""}`
        : `-f -a ${word}`;
      return `${where} ${what}${about === "" ? "" : ` -d '${about}'`}`;
    }),
  );
  return `# ${name}: completion for fish
function __${name}_at
  set -l at ""
  set -l previous ""
  for word in (commandline -opc)[2..-1]
    if contains -- "$previous" ${valued.join(" ")}
      set previous "$word"
      continue
    end
    set previous "$word"
    string match -q -- "-*" "$word"; and continue
    set -l next (string trim -- "$at $word")
    contains -- "$next" ${known}; and set at "$next"
  end
  test "$at" = "$argv[1]"
end
${lines.join("\n")}
`;
}
