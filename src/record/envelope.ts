/**
 * The envelope: everything of a file that isn't in the other parts, and where each of their values goes. With it a file
 * comes back byte for byte. JSON text, in this one spelling:
 * {"format":"diptych-envelope/1","labels":[...],"order":[...],"pieces":[...]}
 * where the file is pieces[0], the next value of the part labelled labels[order[0]], pieces[1], and so on to the last piece.
 */
import { utf8, utf8Decode } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import { type Span, slice } from "./source.ts";

const format = "diptych-envelope/1";

export interface Envelope {
  labels: string[];
  /** For each value in the order of the file: index of its part's label. */
  order: number[];
  /** One more than `order`: the source text before, between and after the values. */
  pieces: string[];
}

/** The envelope of a file whose values stand at `values` (ascending), each belonging to the part labelled beside it. */
export function cutEnvelope(text: string, values: readonly { label: string; span: Span }[]): Envelope {
  const labels = [...new Set(values.map((each) => each.label))];
  const indices = new Map(labels.map((label, index) => [label, index]));
  const bounds = [0, ...values.flatMap(({ span }) => [span.start, span.end]), text.length];
  const pieces = Array.from({ length: values.length + 1 }, (_, at) =>
    slice(text, { start: bounds[2 * at]!, end: bounds[2 * at + 1]! }),
  );
  return { labels, order: values.map(({ label }) => indices.get(label)!), pieces };
}

export function encodeEnvelope({ labels, order, pieces }: Envelope): Uint8Array {
  return utf8(JSON.stringify({ format, labels, order, pieces }));
}

const isListOf = <T>(value: unknown, test: (each: unknown) => each is T): value is T[] =>
  Array.isArray(value) && value.every(test);
const isText = (each: unknown): each is string => typeof each === "string";
const isIndex = (each: unknown): each is number => Number.isInteger(each) && (each as number) >= 0;

const invalid = () =>
  new DiptychError(
    "record-keys",
    "The envelope of this record doesn't fit its other parts: it can't be put together.",
  );

/** The envelope in these bytes; throws `record-keys` unless it is spelled as `encodeEnvelope` does. */
export function decodeEnvelope(bytes: Uint8Array): Envelope {
  let found: unknown;
  let text: string;
  try {
    text = utf8Decode(bytes);
    found = JSON.parse(text);
  } catch {
    throw invalid();
  }
  const { labels, order, pieces } = (found ?? {}) as Record<string, unknown>;
  const sound = isListOf(labels, isText) && isListOf(order, isIndex) && isListOf(pieces, isText);
  if (!sound || pieces.length !== order.length + 1 || new Set(labels).size !== labels.length) throw invalid();
  if (order.some((index) => index >= labels.length)) throw invalid();
  if (JSON.stringify({ format, labels, order, pieces }) !== text) throw invalid();
  return { labels, order, pieces };
}

/**
 * The file: `values` gives each part's values in order. Throws `record-keys` unless the parts are just those that the
 * envelope names and every value is used.
 */
export function fillEnvelope(envelope: Envelope, values: ReadonlyMap<string, readonly string[]>): string {
  const used = new Map<string, number>();
  const pieces: string[] = [envelope.pieces[0]!];
  for (const [at, index] of envelope.order.entries()) {
    const label = envelope.labels[index]!;
    const next = used.get(label) ?? 0;
    const value = values.get(label)?.[next];
    if (value === undefined) throw invalid();
    used.set(label, next + 1);
    pieces.push(value, envelope.pieces[at + 1]!);
  }
  for (const [label, all] of values) if ((used.get(label) ?? 0) !== all.length) throw invalid();
  return pieces.join("");
}
