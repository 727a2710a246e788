/** What authorities, administrators and dealers do, by chance. */
import fc from "fast-check";
import { type Act, attributeNames, type Life, labelNames, numberNames, type Official } from "./acts.ts";
import type { NumberName } from "./calls.ts";
import { index, mostly, person, weighted, when } from "./drawing.ts";

const official = weighted<Official>(
  [8, fc.constant<Official>("authority")],
  [3, fc.constant<Official>("secondAuthority")],
  [1, fc.constantFrom<Official>("admin", "person")],
);
const governor = mostly<Official>(6, "admin", "authority", "secondAuthority", "person");
const badTexts = ["", "id:somebody", "\u0001x", "x".repeat(257)];
const few = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  weighted([16, fc.array(item, { minLength: 1, maxLength: 3, size: "max" })], [1, fc.constant<T[]>([])]);
const texts = few(
  weighted(
    [30, fc.constantFrom<string>(...attributeNames)],
    [1, fc.constantFrom(...badTexts, "ä".repeat(128))],
  ),
);
const numberName = weighted<NumberName>(
  [20, fc.constantFrom(...numberNames)],
  [
    1,
    fc.constantFrom<NumberName>(
      { label: "level", unit: "unknown" },
      { label: "id", unit: "number" },
      { label: "", unit: "date" },
    ),
  ],
);
const value = weighted([8, fc.nat(5)], [1, fc.constantFrom(2 ** 31, 2 ** 32 - 1)]);
const numberGiven = fc.tuple(numberName, value).map(([name, number]) => ({ ...name, value: number }));
const life = weighted<Life>(
  [1, fc.constant<Life>("past")],
  [2, fc.constant<Life>("second")],
  [8, fc.constantFrom<Life>("short", "long")],
);
const account = weighted<number | "nobody">([30, person], [1, fc.constant<"nobody">("nobody")]);

const attest = {
  kind: fc.constant("attest" as const),
  ...when,
  by: official,
  account,
  attributes: texts,
  life,
};
const attestNumbers = fc.record({
  kind: fc.constant("attestNumbers" as const),
  ...when,
  by: official,
  account,
  numbers: few(numberGiven),
  life,
});
const revoke = fc.record({
  kind: fc.constant("revoke" as const),
  ...when,
  by: official,
  account: person,
  attributes: weighted<number | string[]>([3, index], [1, texts]),
});
const revokeNumbers = fc.record({
  kind: fc.constant("revokeNumbers" as const),
  ...when,
  by: official,
  account: person,
  numbers: weighted<number | NumberName[]>([3, index], [1, few(numberName)]),
});
const assignLabel = fc.record({
  kind: fc.constant("assignLabel" as const),
  ...when,
  by: governor,
  label: weighted<string>([10, fc.constantFrom(...labelNames)], [1, fc.constant("id")]),
  to: fc.constantFrom<Official | "nobody">("nobody", "nobody", "authority", "secondAuthority"),
});
const changeRole = fc.record({
  kind: fc.constant("changeRole" as const),
  ...when,
  by: governor,
  contract: fc.constantFrom("ledger" as const, "attributes" as const),
  gives: fc.boolean(),
  account: fc.constantFrom<Official>("admin", "authority", "authority", "secondAuthority", "person"),
});
const anchor = fc.record({
  kind: fc.constant("anchor" as const),
  ...when,
  by: fc.constantFrom<Official>("admin", "authority", "authority", "person"),
  what: fc.constantFrom("keys" as const, "list" as const, "certificate" as const),
  value: fc.nat(2),
});
const deal = fc.record({
  kind: fc.constant("deal" as const),
  ...when,
  by: fc.nat(1),
  key: fc.nat(1),
  generationOff: weighted([6, fc.constant(0)], [1, fc.constantFrom(-1, 1)]),
  threshold: weighted([6, fc.integer({ min: 1, max: 2 })], [1, fc.nat(4)]),
  gates: weighted(
    [6, fc.constant<number[]>([0, 1, 2])],
    [2, fc.array(fc.nat(3), { maxLength: 4, size: "max" })],
  ),
  flaw: mostly<"none" | "shares" | "commitments" | "point">(6, "none", "shares", "commitments", "point"),
});

/** Attests what most policies ask for, to this person. */
export function firstAttest(who: number): fc.Arbitrary<Act> {
  return fc.record({
    ...attest,
    account: fc.constant(who),
    by: fc.constant<Official>("authority"),
    attributes: fc.constant(["role:doctor", "org:north", "staff"]),
    life: fc.constant<Life>("long"),
  });
}

/** What authorities, administrators and dealers do, with weights. */
export const officialActs: [number, fc.Arbitrary<Act>][] = [
  [10, fc.record(attest)],
  [8, attestNumbers],
  [4, revoke],
  [2, revokeNumbers],
  [4, assignLabel],
  [2, changeRole],
  [
    2,
    fc.record({
      kind: fc.constant("setPause" as const),
      ...when,
      by: governor,
      pause: mostly(2, false, true),
    }),
  ],
  [1, anchor],
  [3, deal],
];
