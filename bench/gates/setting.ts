/** What releases need: gates that are registered, patients who dealt to them, records, and requests that were granted. */
import { Interface, JsonRpcProvider, type JsonRpcSigner, toQuantity, Wallet } from "ethers";
import { concat, hex, randomBytes, unhex } from "../../src/core/bytes.ts";
import { keyRegistryAbi } from "../../src/ledger/abi/keyRegistry.ts";
import { type Chain, type ChainAddresses, openChain } from "../../src/ledger/chain.ts";
import {
  type Decided,
  IndexLedger,
  KeyRegistry,
  keySetIdOf,
  ledgerRecordIdOf,
  publishCall,
  sendAsOwner,
  signGate,
} from "../../src/ledger/index.ts";
import { compileProgram } from "../../src/policy/index.ts";
import {
  deal,
  deriveIndexKey,
  encodeIndex,
  generateKeyPair,
  sealIndex,
  sealShare,
} from "../../src/seal/index.ts";
import { deriveGateKeys, type GateKeys } from "../../src/services/gateKeys.ts";
import type { Program } from "./processes.ts";

export type BenchGate = GateKeys & { seed: Uint8Array };
export type KeySetAt = { indexKey: Uint8Array; keySet: string };
/** A granted request, and the private half of its response key. */
export type Granted = { decided: Decided; secret: Uint8Array };

/** Transactions under way at a time. */
const atOnce = 16;
/** Dealings that one block takes, and the gas that each may use. */
const perBlock = 40;
const gas = toQuantity(700_000);

/** Runs `act` for each item, some at a time. */
export async function forEach<T>(
  items: readonly T[],
  act: (item: T, i: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const i = next++;
      await act(items[i]!, i);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** A chain with patients, gates and a requester on it. Everybody has an account that the node signs for. */
export class Setting {
  readonly chain: Chain;
  readonly url: string;
  readonly addresses: ChainAddresses;
  private readonly registry: KeyRegistry;
  private readonly accounts: Record<"operator" | "owner" | "requester", JsonRpcSigner>;

  private constructor(chain: Chain, url: string, addresses: ChainAddresses, accounts: Setting["accounts"]) {
    this.chain = chain;
    this.url = url;
    this.addresses = addresses;
    this.registry = new KeyRegistry(chain);
    this.accounts = accounts;
  }

  static async open(program: Program): Promise<Setting> {
    const { url, addresses } = await program.ask<{ url: string; addresses: ChainAddresses }>({});
    const provider = new JsonRpcProvider(url, addresses.chainId, { staticNetwork: true, cacheTimeout: -1 });
    provider.pollingInterval = 20;
    const chain = await openChain(addresses, provider);
    return new Setting(chain, url, addresses, {
      operator: await provider.getSigner(2),
      owner: await provider.getSigner(3),
      requester: await provider.getSigner(4),
    });
  }

  get provider(): JsonRpcProvider {
    return this.chain.provider as JsonRpcProvider;
  }

  /** Starts `count` gates, spread over these programs, and registers them. */
  async startGates(
    programs: readonly Program[],
    count: number,
    options: { remember?: boolean; watch?: boolean } = {},
  ): Promise<BenchGate[]> {
    const { url, addresses, chain } = this;
    const { remember = false, watch = false } = options;
    const gates: BenchGate[] = [];
    for (let i = 0; i < count; i++) {
      const seed = randomBytes(32);
      gates.push({ seed, ...(await deriveGateKeys(seed)) });
    }
    for (const [i, program] of programs.entries()) {
      const own = gates.filter((_, at) => at % programs.length === i);
      const seeds = own.map(({ seed }) => hex(seed));
      const start = { url, addresses, seeds, remember, watch };
      const { urls } = await program.ask<{ urls: string[] }>({ start });
      for (const [at, { address, wallet, hpke }] of own.entries()) {
        const signature = await signGate(wallet, chain, hpke.publicKey);
        const entry = { address, hpkeKey: hpke.publicKey, url: urls[at]!, signature };
        await this.registry.setGate(this.accounts.operator, entry);
      }
    }
    return gates;
  }

  /** A patient's dealing to these gates: what it is called with, and the key set. */
  async dealing(gates: readonly BenchGate[], threshold: number) {
    const key = deriveIndexKey(randomBytes(32));
    const { chain } = this;
    const dealer = this.accounts.owner.address;
    const { commitments, shares } = deal(key.secret, threshold, gates.length);
    const keySet = keySetIdOf(dealer, key.publicKey);
    const sealedShares = await Promise.all(
      gates.map(({ hpke }, i) =>
        sealShare(shares[i]!, {
          chainId: chain.chainId,
          contract: unhex(chain.keyRegistry),
          dealer: unhex(dealer),
          keySet: unhex(keySet),
          generation: 1,
          gateKey: hpke.publicKey,
          index: i + 1,
          count: gates.length,
          commitments,
        }),
      ),
    );
    const set = {
      indexKey: key.publicKey,
      generation: 1,
      threshold,
      gates: gates.map(({ address }) => address),
      commitments,
      sealedShares,
    };
    return { keySet, set };
  }

  async deal(gates: readonly BenchGate[], threshold: number): Promise<KeySetAt> {
    const { keySet, set } = await this.dealing(gates, threshold);
    await this.registry.deal(this.accounts.owner, set);
    return { indexKey: set.indexKey, keySet };
  }

  /** Has other patients deal to these gates for so many seconds, a full block at a time; how many dealt. */
  async crowd(gates: readonly BenchGate[], seconds: number): Promise<number> {
    const { provider, accounts } = this;
    const coder = new Interface(keyRegistryAbi);
    const until = performance.now() + seconds * 1000;
    let count = 0;
    await provider.send("evm_setAutomine", [false]);
    try {
      while (performance.now() < until) {
        const dealings = await Promise.all(Array.from({ length: perBlock }, () => this.dealing(gates, 1)));
        const sent = dealings.map(
          ({ set: { indexKey, generation, threshold, gates: to, commitments, sealedShares } }) => {
            const args = [
              hex(indexKey),
              generation,
              threshold,
              to,
              hex(concat(...commitments)),
              sealedShares.map(hex),
            ];
            const data = coder.encodeFunctionData("deal", args);
            const transaction = { from: accounts.owner.address, to: this.chain.keyRegistry, data, gas };
            return provider.send("eth_sendTransaction", [transaction]);
          },
        );
        await Promise.all(sent);
        await provider.send("evm_mine", []);
        count += perBlock;
      }
    } finally {
      await provider.send("evm_setAutomine", [true]);
    }
    return count;
  }

  /** One record under each of these key sets, and a granted request for each. */
  async grant(sets: readonly KeySetAt[]): Promise<Granted[]> {
    const { chain } = this;
    const { owner, requester } = this.accounts;
    const policy = `id:${requester.address.toLowerCase()}`;
    const program = compileProgram(policy);
    const ledger = new IndexLedger(chain);
    const granted: Granted[] = [];
    await forEach(sets, async ({ indexKey, keySet }, i) => {
      const salt = hex(randomBytes(32));
      const ledgerRecordId = ledgerRecordIdOf(owner.address, salt);
      const plaintext = {
        url: `ipfs://${i}`,
        tag: randomBytes(32),
        sigma: randomBytes(32),
        dIndex: randomBytes(65),
      };
      const index = await sealIndex(indexKey, plaintext, {
        chainId: chain.chainId,
        contract: unhex(chain.ledger),
        ledgerRecordId: unhex(ledgerRecordId),
        version: 1,
        keySet: unhex(keySet),
      });
      const edition = { ledgerRecordId, version: 1, epoch: 1, indexKey, salt, program, policy };
      await sendAsOwner(chain, owner, publishCall({ ...edition, index: encodeIndex(index) }));
      const pair = await generateKeyPair();
      const { decided } = await ledger.request(requester, {
        ledgerRecordId,
        nonce: hex(randomBytes(32)),
        purpose: 0,
        responseKey: hex(pair.publicKey),
        expiry: Math.floor(Date.now() / 1000) + 86_400,
      });
      if (decided.decision !== "granted") throw new Error(`the ledger said ${decided.decision}`);
      granted[i] = { decided, secret: pair.privateKey };
    });
    return granted;
  }

  /** Where the gates of a record's key set answer. */
  async gateUrls(ledgerRecordId: string): Promise<string[]> {
    const { keySet } = await new IndexLedger(this.chain).record(ledgerRecordId);
    const { gates } = await this.registry.keySet(keySet);
    return Promise.all(gates.map(async (gate) => (await this.registry.gate(gate)).url));
  }

  /** Waits until all that stands now is final for the gates. */
  async settle(): Promise<void> {
    for (let i = 0; i < 2; i++)
      await (await this.accounts.operator.sendTransaction({ to: Wallet.createRandom().address })).wait();
  }
}
