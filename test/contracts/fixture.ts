// What every contract test starts from: both registries and a ledger on a private in-memory chain that mines per
// transaction, with one authority, three gates and nothing published.
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { expect } from "chai";
import {
  type BaseContract,
  type ContractTransactionResponse,
  concat,
  keccak256,
  toBeHex,
  type Wallet,
} from "ethers";
import { network } from "hardhat";
import {
  editionOf,
  gateTypes,
  type Kind,
  keySetOf,
  type Mandate,
  type Publishing,
  publishMessage,
  recordIdOf,
  signed,
} from "./messages.ts";
import { allOf, point } from "./programs.ts";

export * from "./messages.ts";
export * from "./programs.ts";

export type Signer = HardhatEthersSigner;

/** A contract with its functions by name; the tests call far more than is worth typing. */
// biome-ignore lint/suspicious/noExplicitAny: see above
export type Contract = BaseContract & Record<string, any>;

/** Decision and Status as the contract counts them. */
export const decisions = [
  "Granted",
  "Paused",
  "Closed",
  "Blocked",
  "PurposeNotAllowed",
  "PolicyNotSatisfied",
] as const;
export const statuses = [
  "Unknown",
  "Live",
  "Revoked",
  "Expired",
  "EpochEnded",
  "Closed",
  "Blocked",
  "PurposeNotAllowed",
  "PolicyNotSatisfied",
] as const;

/** Demands that calls to a contract are refused with an error of its own; with arguments, that these are the error's. */
export const refusedBy =
  (contract: () => Contract) =>
  (call: Promise<unknown>, error: string, ...args: unknown[]) => {
    const refusal = expect(call, error).to.be.revertedWithCustomError(contract(), error);
    return args.length === 0 ? refusal : refusal.withArgs(...args);
  };

export type World = Awaited<ReturnType<typeof openWorld>>;

/**
 * Deploys everything on a fresh chain. With `chainId` one may have two that differ in nothing else. Tests that start anew
 * each time take {@link freshWorld}, which costs next to nothing from the second time on.
 */
export async function openWorld(chainId = 31337) {
  const connection = await network.create({ network: "default", override: { chainId } });
  const { ethers, networkHelpers } = connection;
  const [admin, authority, owner, requester, stranger, relayer, ...gates] = (await ethers.getSigners()) as [
    Signer,
    Signer,
    Signer,
    Signer,
    Signer,
    Signer,
    ...Signer[],
  ];
  const deploy = async (name: string, args: unknown[]) =>
    (await ethers.deployContract(name, args)) as unknown as Contract;
  const attributes = await deploy("AttributeRegistry", [admin.address, 86_400, authority.address]);
  const keys = await deploy("KeyRegistry", [admin.address, 86_400, admin.address]);
  const registries = [await attributes.getAddress(), await keys.getAddress()];
  const governed = [...registries, admin.address, 86_400, admin.address];
  const ledger = await deploy("StorageLedger", governed);
  /** A gate's own word for its key. */
  const signGate = async (gate: Signer | Wallet, hpkeKey: string, to: Contract = keys): Promise<string> =>
    gate.signTypedData(await domainOf(to), gateTypes, { account: gate.address, hpkeKey });

  const registerGate = async (gate: Signer | Wallet, hpkeKey: string, url = "http://gate.example") =>
    keys.setGate(gate.address, hpkeKey, url, await signGate(gate, hpkeKey));

  /** The other ledger, over the same registries: another one each time. */
  const openShared = () => deploy("SharedLedger", governed);
  for (const [i, gate] of gates.slice(0, 3).entries())
    await registerGate(gate, point(1000 + i), `http://gate${i}.example`);

  /** Deals a key set of three gates, two of which are needed; returns its id. */
  async function dealKeySet(dealer: Signer): Promise<string> {
    const accounts = gates.slice(0, 3).map((gate) => gate.address);
    const shares = accounts.map((_, i) => concat([point(50 + i), toBeHex(i, 48)]));
    const id = keySetOf(dealer.address, keccak256(point(1)));
    const generation = await keys.keySet!(id).then(
      (last: { generation: bigint }) => last.generation + 1n,
      () => 1n,
    );
    const args = [point(1), generation, 2, accounts, concat([point(1), point(8)]), shares] as const;
    const keySet: string = await keys
      .connect(dealer)
      .getFunction("deal")
      .staticCall(...args);
    await (await keys.connect(dealer).getFunction("deal")(...args)).wait();
    return keySet;
  }

  /** A well-formed first version by `owner`; pass what should be otherwise. */
  function firstVersion(changes: Partial<Publishing> = {}): Publishing {
    const by = changes.owner ?? owner.address;
    const salt = changes.salt ?? keccak256("0x5a17");
    return {
      ledgerRecordId: recordIdOf(by, salt),
      version: 1n,
      epoch: 1n,
      indexKeyHash: keccak256(point(1)),
      owner: by,
      salt,
      program: allOf("role:doctor"),
      index: `0x${"ab".repeat(300)}`,
      policy: "role:doctor",
      ...changes,
    };
  }

  /** The version after this one, in the same epoch and under the same rules unless told otherwise. */
  const nextVersion = (last: Publishing, changes: Partial<Publishing> = {}): Publishing => ({
    ...last,
    version: last.version + 1n,
    index: concat([last.index, "0x01"]),
    ...changes,
  });

  const publish = (
    p: Publishing,
    by: Signer = owner,
    to: Contract = ledger,
  ): Promise<ContractTransactionResponse> =>
    to.connect(by).getFunction("publish")(editionOf(p), p.salt, p.program, p.index, p.policy);

  const publishFor = (
    p: Publishing,
    mandate: Mandate,
    by: Signer = relayer,
    to: Contract = ledger,
  ): Promise<ContractTransactionResponse> =>
    to.connect(by).getFunction("publishFor")(mandate, editionOf(p), p.salt, p.program, p.index, p.policy);

  const republish = (
    p: Publishing,
    by: Signer = owner,
    to: Contract = ledger,
  ): Promise<ContractTransactionResponse> =>
    to.connect(by).getFunction("republish")(p.ledgerRecordId, p.version, p.epoch, p.index);

  const republishFor = (p: Publishing, mandate: Mandate): Promise<ContractTransactionResponse> =>
    ledger.connect(relayer).getFunction("republishFor")(
      mandate,
      p.ledgerRecordId,
      p.version,
      p.epoch,
      p.index,
    );

  async function domainOf(contract: Contract) {
    const [, name, version, onChain, verifyingContract] = await contract.eip712Domain();
    return { name, version, chainId: onChain, verifyingContract } as {
      name: string;
      version: string;
      chainId: bigint;
      verifyingContract: string;
    };
  }

  /** A mandate for just this, by the owner with their next nonce for the next hour; pass what should be otherwise. */
  async function mandate(
    kind: Kind,
    what: object,
    changes: { by?: Signer; to?: Contract; owner?: string; nonce?: bigint; deadline?: bigint } = {},
  ): Promise<Mandate> {
    const { by = owner, to = ledger } = changes;
    const whose = changes.owner ?? by.address;
    const nonce = changes.nonce ?? (await to.nonces(whose));
    const deadline = changes.deadline ?? (await now()) + 3600n;
    const value = { ...what, owner: whose, nonce, deadline };
    const signature = await by.signTypedData(await domainOf(to), { [kind]: signed[kind] as never }, value);
    return { owner: whose, nonce, deadline, signature };
  }

  /** A mandate for this version. */
  const mandateFor = (p: Publishing, changes: Parameters<typeof mandate>[2] = {}): Promise<Mandate> =>
    mandate("Publish", publishMessage(p), changes);

  const now = async (): Promise<bigint> => BigInt(await networkHelpers.time.latest());

  const attest = async (account: Signer, names: string[], seconds = 3600n): Promise<void> => {
    await attributes.connect(authority).getFunction("attest")(
      account.address,
      names,
      (await now()) + seconds,
    );
  };

  /** Attests numbers by label. */
  const attestNumbers = async (
    account: Signer,
    values: Record<string, number>,
    seconds = 3600n,
  ): Promise<ContractTransactionResponse> =>
    attributes.connect(authority).getFunction("attestNumbers")(
      account.address,
      Object.entries(values).map(([label, value]) => ({ label, unit: 1, value })),
      (await now()) + seconds,
    );

  const revoke = (account: Signer, names: string[]): Promise<ContractTransactionResponse> =>
    attributes.connect(authority).getFunction("revoke")(account.address, names);

  let nonces = 0;
  /** Sends a request with a nonce of its own and reads the decision from its event. */
  async function ask(
    ledgerRecordId: string,
    by: Signer = requester,
    changes: { nonce?: string; expiry?: bigint; purpose?: number; to?: Contract } = {},
  ) {
    const nonce = changes.nonce ?? toBeHex(++nonces, 32);
    const expiry = changes.expiry ?? (await now()) + 600n;
    const { purpose = 1, to = ledger } = changes;
    const transaction = await to.connect(by).getFunction("request")(
      ledgerRecordId,
      nonce,
      purpose,
      point(9),
      expiry,
    );
    const receipt = await transaction.wait();
    const event = receipt.logs
      .map((log: { topics: string[]; data: string }) => ledger.interface.parseLog(log))
      .find((log: { name: string } | null) => log?.name === "Decided");
    return {
      requestId: event.args.requestId as string,
      decision: decisions[Number(event.args.decision)],
      args: event.args,
      expiry,
      nonce,
      gasUsed: receipt.gasUsed as bigint,
    };
  }

  const statusOf = async (requestId: string) => statuses[Number(await ledger.status(requestId))];

  return {
    ethers,
    networkHelpers,
    admin,
    authority,
    owner,
    requester,
    stranger,
    relayer,
    gates,
    attributes,
    keys,
    ledger,
    signGate,
    registerGate,
    openShared,
    dealKeySet,
    firstVersion,
    nextVersion,
    publish,
    publishFor,
    republish,
    republishFor,
    domainOf,
    mandate,
    mandateFor,
    now,
    attest,
    attestNumbers,
    revoke,
    ask,
    statusOf,
  };
}
