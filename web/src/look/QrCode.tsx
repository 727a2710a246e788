import { encodeQR } from "qr";
import { useMemo } from "react";
import { useWords } from "../words/useWords.ts";
import styles from "./QrCode.module.css";

export interface QrCodeProps {
  value: string;
  /** What it leads to, for those who can't see it. */
  label: string;
  /** In pixels; 220 unless told. It shrinks to the room there is. */
  size?: number;
}

/** The quiet zone that readers need, in modules (ISO/IEC 18004). */
const QUIET = 4;

/** A QR code, always dark on white: readers fail on the inverse. */
export function QrCode({ value, label, size = 220 }: QrCodeProps) {
  const words = useWords().look.qr;
  const { width, path } = useMemo(() => {
    const rows = encodeQR(value, "raw", { ecc: "medium", border: QUIET });
    const dark = rows.flatMap((row, y) => row.flatMap((on, x) => (on ? `M${x} ${y}h1v1h-1z` : [])));
    return { width: rows.length, path: dark.join("") };
  }, [value]);
  return (
    <svg
      className={styles.code}
      role="img"
      aria-label={words.alt(label)}
      width={size}
      height={size}
      viewBox={`0 0 ${width} ${width}`}
      shapeRendering="crispEdges"
    >
      <rect width={width} height={width} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
