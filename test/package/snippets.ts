/**
 * The code in the documents that must work: blocks whose first line is `// readme: NAME`. What such a block prints is
 * written beside it, as `console.log(sum); //=> 3`.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./consumer.ts";

export interface Snippet {
  name: string;
  /** The document it stands in. */
  document: string;
  code: string;
  /** What its console.log lines print, by the comments beside them. */
  prints: string[];
}

const fence = /^```(?:ts|js)\n(\/\/ readme: (\S+)\n[\s\S]*?)^```$/gm;

async function read(): Promise<Snippet[]> {
  const guides = (await readdir(join(root, "docs"))).filter((name) => name.endsWith(".md"));
  const found: Snippet[] = [];
  for (const document of ["README.md", ...guides.map((name) => `docs/${name}`)])
    for (const [, code, name] of (await readFile(join(root, document), "utf8")).matchAll(fence)) {
      const prints = [...code!.matchAll(/\/\/=> (.*)$/gm)].map((match) => match[1]!);
      found.push({ name: name!, document, code: code!, prints });
    }
  return found;
}

export const snippets = await read();

/** Those that stand on nothing but the package. */
export const alone = snippets.filter(({ name }) => name !== "sdk");
