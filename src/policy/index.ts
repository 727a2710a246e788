/**
 * The policy language: who may open what. One text serves the ABE (as an LSSS) and the contract (as a program).
 *
 * @module
 */
export {
  type Attribute,
  attributeHash,
  emergencyAttribute,
  idAttribute,
  type NumericAttribute,
  numericAttribute,
  parseAttribute,
  parseAttributes,
} from "./attribute.ts";
export { expandAttributes } from "./bits.ts";
export { findCombination, type Weight } from "./combination.ts";
export { type Comparison, type Operator, printComparison } from "./comparison.ts";
export { demandOneValue } from "./holdings.ts";
export { implies } from "./implies.ts";
export { numberSlot } from "./label.ts";
export { POLICY_LIMITS } from "./limits.ts";
export {
  compileLsss,
  type Lsss,
  type LsssRow,
  SCALAR_ORDER,
  shareSecret,
} from "./lsss.ts";
export { type NumericValue, printValue, type Unit } from "./number.ts";
export { parsePolicy, toPolicy } from "./parse.ts";
export { printPolicy } from "./print.ts";
export {
  type Attested,
  COMPARISON_SIZE,
  compileProgram,
  encodeLeaf,
  type Operation,
  type ProgramParts,
  readProgram,
  runProgram,
} from "./program.ts";
export {
  allowsAll,
  type Purpose,
  purposeBytes,
  purposeNumber,
  purposeOf,
  purposes,
} from "./purpose.ts";
export { satisfies } from "./satisfies.ts";
export {
  alternativesOf,
  type Gate,
  joinPolicies,
  type Leaf,
  normalisePolicy,
  type Policy,
  policyLeaves,
} from "./tree.ts";
