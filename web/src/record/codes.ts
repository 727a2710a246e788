/** QR codes in pictures: read by the browser where it can, else by a worker. The picture goes nowhere. */
import { Failure } from "../engine/failures.ts";

/** Of the Shape Detection API, which TypeScript doesn't know. */
type Detector = { detect(picture: ImageBitmapSource): Promise<{ rawValue: string }[]> };
type Detectors = { new (options: { formats: string[] }): Detector };

/** What the worker answers. */
export type CodesAnswer = { codes: string[] } | { failed: string };

/** What the QR codes in a picture say; none where none can be read. @throws Failure `worker-failed` when the browser can't look */
export async function readCodes(picture: Blob): Promise<string[]> {
  const codes = await readByBrowser(picture);
  return codes.length > 0 ? codes : readByWorker(picture);
}

/** None where the browser can't; some have the interface and know no QR codes. */
async function readByBrowser(picture: Blob): Promise<string[]> {
  const { BarcodeDetector } = globalThis as { BarcodeDetector?: Detectors };
  if (BarcodeDetector === undefined) return [];
  try {
    const bitmap = await createImageBitmap(picture);
    try {
      const found = await new BarcodeDetector({ formats: ["qr_code"] }).detect(bitmap);
      return found.map(({ rawValue }) => rawValue);
    } finally {
      bitmap.close();
    }
  } catch {
    return [];
  }
}

/** The worker is started for one picture: nothing of it stays. */
async function readByWorker(picture: Blob): Promise<string[]> {
  const worker = new Worker(new URL("./codeWorker.ts", import.meta.url), {
    type: "module",
    name: "diptych-codes",
  });
  try {
    const answer = await new Promise<CodesAnswer>((resolve) => {
      worker.addEventListener("message", ({ data }) => resolve(data));
      worker.addEventListener("error", ({ message }) => resolve({ failed: message }));
      worker.postMessage(picture);
    });
    if ("codes" in answer) return answer.codes;
    throw new Failure("worker-failed", answer.failed || "What reads codes in pictures could not start.");
  } finally {
    worker.terminate();
  }
}
