import type { Attribute } from "./attribute.ts";
import { type Comparison, meets, toInterval } from "./comparison.ts";
import { LARGEST, type NumericValue, type Unit } from "./number.ts";
import { evaluate } from "./satisfies.ts";
import { type Leaf, type Policy, policyLeaves } from "./tree.ts";

/** Something that a holder may have: an attribute or not, or under a label no number or one of those that matter. */
type Question =
  | { readonly kind: "attribute"; readonly attribute: Attribute }
  | {
      readonly kind: "label";
      readonly label: string;
      readonly answers: readonly (NumericValue | undefined)[];
    };

/**
 * Whether some attribute set satisfies `a` and not `b`, by trying all, cutting every branch that monotony settles. `spend`
 * is told the work before it is done, in leaves looked at, and may throw.
 */
export function hasCounterexample(a: Policy, b: Policy, spend: (work: number) => void): boolean {
  const leavesOfA = policyLeaves(a);
  const leavesOfB = policyLeaves(b);
  const questions = listQuestions(leavesOfA, leavesOfB, spend);
  const cost = 2 * (leavesOfA.length + leavesOfB.length);
  const open = new Set<string>(questions.map(nameOf));
  const held = new Set<Attribute>();
  const numbers = new Map<string, NumericValue | undefined>();
  const isHeld = (leaf: Leaf | Comparison) =>
    leaf.kind === "leaf" ? held.has(leaf.attribute) : meets(leaf, numbers.get(leaf.label));
  // Too generous for open labels, where each comparison counts by itself.
  const isPossible = (leaf: Leaf | Comparison) => isHeld(leaf) || open.has(nameOf(leaf));
  const isWithinReach = (leaf: Leaf | Comparison) => (leaf.kind === "leaf" ? isPossible(leaf) : isHeld(leaf));
  const search = (next: number): boolean => {
    spend(cost);
    if (!evaluate(a, isPossible) || evaluate(b, isHeld)) return false;
    if (evaluate(a, isHeld)) return true;
    if (!evaluate(b, isPossible) && evaluate(a, isWithinReach)) return true;
    const question = questions[next]!;
    const name = nameOf(question);
    open.delete(name);
    const found = tryAnswers(question, () => search(next + 1));
    open.add(name);
    return found;
  };
  const tryAnswers = (question: Question, goOn: () => boolean): boolean => {
    if (question.kind === "label") {
      const found = question.answers.some((answer) => {
        numbers.set(question.label, answer);
        return goOn();
      });
      numbers.delete(question.label);
      return found;
    }
    if (goOn()) return true;
    held.add(question.attribute);
    const found = goOn();
    held.delete(question.attribute);
    return found;
  };
  return search(0);
}

/** Attributes and labels apart: no attribute has a control character. */
function nameOf(subject: Leaf | Comparison | Question): string {
  return subject.kind === "leaf" || subject.kind === "attribute"
    ? subject.attribute
    : `\u0001${subject.label}`;
}

/** What bears on `a`, in order of first mention: what `a` doesn't mention doesn't help it, so a counterexample can do without. */
function listQuestions(
  leavesOfA: readonly (Leaf | Comparison)[],
  leavesOfB: readonly (Leaf | Comparison)[],
  spend: (work: number) => void,
): Question[] {
  const questions = new Map<string, Question>();
  for (const leaf of leavesOfA) {
    const name = nameOf(leaf);
    if (questions.has(name)) continue;
    if (leaf.kind === "leaf") questions.set(name, { kind: "attribute", attribute: leaf.attribute });
    else {
      const about = (other: Leaf | Comparison): other is Comparison =>
        other.kind === "comparison" && other.label === leaf.label;
      const answers = listAnswers(leavesOfA.filter(about), leavesOfB.filter(about), spend);
      questions.set(name, { kind: "label", label: leaf.label, answers });
    }
  }
  return [...questions.values()];
}

/**
 * The numbers worth trying under one label, and `undefined` for none: one from each interval that the comparisons cut,
 * without those that another one beats by meeting as much of `a` and no more of `b`.
 */
function listAnswers(
  ofA: readonly Comparison[],
  ofB: readonly Comparison[],
  spend: (work: number) => void,
): (NumericValue | undefined)[] {
  const candidates = [
    undefined,
    ...(["number", "date"] as const).flatMap((unit) => cut(unit, [...ofA, ...ofB])),
  ];
  spend(candidates.length * (ofA.length + ofB.length + candidates.length));
  const tried = candidates.map((answer) => ({ answer, a: mark(ofA, answer), b: mark(ofB, answer) }));
  const distinct = [...new Map(tried.map((one) => [`${one.a}/${one.b}`, one])).values()];
  const beats = (x: (typeof tried)[number], y: (typeof tried)[number]) =>
    x !== y && (x.a & y.a) === y.a && (x.b & y.b) === x.b;
  return distinct.filter((one) => !distinct.some((other) => beats(other, one))).map(({ answer }) => answer);
}

/** The least value of each interval of `unit` within which all comparisons stay as they are. */
function cut(unit: Unit, comparisons: readonly Comparison[]): NumericValue[] {
  const ends = comparisons.filter((one) => one.unit === unit).map(toInterval);
  const starts = new Set(ends.flatMap(({ low, high }) => [low, high + 1]));
  return [...starts].filter((value) => value <= LARGEST[unit]).map((value) => ({ unit, value }));
}

/** A bit for each comparison that `answer` meets. */
function mark(comparisons: readonly Comparison[], answer: NumericValue | undefined): bigint {
  return comparisons.reduce(
    (bits, one, place) => (meets(one, answer) ? bits | (1n << BigInt(place)) : bits),
    0n,
  );
}
