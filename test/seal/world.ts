/** A patient with a key set over gates, and an index sealed under it: what the threshold tests play with. */
import { randomBytes } from "../../src/core/bytes.ts";
import {
  deal,
  deriveIndexKey,
  generateKeyPair,
  keySetId,
  makePartial,
  type OpeningContext,
  prepareShare,
  type ShareBinding,
  sealIndex,
} from "../../src/seal/index.ts";

export const URL = "ipfs://bafyreigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi";

export async function makeWorld(threshold: number, count: number) {
  const indexKey = deriveIndexKey(randomBytes(32));
  const dealer = randomBytes(20);
  const keySet = keySetId(dealer, indexKey.publicKey);
  const dealing = deal(indexKey.secret, threshold, count);
  const binding = {
    chainId: 31338n,
    contract: randomBytes(20),
    ledgerRecordId: randomBytes(32),
    version: 3n,
    keySet,
  };
  const plaintext = { url: URL, tag: randomBytes(32), sigma: randomBytes(32), dIndex: randomBytes(65) };
  const index = await sealIndex(indexKey.publicKey, plaintext, binding);
  const requestId = randomBytes(32);
  const context: OpeningContext = {
    index,
    binding,
    commitments: dealing.commitments,
    generation: 1n,
    requestId,
  };
  /** What gate `i` answers when it is honest. */
  const partial = async (i: number) => {
    const share = await prepareShare(dealing.shares[i - 1]!);
    return makePartial(i, share, index.enc, { requestId, keySet, generation: 1n });
  };
  const gates = await Promise.all(Array.from({ length: count }, generateKeyPair));
  const shareBinding = (i: number): ShareBinding => ({
    chainId: binding.chainId,
    contract: binding.contract,
    dealer,
    keySet,
    generation: 1n,
    gateKey: gates[i - 1]!.publicKey,
    index: i,
    count,
    commitments: dealing.commitments,
  });
  return {
    indexKey,
    dealer,
    keySet,
    dealing,
    binding,
    plaintext,
    index,
    requestId,
    context,
    partial,
    gates,
    shareBinding,
  };
}
