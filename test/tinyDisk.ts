/** Disks that run full, or take no writes: a small file system in memory, which Linux lets root mount. */
import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type TinyDisk = {
  folder: string;
  /** Fills it to the last byte, or leaves so many pages of 4 KiB. */
  fill(pagesLeft?: number): void;
  /** Makes room again. */
  makeRoom(): void;
  /** Takes no writes from now on, or takes them again. */
  readOnly(is: boolean): void;
  close(): void;
};

/** Mounts a file system of so many kibibytes; skips the tests of `context`, saying so, where that isn't allowed. */
export function mountTinyDisk(context: Mocha.Context, kibibytes: number): TinyDisk {
  const folder = mkdtempSync(join(tmpdir(), "test-diptych-disk-"));
  const filler = join(folder, "filler");
  const mount = (...args: string[]) => execFileSync("mount", args, { stdio: "pipe" });
  try {
    mount("-t", "tmpfs", "-o", `size=${kibibytes}k,mode=700`, "diptych-test", folder);
  } catch {
    rmSync(folder, { recursive: true });
    console.warn("    skipped: mounting a small disk takes root on Linux");
    context.skip();
  }
  return {
    folder,
    fill(pagesLeft = 0) {
      const spare = join(folder, "spare");
      writeFileSync(spare, new Uint8Array(pagesLeft * 4096));
      const file = openSync(filler, "a");
      try {
        for (let size = 1 << 16; size >= 1; ) {
          try {
            if (writeSync(file, new Uint8Array(size)) === 0) size >>= 1;
          } catch {
            size >>= 1;
          }
        }
      } finally {
        closeSync(file);
        rmSync(spare);
      }
    },
    makeRoom: () => rmSync(filler, { force: true }),
    readOnly: (is) => void mount("-o", `remount,${is ? "ro" : "rw"}`, folder),
    close() {
      execFileSync("umount", ["-l", folder], { stdio: "pipe" });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
