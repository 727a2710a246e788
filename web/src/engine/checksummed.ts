/** How accounts are written, whoever told them: in the capitals that check them (EIP-55). */
import { getAddress, isAddress } from "ethers";

/** The account as all of the page writes it; what is none stays as it is. */
export function checksummed(account: string): string {
  const lower = account.toLowerCase();
  return isAddress(lower) ? getAddress(lower) : account;
}
