/** Relayers of a test's own, owners without money, and acts that those signed. */
import { type BaseWallet, Interface, type InterfaceAbi, Wallet } from "ethers";
import { randomBytes } from "../../src/core/bytes.ts";
import {
  blockMessage,
  type Chain,
  closeMessage,
  indexLedgerAbi,
  ledgerRecordIdOf,
  type Mandate,
  publicationOf,
  publishCall,
  publishMessage,
  type Side,
  signMandate,
} from "../../src/ledger/index.ts";
import { compileProgram } from "../../src/policy/index.ts";
import { Relayer, type RelayerOptions, serveRelayer } from "../../src/services/relayerServer.ts";
import { fundedWallet, random32, sides, world } from "../world.ts";

export const face = new Interface(indexLedgerAbi as unknown as InterfaceAbi);

export type OwnRelayer = { relayer: Relayer; wallets: Record<Side, BaseWallet>; close: () => Promise<void> };

/** A relayer with money on both chains; `at` is what it takes for its nodes. */
export async function openRelayer(
  options: Partial<RelayerOptions> & { at?: Partial<Record<Side, Chain>>; wallet?: BaseWallet } = {},
): Promise<OwnRelayer> {
  const { at, wallet = await fundedWallet(), ...given } = options;
  const { chains } = await world();
  const of = (side: Side) => ({ chain: at?.[side] ?? chains[side], wallet });
  const accounts = { storage: of("storage"), shared: of("shared") };
  const relayer = await Relayer.open({ accounts, confirmations: 0, ...given });
  return { relayer, wallets: { storage: wallet, shared: wallet }, close: () => relayer.close() };
}

/** A relayer that serves. */
export async function serveOwnRelayer(
  options: Parameters<typeof openRelayer>[0] & { serve?: Parameters<typeof serveRelayer>[1] } = {},
): Promise<OwnRelayer & { url: string }> {
  const { serve, ...opening } = options;
  const opened = await openRelayer(opening);
  const { url, close } = await serveRelayer(opened.relayer, serve);
  return {
    ...opened,
    url,
    close: async () => {
      await close();
      await opened.close();
    },
  };
}

/** What an owner asks a relayer for, on one chain. */
export function orderOf(chain: Chain, data: string) {
  const { side, chainId, ledger } = chain;
  return { side, chainId, ledger, data };
}

/** An owner who has no money. */
export class PennilessOwner {
  readonly wallet = Wallet.createRandom();
  readonly chain: Chain;
  private readonly salt = random32();

  constructor(chain: Chain) {
    this.chain = chain;
  }

  get ledgerRecordId(): string {
    return ledgerRecordIdOf(this.wallet.address, this.salt);
  }

  /** Publishes the first version: its index is no index, but that is no business of a ledger or a relayer. */
  async publish(): Promise<string> {
    const call = {
      ledgerRecordId: this.ledgerRecordId,
      version: 1,
      epoch: 1,
      indexKey: randomBytes(65),
      salt: this.salt,
      program: compileProgram("role:doctor"),
      index: randomBytes(300),
      policy: "role:doctor",
    };
    const publication = publicationOf(call, this.wallet.address);
    const mandate = await signMandate(this.wallet, publishMessage, this.chain, publication);
    return encode("publishFor", mandate, publishCall(call).args);
  }

  /** Blocks a new account; `overrides` changes where it is for, and until when. */
  async block(overrides: { chain?: Chain; deadline?: bigint; nonce?: bigint } = {}): Promise<string> {
    const { chain = this.chain, deadline } = overrides;
    const account = Wallet.createRandom().address;
    const act = { ledgerRecordId: this.ledgerRecordId, account, blocked: true };
    const mandate = await signMandate(this.wallet, blockMessage, chain, act, deadline);
    return encode("setBlockedFor", mandate, [this.ledgerRecordId, account, true]);
  }

  async close(epoch = 1): Promise<string> {
    const { ledgerRecordId } = this;
    const mandate = await signMandate(this.wallet, closeMessage, this.chain, { ledgerRecordId, epoch });
    return encode("closeFor", mandate, [ledgerRecordId, epoch]);
  }
}

/** An owner whose record stands already, carried by `relayer`. */
export async function settledOwner(relayer: Relayer, chain: Chain): Promise<PennilessOwner> {
  const owner = new PennilessOwner(chain);
  await relayed(relayer, chain, await owner.publish());
  return owner;
}

/** Has a relayer carry a call, and waits until it is mined. */
export async function relayed(relayer: Relayer, chain: Chain, data: string): Promise<string> {
  const { hash } = await relayer.relay(orderOf(chain, data));
  await chain.provider.waitForTransaction(hash);
  return hash;
}

function encode(method: string, mandate: Mandate, args: readonly unknown[]): string {
  return face.encodeFunctionData(method, [mandate, ...args]);
}

/** How many transactions an account has sent on both chains. */
export async function sentBy(address: string): Promise<number[]> {
  const { chains } = await world();
  return Promise.all(sides.map((side) => chains[side].provider.getTransactionCount(address)));
}
