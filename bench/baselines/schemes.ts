/** All schemes of the comparison, in the order of its tables. */
import { bbdsLike } from "./bbds.ts";
import { bpds, bpdsBatched } from "./bpds.ts";
import { diptych, diptychOneChain } from "./diptych.ts";
import { literal } from "./literal.ts";
import type { Scheme } from "./scheme.ts";
import { traditional } from "./traditional.ts";

export const schemes: readonly Scheme[] = [
  traditional,
  bpds,
  bpdsBatched,
  bbdsLike,
  literal,
  diptychOneChain,
  diptych,
];
