/** All sections of the evaluation, in the order of its page. */
import type { Section } from "./section.ts";
import { ablations } from "./sections/ablations.ts";
import { chain } from "./sections/chain.ts";
import { changes } from "./sections/changes.ts";
import { growth } from "./sections/growth.ts";
import { response } from "./sections/response.ts";
import { saturation } from "./sections/saturation.ts";
import { security } from "./sections/security.ts";
import { steps } from "./sections/steps.ts";
import { storage } from "./sections/storage.ts";

export const sections: readonly Section[] = [
  security,
  storage,
  chain,
  response,
  steps,
  saturation,
  changes,
  ablations,
  growth,
];

/** What these tell is counted, but for little, so they are measured beside the others. */
export const counted: ReadonlySet<Section> = new Set([saturation, storage, chain, growth]);
