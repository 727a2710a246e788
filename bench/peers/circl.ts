/** CIRCL's CP-ABE, in a process of its own that times one operation at a time. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Duration } from "../timing.ts";

const SOURCE = fileURLToPath(new URL("circl/", import.meta.url));

export interface Circl {
  readonly version: string;
  /** How long `operation` takes for a policy that is the conjunction of n attributes. */
  time(operation: "keygen" | "encapsulate" | "decapsulate", n: number): Promise<Duration>;
  /** Bytes of a public key, of a secret key for n attributes, of a ciphertext of 32 bytes under n. */
  sizes(n: number): Promise<{ publicKey: number; secretKey: number; ciphertext: number }>;
  close(): void;
}

/** Builds and starts the program; `undefined`, with a word on standard error, where Go or its modules are missing. */
export function startCircl(): Circl | undefined {
  const directory = mkdtempSync(join(tmpdir(), "diptych-bench-"));
  const program = join(directory, "circl");
  try {
    execFileSync("go", ["build", "-o", program, "."], { cwd: SOURCE, stdio: ["ignore", "ignore", "pipe"] });
  } catch (error) {
    rmSync(directory, { recursive: true });
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`CIRCL is left out: go build failed (${reason.split("\n")[0]})\n`);
    return undefined;
  }
  const child = spawn(program, { stdio: ["pipe", "pipe", "inherit"] });
  const ask = converse(child);
  return {
    version: execFileSync("go", ["list", "-m", "-f", "{{.Version}}", "github.com/cloudflare/circl"], {
      cwd: SOURCE,
      encoding: "utf8",
    }).trim(),
    time: async (operation, n) => {
      const [clock, processor] = (await ask(`${operation} ${n}`)).split(" ").map(Number);
      return { clockMs: clock! / 1e6, processorMs: processor! / 1e6 };
    },
    sizes: async (n) => {
      const [publicKey, secretKey, ciphertext] = (await ask(`sizes ${n}`)).split(" ").map(Number);
      return { publicKey: publicKey!, secretKey: secretKey!, ciphertext: ciphertext! };
    },
    close: () => {
      child.stdin.end();
      rmSync(directory, { recursive: true });
    },
  };
}

function converse(child: ChildProcess): (question: string) => Promise<string> {
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return async (question) => {
    child.stdin!.write(`${question}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error("The CIRCL program ended; see its message above.");
    return value;
  };
}
