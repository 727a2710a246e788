/** A relayer's journal as a file: one JSON object a line, on disk before what it tells of is sent. */
import { type FileHandle, open } from "node:fs/promises";
import { utf8Decode } from "../../core/bytes.ts";
import { DiptychError } from "../../core/errors.ts";
import type { RelayJournal } from "../../services/relayBook.ts";
import type { ChainIdentity } from "../home/binding.ts";
import { readIfThere, replaceFile, touching } from "../home/files.ts";

/** A journal of a whole day stays far below it. */
const largest = 1 << 28;

export class JournalFile implements RelayJournal {
  private readonly path: string;
  private readonly head: string;
  private file: FileHandle | undefined;

  /** @param chains names the chains that it is about: what was noted on others counts for nothing here */
  constructor(path: string, chains: readonly ChainIdentity[]) {
    this.path = path;
    this.head = JSON.stringify({ version: 1, chains });
  }

  async read(): Promise<string[]> {
    const bytes = await readIfThere(this.path);
    if (bytes === undefined) return [];
    if (bytes.length > largest)
      throw new DiptychError(
        "home-invalid",
        `${this.path} is too long to be read: move it aside when nothing that it names is under way any more.`,
      );
    const [head, ...lines] = utf8Decode(bytes).split("\n");
    return head === this.head ? lines.filter((line) => line !== "") : [];
  }

  async replace(lines: readonly string[]): Promise<void> {
    await this.close();
    await replaceFile(this.path, `${[this.head, ...lines].join("\n")}\n`);
    this.file = await touching(this.path, () => open(this.path, "a", 0o600));
  }

  async append(line: string): Promise<void> {
    const file = this.file!;
    await touching(this.path, async () => {
      await file.appendFile(`${line}\n`);
      await file.datasync();
    });
  }

  /** Lets go of the file. */
  async close(): Promise<void> {
    await this.file?.close();
    this.file = undefined;
  }
}
