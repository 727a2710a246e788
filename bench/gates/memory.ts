/** A chain whose reads are answered from memory once they have been asked: what is left is what isn't the chain read. */
import type { Chain } from "../../src/ledger/chain.ts";

const reads = ["call", "getBlock", "getCode", "getNetwork", "send"];

/** `chain` with a memory; `forget` has everything asked for again. */
export function rememberReads(chain: Chain): { chain: Chain; forget: () => void } {
  const known = new Map<string, Promise<unknown>>();
  const provider: Chain["provider"] = new Proxy(chain.provider, {
    get(target, name) {
      if (name === "provider") return provider;
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      if (!reads.includes(String(name))) return value.bind(target);
      return (...args: unknown[]) => {
        const asked = JSON.stringify([name, args], (_, each) =>
          typeof each === "bigint" ? String(each) : each,
        );
        let answer = known.get(asked);
        if (answer === undefined) {
          answer = value.apply(target, args) as Promise<unknown>;
          known.set(asked, answer);
          answer.catch(() => known.delete(asked));
        }
        return answer;
      };
    },
  });
  return { chain: { ...chain, provider }, forget: () => known.clear() };
}
