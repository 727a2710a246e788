/** Reads a record's code out of a picture, where the browser can. The picture goes nowhere. */
import { useState } from "react";
import { FileDrop } from "../look/FileDrop.tsx";
import { useWords } from "../words/useWords.ts";

/** Of the Shape Detection API, which TypeScript doesn't know. */
type Detector = { detect(image: ImageBitmap): Promise<{ rawValue: string }[]> };
type Detectors = { new (options: { formats: string[] }): Detector };

const largest = 30_000_000;

/** `onCode` tells whether what a code says leads to a record. */
export function CodePhoto({ onCode }: { onCode: (text: string) => boolean }) {
  const words = useWords().requester.read;
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState(false);
  const { BarcodeDetector } = globalThis as { BarcodeDetector?: Detectors };
  if (BarcodeDetector === undefined) return <p>{words.noReader}</p>;
  const read = async (file: File) => {
    setBusy(true);
    setWrong(false);
    try {
      const codes = await codesIn(file, new BarcodeDetector({ formats: ["qr_code"] }));
      setWrong(!codes.some(onCode));
    } catch {
      setWrong(true);
    } finally {
      setBusy(false);
    }
  };
  return (
    <FileDrop
      label={words.photo}
      accept="image/*"
      maxBytes={largest}
      hint={words.photoHint}
      busy={busy}
      error={wrong ? words.noCode : undefined}
      onFile={(file) => void read(file)}
    />
  );
}

async function codesIn(file: File, detector: Detector): Promise<string[]> {
  const image = await createImageBitmap(file);
  try {
    return (await detector.detect(image)).map(({ rawValue }) => rawValue);
  } finally {
    image.close();
  }
}
