/** What the ledgers say of an id: the index of a ledger record, or a request. */
import { unhex } from "../../core/bytes.ts";
import { DiptychError, isDiptychError } from "../../core/errors.ts";
import { type Chain, IndexLedger, purposeCodes, type Side } from "../../ledger/index.ts";
import { checkIndexProof, decodeIndex } from "../../seal/index.ts";
import { describeIndex, describeProgram, type Facts } from "./objects.ts";

/** An id on a ledger: 32 bytes in hex. */
export const isId = (text: string): boolean => /^0x[0-9a-f]{64}$/i.test(text);

/** The index that stands under a ledger record id, on each of these ledgers that knows it. @throws DiptychError `record-unknown` */
export function standingIndexes(chains: readonly Chain[], id: string): Promise<Facts> {
  return onEach(chains, "ledger record", id, async (chain) => {
    const found = await new IndexLedger(chain).find(id);
    if (found === undefined) return undefined;
    const { owner, version, epoch, closed, keySet, index, program } = found;
    const binding = {
      chainId: BigInt(chain.chainId),
      contract: unhex(chain.ledger),
      ledgerRecordId: unhex(id),
      version: BigInt(version),
      keySet: unhex(keySet),
    };
    return {
      owner,
      version,
      epoch,
      closed,
      keySet,
      index: {
        ...describeIndex(index),
        proofHolds: await holds(() => checkIndexProof(decodeIndex(index), binding)),
      },
      policy: describeProgram(program),
    };
  });
}

/** A request as it stands now, on each of these ledgers that granted it. @throws DiptychError `record-unknown` */
export function standingRequests(chains: readonly Chain[], id: string): Promise<Facts> {
  return onEach(chains, "granted request", id, async (chain) => {
    const ledger = new IndexLedger(chain);
    const grant = await ledger.grantOf(id);
    if (grant === undefined) return undefined;
    const { ledgerRecordId, requester, epoch, expiry, purpose } = grant;
    return {
      object: "request",
      status: await ledger.status(id),
      ledgerRecordId,
      requester,
      epoch,
      purpose: purpose === 0 ? "none stated" : purposeCodes([purpose]).join(),
      expires: expiry === 0 ? "revoked by the owner" : new Date(expiry * 1000),
    };
  });
}

async function onEach(
  chains: readonly Chain[],
  what: string,
  id: string,
  look: (chain: Chain) => Promise<Facts | undefined>,
): Promise<Facts> {
  const found: { [side in Side]?: Facts } = {};
  for (const chain of chains) {
    const facts = await look(chain);
    if (facts !== undefined) found[chain.side] = facts;
  }
  if (Object.keys(found).length > 0) return { id, ...found };
  const asked = chains.map(({ side }) => side).join(" and ");
  throw new DiptychError("record-unknown", `The ${asked} ledger knows no ${what} ${id}: check the id.`);
}

async function holds(check: () => Promise<void>): Promise<boolean> {
  try {
    await check();
    return true;
  } catch (error) {
    if (isDiptychError(error, "proof-invalid")) return false;
    throw error;
  }
}
