/** Reads codes in pictures beside the page, which would stand still meanwhile: a photo has twelve megapixels or more. */

import type { CodesAnswer } from "./codes.ts";
import { codesIn, type Pixels } from "./codesIn.ts";

/** Longest sides at which a picture is looked at, in pixels: most codes are read in the small one. */
const sides = [1280, 3200];

addEventListener("message", async ({ data: picture }: MessageEvent<Blob>) => {
  const answer = await readCodes(picture).then(
    (codes): CodesAnswer => ({ codes }),
    (error): CodesAnswer => ({ failed: String(error) }),
  );
  postMessage(answer);
});

async function readCodes(picture: Blob): Promise<string[]> {
  const bitmap = await createImageBitmap(picture).catch(() => undefined);
  // What is no picture has no code in it.
  if (bitmap === undefined) return [];
  try {
    const longest = Math.max(bitmap.width, bitmap.height);
    for (const [at, side] of sides.entries()) {
      if (at > 0 && longest <= sides[at - 1]!) return [];
      const codes = await codesIn(pixelsOf(bitmap, Math.min(1, side / longest)));
      if (codes.length > 0) return codes;
    }
    return [];
  } finally {
    bitmap.close();
  }
}

/** On white: what is transparent would be black, and a code black on black. */
function pixelsOf(bitmap: ImageBitmap, scale: number): Pixels {
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (context === null) throw new Error("This browser draws nothing outside of its pages.");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}
