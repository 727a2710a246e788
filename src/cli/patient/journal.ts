/** The journal of a patient's acts, in the patient's sealed store, apart for each pair of chains. */
import { hex, unhex, utf8 } from "../../core/bytes.ts";
import { DiptychError } from "../../core/errors.ts";
import { hash } from "../../core/hash.ts";
import type { Chain, Side } from "../../ledger/chain.ts";
import type { Journal } from "../../roles/journal.ts";
import type { KeyStore } from "../../roles/keyStore.ts";

/**
 * Notes say what stands on the ledgers and what is on its way there. Local chains forget at a restart, so on others than those of
 * a note there is no such note.
 */
export async function journalOn(chains: Record<Side, Chain>, store: KeyStore): Promise<Journal> {
  const places = await Promise.all(
    (["storage", "shared"] as const).map(async (side) => {
      const { provider, chainId, ledger } = chains[side];
      return `${chainId} ${ledger.toLowerCase()} ${await firstBlock(chains[side], () => provider.getBlock(0))}`;
    }),
  );
  const digest = hash("diptych/home/journal/v1", ...places.map((place) => utf8(place)));
  const named = (name: string) => `journal/${hex(digest).slice(2, 34)}/${name}`;
  return {
    get: (name) => store.get(named(name)),
    set: (name, bytes) => store.set(named(name), bytes),
    delete: (name) => store.delete(named(name)),
  };
}

async function firstBlock(
  { side }: Chain,
  ask: () => Promise<{ hash: string | null } | null>,
): Promise<string> {
  let block: { hash: string | null } | null;
  try {
    block = await ask();
  } catch (cause) {
    throw new DiptychError("chain-unreachable", `The ${side} chain's node does not answer: is it running?`, {
      cause,
    });
  }
  return hex(unhex(block?.hash ?? "0x"));
}
