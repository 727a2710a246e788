/** A section of the evaluation: what it is called, what it answers, and how it is run. */
import type { Figure, Row } from "../report.ts";
import type { Bed, BedOptions } from "./bed.ts";

/** How long it may take: a few seconds with nothing to quote, minutes, or as long as it takes. */
export type Form = "smoke" | "usual" | "full";

/** A Vega-Lite picture without its data, which are rows of the section. */
export type Picture = { name: string; title: string; spec: object };

export type Outcome = {
  rows: Row[];
  figures: Record<string, Figure>;
  pictures: Picture[];
};

export type Run = {
  form: Form;
  /** Hears how far it is. */
  say: (progress: string) => void;
  /** Opens what is measured on; the section closes it. */
  openBed: (options?: BedOptions) => Promise<Bed>;
};

export interface Section {
  readonly name: string;
  measure(run: Run): Promise<Outcome>;
}

/** One of three, by form. */
export function by<T>(form: Form, choices: Record<Form, T>): T {
  return choices[form];
}

/** The value at a share (0 to 1) of the sorted values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length;
}
