/** Lines of help are at most so long, in characters. */
const longest = 80;

/** The examples at the end of a command's help. What is too long for a line goes on in the next, as shells have it. */
export function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${broken(line)}`).join("\n")}`;
}

/** Breaks before options and long words, never within quotes. */
function broken(line: string): string {
  if (line.length + 2 <= longest) return line;
  const lines: string[] = [];
  let current = "";
  for (const piece of piecesOf(line)) {
    // Two spaces before the line, two more before one that goes on, and a backslash after it.
    const indent = lines.length === 0 ? 2 : 4;
    if (current !== "" && indent + current.length + 1 + piece.length + 2 > longest) {
      lines.push(current);
      current = piece;
    } else current = current === "" ? piece : `${current} ${piece}`;
  }
  return [...lines, current].join(" \\\n    ");
}

/** Words, each option with its first value. */
function piecesOf(line: string): string[] {
  const pieces: string[] = [];
  for (const word of line.match(/(?:'[^']*'|"[^"]*"|\S)+/g) ?? []) {
    const last = pieces.at(-1);
    if (last?.startsWith("--") === true && !last.includes(" ") && !word.startsWith("--"))
      pieces[pieces.length - 1] = `${last} ${word}`;
    else pieces.push(word);
  }
  return pieces;
}
