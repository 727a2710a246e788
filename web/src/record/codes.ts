/** QR codes in pictures, where the browser can read them by itself. The picture goes nowhere. */

/** Of the Shape Detection API, which TypeScript doesn't know. */
type Detector = { detect(picture: ImageBitmapSource): Promise<{ rawValue: string }[]> };
type Detectors = { new (options: { formats: string[] }): Detector };

const detectors = () => (globalThis as { BarcodeDetector?: Detectors }).BarcodeDetector;

export function canReadCodes(): boolean {
  return detectors() !== undefined;
}

/** What the QR codes in a picture say; none where none can be read. */
export async function readCodes(picture: Blob): Promise<string[]> {
  const Detector = detectors();
  if (Detector === undefined) return [];
  try {
    const bitmap = await createImageBitmap(picture);
    try {
      return (await new Detector({ formats: ["qr_code"] }).detect(bitmap)).map(({ rawValue }) => rawValue);
    } finally {
      bitmap.close();
    }
  } catch {
    return [];
  }
}
