/** The policy language: who may open what. One text serves the ABE (as an LSSS) and the contract (as a program). */
export {
  type Attribute,
  attributeHash,
  emergencyAttribute,
  idAttribute,
  parseAttribute,
  parseAttributes,
} from "./attribute.ts";
export { implies } from "./implies.ts";
export { POLICY_LIMITS } from "./limits.ts";
export {
  compileLsss,
  findCombination,
  type Lsss,
  type LsssRow,
  SCALAR_ORDER,
  shareSecret,
  type Weight,
} from "./lsss.ts";
export { parsePolicy, toPolicy } from "./parse.ts";
export { printPolicy } from "./print.ts";
export { compileProgram, runProgram } from "./program.ts";
export { satisfies } from "./satisfies.ts";
export { type Gate, joinPolicies, type Leaf, normalisePolicy, type Policy, policyLeaves } from "./tree.ts";
