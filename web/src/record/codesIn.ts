/** QR codes in pixels. */
import { decodeQRBatch } from "qr/decode.js";

/** RGBA, row by row. */
export type Pixels = { width: number; height: number; data: Uint8ClampedArray };

/** Retries, and the milliseconds that they may take: a picture is looked at once, not sixty times a second. */
const effort = 64;
const timeLimit = 800;

/** What the QR codes in a picture say; none where none can be read. */
export async function codesIn({ width, height, data }: Pixels): Promise<string[]> {
  const maxSize = { width, height };
  const [found = []] = await decodeQRBatch([{ ...maxSize, data }], {
    format: "RGBA",
    maxSize,
    effort,
    timeLimit,
  });
  return [...new Set(found.filter((each) => typeof each === "string"))];
}
