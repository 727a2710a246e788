// What every contract test starts from: both registries and both ledgers on a private in-memory chain that mines per
// transaction, with one authority, three gates and nothing published.
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import {
  AbiCoder,
  type BaseContract,
  type BytesLike,
  type ContractTransactionResponse,
  concat,
  keccak256,
  id as keccakOfText,
  toBeHex,
  toUtf8Bytes,
} from "ethers";
import { network } from "hardhat";

export type Signer = HardhatEthersSigner;

/** A contract with its functions by name; the tests call far more than is worth typing. */
// biome-ignore lint/suspicious/noExplicitAny: see above
export type Contract = BaseContract & Record<string, any>;

/** A version as its owner means it; `keySet` and the hashes are what a relayed one has signed. */
export interface Publishing {
  ledgerRecordId: string;
  version: bigint;
  epoch: bigint;
  indexKeyHash: string;
  owner: string;
  salt: string;
  program: string;
  index: string;
  policy: string;
}

/** In whose name a relayer acts; the signature comes from {@link World.mandate}. */
export interface Mandate {
  owner: string;
  nonce: bigint;
  deadline: bigint;
  signature: string;
}

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

export const attribute = (text: string): string => keccakOfText(text);
export const idAttribute = (address: string): string => attribute(`id:${address.toLowerCase()}`);

/** 65 bytes that look like an uncompressed point. */
export const point = (seed: number): string => concat(["0x04", toBeHex(seed, 32), toBeHex(seed + 1, 32)]);

/** The slot of a number's label. */
export const slot = (label: string, unit: "number" | "date" = "number"): string =>
  keccak256(concat([unit === "number" ? "0x0201" : "0x0202", toUtf8Bytes(label)]));

const operatorBytes = { ">=": "0x01", "<=": "0x02", "=": "0x03" } as const;

/** A comparison as programs and the registry take it. */
export const comparison = (
  label: string,
  operator: keyof typeof operatorBytes,
  value: number,
  unit: "number" | "date" = "number",
): string => concat([slot(label, unit), operatorBytes[operator], toBeHex(value, 4)]);

/** A program: its attributes, then operations given as bytes, with comparisons between them; purposes before all. */
export function program(
  leaves: readonly string[],
  operations: BytesLike,
  comparisons: readonly string[] = [],
  purposes: readonly number[] = [],
): string {
  const counts = [leaves, comparisons, purposes].map(({ length }) => toBeHex(length, 1));
  const stated = purposes.map((purpose) => toBeHex(purpose, 1));
  return concat(["0x01", ...counts, ...stated, ...leaves, ...comparisons, operations]);
}

/** `all` of these leaves, in a program of their own. */
export function allOf(...names: string[]): string {
  const pushes = names.map((_, i) => toBeHex(i, 1));
  const count = toBeHex(names.length, 1);
  return program(names.map(attribute), concat([...pushes, "0x40", count, count]));
}

/** At least one of these leaves. */
export function anyOf(leaves: readonly string[]): string {
  const pushes = leaves.map((_, i) => toBeHex(i, 1));
  return program(leaves, concat([...pushes, "0x4001", toBeHex(leaves.length, 1)]));
}

const field = (text: string) => {
  const [type = "", name = ""] = text.split(" ");
  return { name, type };
};
const message = (...fields: string[]) =>
  [...fields, "address owner", "uint256 nonce", "uint256 deadline"].map(field);

/** What owners sign, by name. */
export const signed = {
  Publish: message(
    "bytes32 ledgerRecordId",
    "uint64 version",
    "uint64 epoch",
    "bytes32 indexHash",
    "bytes32 programHash",
    "bytes32 keySet",
  ),
  Close: message("bytes32 ledgerRecordId", "uint64 epoch"),
  Block: message("bytes32 ledgerRecordId", "address account", "bool blocked"),
  RevokeGrant: message("bytes32 requestId"),
  OfferTransfer: message("bytes32 ledgerRecordId", "address newOwner"),
  AcceptTransfer: message("bytes32 ledgerRecordId"),
} as const;
export type Kind = keyof typeof signed;

const coder = AbiCoder.defaultAbiCoder();

/** The id of a key set with this dealer. */
export const keySetOf = (dealer: string, indexKeyHash: string): string =>
  keccak256(coder.encode(["address", "bytes32"], [dealer, indexKeyHash]));

/** The id of a ledger record with this first owner. */
export const recordIdOf = keySetOf;

/** What is signed for a version. */
export const publishMessage = (p: Publishing) => ({
  ledgerRecordId: p.ledgerRecordId,
  version: p.version,
  epoch: p.epoch,
  indexHash: keccak256(p.index),
  programHash: keccak256(p.program),
  keySet: keySetOf(p.owner, p.indexKeyHash),
});

/** An edition as the ledger takes it. */
export const editionOf = ({ ledgerRecordId, version, epoch, indexKeyHash }: Publishing) => ({
  ledgerRecordId,
  version,
  epoch,
  indexKeyHash,
});

export type World = Awaited<ReturnType<typeof openWorld>>;

/** Deploys everything on a fresh chain. With `chainId` one may have two that differ in nothing else. */
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
  const shared = await deploy("SharedLedger", governed);
  for (const [i, gate] of gates.slice(0, 3).entries())
    await keys.setGate(gate.address, point(1000 + i), `http://gate${i}.example`);

  /** Deals a key set of three gates, two of which are needed; returns its id. */
  async function dealKeySet(dealer: Signer, seed = 1): Promise<string> {
    const accounts = gates.slice(0, 3).map((gate) => gate.address);
    const shares = accounts.map((_, i) => concat([point(50 + i), toBeHex(seed, 48)]));
    const commitments = concat([point(seed), point(seed + 7)]);
    const args = [point(seed), 2, accounts, commitments, shares] as const;
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

  const republishFor = (
    p: Publishing,
    mandate: Mandate,
    by: Signer = relayer,
    to: Contract = ledger,
  ): Promise<ContractTransactionResponse> =>
    to.connect(by).getFunction("republishFor")(mandate, p.ledgerRecordId, p.version, p.epoch, p.index);

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
    connection,
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
    shared,
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
