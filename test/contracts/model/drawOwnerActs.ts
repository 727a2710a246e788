/** What owners and requesters do, by chance. */
import fc from "fast-check";
import type { Policy } from "../../../src/policy/index.ts";
import { policies } from "../../policy/arbitrary.ts";
import {
  type Act,
  attributeNames,
  type Flaw,
  type Length,
  numberNames,
  type Pick,
  type RulesPlan,
  type Way,
  type Who,
} from "./acts.ts";
import { index, mostly, person, weighted, when } from "./drawing.ts";

const way: fc.Arbitrary<Way> = weighted<Way>(
  [5, fc.constant<Way>("direct")],
  [
    6,
    fc.record({
      relayer: person,
      field: fc.nat(5),
      flaw: weighted<Flaw>(
        [14, fc.constant<Flaw>("none")],
        [2, fc.constant<Flaw>("atLast")],
        [
          9,
          fc.constantFrom<Flaw>(
            "late",
            "nonceBefore",
            "nonceAfter",
            "otherSigner",
            "otherSide",
            "otherChainId",
            "otherContract",
            "otherName",
            "otherMessage",
            "noSignature",
          ),
        ],
      ),
    }),
  ],
);
const byOwner = { ...when, way, who: weighted<Who>([6, fc.constant<Who>("entitled")], [1, person]) };
const fresh = fc.record({ owner: fc.nat(2), salt: fc.nat(1) });
const known = fc.record({ known: index });
const onRecord = { ...byOwner, record: weighted<Pick>([12, known], [1, fresh]) };
const advance = {
  ...onRecord,
  version: mostly<"next" | "same" | "skipping">(16, "next", "same", "skipping"),
  epoch: weighted<"same" | "next" | "skipping">(
    [8, fc.constant("same" as const)],
    [8, fc.constant("next" as const)],
    [1, fc.constant("skipping" as const)],
  ),
  index: mostly<Length>(16, "usual", "none", "longest", "tooLong"),
};

const close = fc.record({
  kind: fc.constant("close" as const),
  ...onRecord,
  epoch: mostly<"current" | "next">(6, "current", "next"),
});
const setBlocked = fc.record({
  kind: fc.constant("setBlocked" as const),
  ...onRecord,
  account: person,
  blocked: fc.boolean(),
});
const offerTransfer = fc.record({
  kind: fc.constant("offerTransfer" as const),
  ...onRecord,
  newOwner: weighted<number | "nobody">([8, person], [1, fc.constant<"nobody">("nobody")]),
});
const request = fc.record({
  kind: fc.constant("request" as const),
  ...when,
  record: weighted<Pick>([20, known], [1, fresh]),
  by: weighted<Who>([3, fc.constant<Who>("entitled")], [2, person]),
  who: index,
  nonce: fc.nat(1),
  purpose: weighted([6, fc.constant(1)], [2, fc.nat(3)]),
  key: mostly<"good" | "short" | "compressed">(20, "good", "short", "compressed"),
  expiry: weighted<"past" | "second" | "round" | "later" | "last" | "beyond">(
    [12, fc.constantFrom("round" as const, "later" as const)],
    [1, fc.constantFrom("past" as const, "second" as const, "last" as const, "beyond" as const)],
  ),
});

/** Leaves over what people may have: attributes, numbers, and their own ids. */
function leaves(people: readonly string[]): fc.Arbitrary<Policy> {
  const own = fc.constantFrom(...people.map((each) => `id:${each}`));
  const attribute = weighted<string>([6, fc.constantFrom(...attributeNames.slice(0, 4))], [1, own]);
  const plain = attribute.map((text) => ({ kind: "leaf", attribute: text }) as Policy);
  const comparison = fc.record({
    kind: fc.constant("comparison" as const),
    name: fc.constantFrom(...numberNames),
    operator: fc.constantFrom("<" as const, "<=" as const, "=" as const, ">=" as const, ">" as const),
    value: fc.integer({ min: 1, max: 4 }),
  });
  const compared = comparison.map(({ name, ...rest }) => ({ ...rest, ...name }) as Policy);
  return weighted([2, plain], [1, compared]);
}

function drawPublish(people: readonly string[]) {
  const policy = weighted([2, policies(2, leaves(people))], [1, policies(5, leaves(people))]);
  const purposes = weighted([3, fc.constant<number[]>([])], [2, fc.subarray([1, 2, 3], { minLength: 1 })]);
  return {
    kind: fc.constant("publish" as const),
    ...advance,
    record: weighted<Pick>([4, known], [2, fresh]),
    rules: weighted<RulesPlan>(
      [14, fc.record({ policy, purposes })],
      [1, fc.record({ policy, purposes, malformed: index })],
    ),
    indexKey: fc.nat(1),
    text: mostly<"usual" | "tooLong">(20, "usual", "tooLong"),
  };
}

/** A first version with nothing wrong. */
export function firstPublish(people: readonly string[]): fc.Arbitrary<Act> {
  const publish = drawPublish(people);
  return fc.record({
    ...publish,
    record: fresh,
    who: fc.constant<Who>("entitled"),
    way: fc.constant<Way>("direct"),
    version: fc.constant("next" as const),
    epoch: fc.constant("next" as const),
    index: fc.constant<Length>("usual"),
    text: fc.constant("usual" as const),
  });
}

/** What owners and requesters do, with weights. */
export function ownerActs(people: readonly string[]): [number, fc.Arbitrary<Act>][] {
  return [
    [10, fc.record(drawPublish(people))],
    [6, fc.record({ kind: fc.constant("republish" as const), ...advance })],
    [3, close],
    [5, setBlocked],
    [4, offerTransfer],
    [5, fc.record({ kind: fc.constant("acceptTransfer" as const), ...onRecord })],
    [5, fc.record({ kind: fc.constant("revokeGrant" as const), ...byOwner, request: index })],
    [22, request],
  ];
}
