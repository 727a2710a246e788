/** A sentence of the catalogue with foreign names in it: every second piece is one. */
import { Fragment } from "react";
import { Isolated } from "./Isolated.tsx";

export function Sentence({ pieces }: { pieces: readonly string[] }) {
  return pieces.map((piece, at) => {
    const key = `${at}-${piece}`;
    return at % 2 === 1 ? <Isolated key={key}>{piece}</Isolated> : <Fragment key={key}>{piece}</Fragment>;
  });
}
