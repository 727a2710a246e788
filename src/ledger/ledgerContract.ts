/** The ledger contract of a chain, as its clients share it. */
import type { Contract } from "ethers";
import { indexLedgerAbi } from "./abi/indexLedger.ts";
import type { Address, Chain } from "./chain.ts";
import { contractAt, read } from "./transactions.ts";

/** The ledger at its address, read through the chain's node. */
export function contractOf(chain: Chain): Contract {
  return contractAt(chain, chain.ledger, indexLedgerAbi);
}

/** The nonce that an account's next mandate must carry. */
export function nonceOf(contract: Contract, account: Address): Promise<bigint> {
  return read<bigint>(contract, "nonces", [account], "tell the nonce");
}
