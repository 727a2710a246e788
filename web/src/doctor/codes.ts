/** QR codes in pictures, where the browser can read them by itself. */
type Detector = { detect(picture: ImageBitmapSource): Promise<{ rawValue: string }[]> };
type Detectors = { new (options: { formats: string[] }): Detector };

const detectors = () => (globalThis as { BarcodeDetector?: Detectors }).BarcodeDetector;

export function canReadCodes(): boolean {
  return detectors() !== undefined;
}

/** What the first QR code in a picture says; undefined where none can be read. */
export async function readCode(picture: Blob): Promise<string | undefined> {
  const Detector = detectors();
  if (Detector === undefined) return undefined;
  try {
    const bitmap = await createImageBitmap(picture);
    const [code] = await new Detector({ formats: ["qr_code"] }).detect(bitmap);
    bitmap.close();
    return code?.rawValue;
  } catch {
    return undefined;
  }
}
