import { SCALAR_ORDER } from "../../src/policy/index.ts";

/** a / b modulo the order, by Fermat; b isn't zero. */
export function divide(a: bigint, b: bigint): bigint {
  let [result, base] = [a % SCALAR_ORDER, b];
  for (let exponent = SCALAR_ORDER - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % SCALAR_ORDER;
    base = (base * base) % SCALAR_ORDER;
  }
  return result;
}
