declare module "write-file-atomic" {
  /** Writes beside the file, flushes, and moves it into place. */
  export default function writeFileAtomic(
    path: string,
    data: string | Uint8Array,
    options?: { mode?: number; fsync?: boolean },
  ): Promise<void>;
}
