/** Keys of an authority that the shared world's chains let act as one. */
import { Interface } from "ethers";
import { attributeRegistryAbi } from "../../src/ledger/abi/index.ts";
import { type KeyStore, memoryKeyStore } from "../../src/roles/keyStore.ts";
import { fundedWallet, govern, world } from "../world.ts";

/** A store whose accounts hold the authority's role on both chains of the shared world. */
export async function entitledStore(): Promise<KeyStore> {
  const { chains } = await world();
  const keyStore = memoryKeyStore();
  const abi = new Interface(attributeRegistryAbi);
  for (const side of ["storage", "shared"] as const) {
    const { privateKey, address } = await fundedWallet();
    await keyStore.set(`authority/account/${side}`, Buffer.from(privateKey.slice(2), "hex"));
    const { attributeRegistry, provider } = chains[side];
    const asked = { to: attributeRegistry, data: abi.encodeFunctionData("AUTHORITY_ROLE") };
    const [role] = abi.decodeFunctionResult("AUTHORITY_ROLE", await provider.call(asked));
    const data = abi.encodeFunctionData("grantRole", [role, address]);
    await govern(chains[side], { target: attributeRegistry, data });
  }
  return keyStore;
}
