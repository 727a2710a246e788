import { mark, markColours } from "./mark.ts";

export interface MarkProps {
  /** In pixels; 32 unless told. */
  size?: number;
  /** Said by screen readers; without it the mark is decoration. */
  title?: string;
}

/** The mark of Diptych. */
export function Mark({ size = 32, title }: MarkProps) {
  const box = `0 0 ${mark.size} ${mark.size}`;
  if (title === undefined)
    return (
      <svg width={size} height={size} viewBox={box} aria-hidden="true">
        <Shapes />
      </svg>
    );
  return (
    <svg width={size} height={size} viewBox={box} role="img" aria-label={title}>
      <title>{title}</title>
      <Shapes />
    </svg>
  );
}

function Shapes() {
  return (
    <>
      <path d={mark.private} fill={markColours.private} />
      <path d={mark.shared} fill={markColours.shared} />
      <path d={mark.keyhole} fill={markColours.light} />
      <g stroke={markColours.light} strokeWidth="2.2" strokeLinecap="round">
        {mark.lines.map((line) => (
          <path key={line} d={line} />
        ))}
      </g>
      {mark.hinges.map((hinge) => (
        <rect key={hinge.y} {...hinge} rx="1.6" fill={markColours.hinge} />
      ))}
    </>
  );
}
