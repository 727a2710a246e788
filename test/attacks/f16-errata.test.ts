/** F16: slips of the paper that an implementer would follow. The errata page must go through every equation, and point here. */
import { readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";

const errata = readFileSync(new URL("../../docs/errata.md", import.meta.url), "utf8");
const equations = Array.from({ length: 21 }, (_, at) => at + 1);
const rows = Array.from({ length: 15 }, (_, at) => at + 1);

/** First lines of `describe`, by the number of the F-row that the file's name gives. */
function attackTitles(): Map<number, string> {
  const titles = new Map<number, string>();
  for (const name of readdirSync(new URL(".", import.meta.url))) {
    const number = /^f(\d\d)-.*\.test\.ts$/.exec(name)?.[1];
    if (number === undefined) continue;
    const source = readFileSync(new URL(name, import.meta.url), "utf8");
    titles.set(Number(number), /^describe\("([^"]*)"/m.exec(source)?.[1] ?? "");
  }
  return titles;
}

/** What is missing or too much, in words; nothing for a page that is in order. */
function faultsOf(page: string, titles: ReadonlyMap<number, string>): string[] {
  const faults: string[] = [];
  const table = page.split("\n").flatMap((line) => {
    const cells = line.split("|").map((cell) => cell.trim());
    const number = /^\(~?(\d+)\)$/.exec(cells[1] ?? "")?.[1];
    return number === undefined ? [] : [{ number: Number(number), cells }];
  });
  for (const equation of equations) {
    const count = table.filter(({ number }) => number === equation).length;
    if (count !== 1) faults.push(`equation ${equation} has ${count} rows`);
  }
  for (const { number, cells } of table) {
    if (!equations.includes(number)) faults.push(`there is no equation ${number}`);
    const filled = cells.slice(2, 6).filter((cell) => cell.length > 0).length;
    if (filled !== 4) faults.push(`equation ${number} lacks its section, step, flaw or reading`);
  }
  const named = new Set([...page.matchAll(/\bF(\d+)\b/g)].map((match) => Number(match[1])));
  for (const row of rows) if (!named.has(row)) faults.push(`F${row} isn't named`);
  for (const row of named)
    if (titles.get(row)?.startsWith(`F${row} `) !== true) faults.push(`F${row} has no attack test`);
  return faults;
}

describe("F16 slips of the paper", () => {
  it("the errata page covers equations (1) to (21) once each, and names no attack that isn't acted out", () => {
    expect(faultsOf(errata, attackTitles())).to.deep.equal([]);
    expect([...attackTitles().keys()].sort((a, b) => a - b)).to.deep.equal([...rows, 16]);
  });

  it("a page that leaves something out, or says it twice, is found out", () => {
    const titles = attackTitles();
    const nine = errata.split("\n").find((line) => line.startsWith("| (9) |"))!;
    expect(faultsOf(errata.replace(`${nine}\n`, ""), titles)).to.include("equation 9 has 0 rows");
    expect(faultsOf(errata.replace(nine, `${nine}\n${nine}`), titles)).to.include("equation 9 has 2 rows");
    expect(faultsOf(errata.replace(nine, nine.replace("(9)", "(22)")), titles)).to.include(
      "there is no equation 22",
    );
    const cells = nine.split("|");
    const emptied = [...cells.slice(0, 5), " ", ...cells.slice(6)].join("|");
    expect(faultsOf(errata.replace(nine, emptied), titles)).to.have.length(1);
    expect(faultsOf(errata.replaceAll("F14", "F 14"), titles)).to.deep.equal(["F14 isn't named"]);
    expect(faultsOf(`${errata}\nSee F17.`, titles)).to.deep.equal(["F17 has no attack test"]);
    expect(faultsOf(errata, new Map([...titles].filter(([row]) => row !== 14)))).to.deep.equal([
      "F14 has no attack test",
    ]);
  });
});
