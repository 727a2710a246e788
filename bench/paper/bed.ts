/** What all sections measure on: two chains, gates, one store behind a gateway, an authority, a doctor, a patient, readers. */
import { type BaseWallet, Wallet } from "ethers";
import { keygen, type PublicKey, type SecretKey, setup } from "../../src/abe/index.ts";
import { generateSigningKey } from "../../src/ces/index.ts";
import { GatewayClient } from "../../src/cloud/gatewayClient.ts";
import { MemoryBlockStore } from "../../src/cloud/index.ts";
import { hex, randomBytes, unhex } from "../../src/core/bytes.ts";
import type { Chain, Side } from "../../src/ledger/chain.ts";
import {
  AttributeRegistry,
  KeyRegistry,
  keySetIdOf,
  ledgerRecordIdOf,
  signGate,
} from "../../src/ledger/index.ts";
import {
  createCertificateAuthority,
  issueCertificate,
  requestCertificate,
  type Trust,
} from "../../src/record/index.ts";
import { OwnerKeys } from "../../src/roles/ownerKeys.ts";
import { deal, type IndexKey, sealShare } from "../../src/seal/index.ts";
import { Gate } from "../../src/services/gate.ts";
import { deriveGateKeys } from "../../src/services/gateKeys.ts";
import { serveGate } from "../../src/services/gateServer.ts";
import { Gateway } from "../../src/services/gateway.ts";
import { serveGateway } from "../../src/services/gatewayServer.ts";
import { deployCaller, takeOn } from "../baselines/batch.ts";
import { membership } from "../baselines/bbds.ts";
import type { Maker, Rights } from "../baselines/scheme.ts";
import { type BedChain, type ChainSettings, openBedChain } from "./network.ts";

/** The policies of the paper's example. */
export const rights: Rights = {
  full: "(role:doctor and org:yzu-hospital) or role:government",
  shared: "(role:doctor and org:yzu-hospital) or role:government or role:researcher or role:insurer",
};

/** Somebody who reads: one account and key for both chains, with every attribute that the policies ask for. */
export type Reader = { wallets: Record<Side, BaseWallet>; secretKey: SecretKey };

export type Bed = {
  chains: Record<Side, BedChain>;
  gateway: GatewayClient;
  patient: { keys: OwnerKeys; wallets: Record<Side, BaseWallet>; indexKeys: Record<Side, IndexKey> };
  maker: Maker;
  trust: Trust;
  reader: Reader;
  abePublicKey: PublicKey;
  close: () => Promise<void>;
};

export type BedOptions = Partial<ChainSettings> & {
  /** Gates a chain, and how many open an index; none for benches that only ask the chains. */
  gates?: { n: number; t: number };
};

const sides = ["storage", "shared"] as const;
const unlimited = 1_000_000;

async function both<T>(make: (side: Side) => Promise<T>): Promise<Record<Side, T>> {
  const storage = await make("storage");
  return { storage, shared: await make("shared") };
}

/** Opens everything; whoever opens it closes it. */
export async function openBed(options: BedOptions = {}): Promise<Bed> {
  const { n, t } = options.gates ?? { n: 3, t: 2 };
  const closers: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const each of closers.splice(0).reverse()) await each().catch(() => undefined);
  };
  try {
    const chains = await both(async (side) => {
      const opened = await openBedChain(side, options);
      closers.push(opened.close);
      return opened;
    });
    const gates = await both((side) => startGates(chains[side], n, closers));
    const plain = { storage: chains.storage.serviceChain, shared: chains.shared.serviceChain };
    const store = new MemoryBlockStore();
    const served = await serveGateway(new Gateway({ store, chains: plain, confirmations: 0 }), {
      requestsPerMinute: unlimited,
    });
    closers.push(() => served.close());
    const patient = await openPatient(chains, gates, t);
    const { publicKey, masterKey } = await setup();
    const { doctor, trust } = await openClinic();
    const reader = await openReader(chains);
    const account = reader.wallet.address;
    const attributes = ["role:doctor", "org:yzu-hospital", "role:researcher", membership];
    const secretKey = await keygen(publicKey, masterKey, [...attributes, `id:${account.toLowerCase()}`]);
    await both((side) => attest(chains[side], account, attributes));
    const maker: Maker = {
      keys: patient.keys,
      abePublicKey: publicKey,
      doctor,
      rights,
      invited: [account],
      place: async (side, emrId, view) => {
        const { chain } = chains[side];
        const salt = patient.keys.ledgerRecordSalt(chain, emrId, view);
        return { chain, ledgerRecordId: ledgerRecordIdOf(patient.wallets[side].address, salt) };
      },
    };
    const { wallets } = reader;
    return {
      chains,
      gateway: new GatewayClient(served.url),
      patient,
      maker,
      trust,
      reader: { wallets, secretKey },
      abePublicKey: publicKey,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Attests attributes for a day. */
export async function attest({ chain, operator }: BedChain, account: string, attributes: readonly string[]) {
  const expiry = Math.floor(Date.now() / 1000) + 86_400;
  await new AttributeRegistry(chain).attest(operator, account, attributes, expiry);
}

/** Gives an account money for gas. */
export async function fund({ operator }: BedChain, account: string, ether = 1n): Promise<void> {
  await (await operator.sendTransaction({ to: account, value: ether * 10n ** 18n })).wait();
}

type BedGate = { address: string; hpkeKey: Uint8Array };

async function startGates(
  { chain, serviceChain, operator }: BedChain,
  count: number,
  closers: (() => Promise<unknown>)[],
): Promise<BedGate[]> {
  const registry = new KeyRegistry(chain);
  const gates: BedGate[] = [];
  for (let i = 0; i < count; i++) {
    const seed = randomBytes(32);
    const served = await serveGate(await Gate.open(serviceChain, seed, 0), {
      releasesPerMinute: unlimited,
      requestsPerMinute: unlimited,
      upkeep: false,
    });
    closers.push(() => served.close());
    const { address, wallet, hpke } = await deriveGateKeys(seed);
    const signature = await signGate(wallet, chain, hpke.publicKey);
    await registry.setGate(operator, { address, hpkeKey: hpke.publicKey, url: served.url, signature });
    gates.push({ address, hpkeKey: hpke.publicKey });
  }
  return gates;
}

async function openPatient(chains: Record<Side, BedChain>, gates: Record<Side, BedGate[]>, t: number) {
  const keys = await OwnerKeys.derive(randomBytes(32));
  const wallets = await both(async (side) => keys.account(chains[side].chain));
  const indexKeys = await both(async (side) => keys.index(chains[side].chain, wallets[side].address));
  for (const side of sides) {
    await fund(chains[side], wallets[side].address, 5n);
    await dealKey(chains[side].chain, wallets[side], indexKeys[side], gates[side], t);
  }
  return { keys, wallets, indexKeys };
}

async function dealKey(
  chain: Chain,
  dealer: BaseWallet,
  key: IndexKey,
  gates: readonly BedGate[],
  t: number,
) {
  const { commitments, shares } = deal(key.secret, t, gates.length);
  const keySet = keySetIdOf(dealer.address, key.publicKey);
  const sealedShares = await Promise.all(
    gates.map(({ hpkeKey }, i) =>
      sealShare(shares[i]!, {
        chainId: chain.chainId,
        contract: unhex(chain.keyRegistry),
        dealer: unhex(dealer.address),
        keySet: unhex(keySet),
        generation: 1,
        gateKey: hpkeKey,
        index: i + 1,
        count: gates.length,
        commitments,
      }),
    ),
  );
  await new KeyRegistry(chain).deal(dealer, {
    indexKey: key.publicKey,
    generation: 1,
    threshold: t,
    gates: gates.map(({ address }) => address),
    commitments,
    sealedShares,
  });
}

async function openClinic() {
  const authority = await createCertificateAuthority({ commonName: "Authority of the evaluation" });
  const keys = await generateSigningKey();
  const request = await requestCertificate(keys, { commonName: "Synthetic Doctor" });
  const certificate = await issueCertificate(authority, request, {
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 86_400_000),
  });
  const trust: Trust = { authority: authority.certificate, revoked: () => false };
  return { doctor: { ...keys, certificate, subject: "CN=Synthetic Doctor" }, trust };
}

/** A reader's account with money on both chains, that can send batches where the chain knows EIP-7702. */
async function openReader(chains: Record<Side, BedChain>) {
  const wallet = new Wallet(hex(randomBytes(32)));
  const wallets = await both(async (side) => wallet.connect(chains[side].provider));
  for (const side of sides) {
    await fund(chains[side], wallet.address, 5n);
    await takeOn(wallets[side], chains[side].chain, await deployCaller(chains[side].operator));
  }
  return { wallet, wallets };
}
