/** A ledger record made by hand, past all checks of the patient's role: what a dishonest owner can put on a ledger. */
import type { Signer } from "ethers";
import { hex, randomBytes } from "../../src/core/bytes.ts";
import type { Chain } from "../../src/ledger/chain.ts";
import {
  type Decided,
  IndexLedger,
  keySetIdOf,
  ledgerRecordIdOf,
  publishCall,
  sendAsOwner,
} from "../../src/ledger/index.ts";
import { compileProgram } from "../../src/policy/index.ts";
import { generateKeyPair, type IndexBinding } from "../../src/seal/index.ts";
import { bindingOf } from "./places.ts";

/** What nobody wants to read. */
export const someIndex = () => ({
  url: "ipfs://hers",
  tag: randomBytes(32),
  sigma: randomBytes(32),
  dIndex: randomBytes(65),
});

export type HandMade = {
  id: string;
  /** What an honest index of that version is bound to. */
  bindingAt: (version: number) => IndexBinding;
  /** Publishes these bytes as the index of a version, in the epoch of that number, 1 unless said. */
  publish: (index: Uint8Array, version: number, epoch?: number) => Promise<void>;
};

/** A record of `signer` under `indexKey`, for whomever `policy` admits; nothing is published yet. `id` of one that stands. */
export async function makeByHand(
  chain: Chain,
  signer: Signer,
  indexKey: Uint8Array,
  policy: string,
  id?: string,
  salt: string = hex(randomBytes(32)),
): Promise<HandMade> {
  const owner = await signer.getAddress();
  const ledgerRecordId = id ?? ledgerRecordIdOf(owner, salt);
  const keySet = keySetIdOf(owner, indexKey);
  const program = compileProgram(policy);
  return {
    id: ledgerRecordId,
    bindingAt: (version) => bindingOf(chain, ledgerRecordId, { version, keySet }),
    publish: async (index, version, epoch = 1) => {
      const call = { ledgerRecordId, version, epoch, indexKey, salt, program, index, policy };
      await sendAsOwner(chain, signer, publishCall(call));
    },
  };
}

/** Asks the ledger for a record with any account, and a response key of its own. */
export async function askAs(chain: Chain, signer: Signer, ledgerRecordId: string, seconds = 600) {
  const pair = await generateKeyPair();
  const { decided } = await new IndexLedger(chain).request(signer, {
    ledgerRecordId,
    nonce: hex(randomBytes(32)),
    purpose: 0,
    responseKey: hex(pair.publicKey),
    expiry: Math.floor(Date.now() / 1000) + seconds,
  });
  return { decided, responseSecret: pair.privateKey } satisfies {
    decided: Decided;
    responseSecret: Uint8Array;
  };
}
