// What every contract test starts from: both registries and both ledgers on a private in-memory chain that mines per
// transaction, with one authority, three gates and nothing published.
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import {
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

export interface Publication {
  ledgerRecordId: string;
  version: bigint;
  epoch: bigint;
  indexHash: string;
  programHash: string;
  keySet: string;
  owner: string;
  nonce: bigint;
  deadline: bigint;
}

export interface Publishing {
  publication: Publication;
  salt: string;
  program: string;
  index: string;
  policy: string;
}

/** Decision and Status as the contract counts them. */
export const decisions = ["Granted", "Closed", "Blocked", "PolicyNotSatisfied"] as const;
export const statuses = [
  "Unknown",
  "Live",
  "Expired",
  "EpochEnded",
  "Closed",
  "Blocked",
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

/** A program: its attributes, then operations given as bytes, with comparisons between them. */
export function program(
  leaves: readonly string[],
  operations: BytesLike,
  comparisons: readonly string[] = [],
): string {
  const counts = [toBeHex(leaves.length, 1), toBeHex(comparisons.length, 1)];
  return concat(["0x01", ...counts, ...leaves, ...comparisons, operations]);
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

const publishTypes = {
  Publish: [
    { name: "ledgerRecordId", type: "bytes32" },
    { name: "version", type: "uint64" },
    { name: "epoch", type: "uint64" },
    { name: "indexHash", type: "bytes32" },
    { name: "programHash", type: "bytes32" },
    { name: "keySet", type: "bytes32" },
    { name: "owner", type: "address" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
};

const closeTypes = {
  Close: [
    { name: "ledgerRecordId", type: "bytes32" },
    { name: "epoch", type: "uint64" },
    { name: "owner", type: "address" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
};

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
  const ledger = await deploy("StorageLedger", registries);
  const shared = await deploy("SharedLedger", registries);
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
  async function firstVersion(
    changes: Partial<Publication> & { program?: string; index?: string; salt?: string; dealer?: Signer } = {},
  ): Promise<Publishing> {
    const dealer = changes.dealer ?? owner;
    const salt = changes.salt ?? keccak256("0x5a17");
    const code = changes.program ?? allOf("role:doctor");
    const index = changes.index ?? `0x${"ab".repeat(300)}`;
    const keySet = changes.keySet ?? (await dealKeySet(dealer));
    const coder = ethers.AbiCoder.defaultAbiCoder();
    const publication: Publication = {
      ledgerRecordId:
        changes.ledgerRecordId ?? keccak256(coder.encode(["address", "bytes32"], [dealer.address, salt])),
      version: changes.version ?? 1n,
      epoch: changes.epoch ?? 1n,
      indexHash: changes.indexHash ?? keccak256(index),
      programHash: changes.programHash ?? keccak256(code),
      keySet,
      owner: changes.owner ?? dealer.address,
      nonce: changes.nonce ?? 0n,
      deadline: changes.deadline ?? 0n,
    };
    return { publication, salt, program: code, index, policy: "role:doctor" };
  }

  /** The version after this one, in the same epoch unless told otherwise. */
  function nextVersion(
    last: Publishing,
    changes: Partial<Publication> & { program?: string; index?: string } = {},
  ): Publishing {
    const { program: newProgram, index: newIndex, ...fields } = changes;
    const code = newProgram ?? last.program;
    const index = newIndex ?? concat([last.index, "0x01"]);
    return {
      ...last,
      program: code,
      index,
      publication: {
        ...last.publication,
        version: last.publication.version + 1n,
        indexHash: keccak256(index),
        programHash: keccak256(code),
        ...fields,
      },
    };
  }

  const publish = (
    p: Publishing,
    by: Signer = owner,
    to: Contract = ledger,
  ): Promise<ContractTransactionResponse> =>
    to.connect(by).getFunction("publish")(p.publication, p.salt, p.program, p.index, p.policy);

  const publishFor = (
    p: Publishing,
    signature: string,
    by: Signer = relayer,
    to: Contract = ledger,
  ): Promise<ContractTransactionResponse> =>
    to.connect(by).getFunction("publishFor")(p.publication, p.salt, p.program, p.index, p.policy, signature);

  async function domainOf(contract: Contract) {
    const [, name, version, onChain, verifyingContract] = await contract.eip712Domain();
    return { name, version, chainId: onChain, verifyingContract } as {
      name: string;
      version: string;
      chainId: bigint;
      verifyingContract: string;
    };
  }

  const signPublish = async (p: Publishing, by: Signer = owner, to: Contract = ledger): Promise<string> =>
    by.signTypedData(await domainOf(to), publishTypes, p.publication);

  const signClose = async (
    closing: { ledgerRecordId: string; epoch: bigint; owner: string; nonce: bigint; deadline: bigint },
    by: Signer = owner,
    to: Contract = ledger,
  ): Promise<string> => by.signTypedData(await domainOf(to), closeTypes, closing);

  const now = async (): Promise<bigint> => BigInt(await networkHelpers.time.latest());

  const attest = async (account: Signer, names: string[], seconds = 3600n): Promise<void> => {
    await attributes.connect(authority).getFunction("attest")(
      account.address,
      names.map(attribute),
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
      Object.keys(values).map((label) => slot(label)),
      Object.values(values),
      (await now()) + seconds,
    );

  const revoke = (account: Signer, names: string[]): Promise<ContractTransactionResponse> =>
    attributes.connect(authority).getFunction("revoke")(account.address, names.map(attribute));

  let nonces = 0;
  /** Sends a request with a nonce of its own and reads the decision from its event. */
  async function ask(
    ledgerRecordId: string,
    by: Signer = requester,
    changes: { nonce?: string; expiry?: bigint } = {},
  ) {
    const nonce = changes.nonce ?? toBeHex(++nonces, 32);
    const expiry = changes.expiry ?? (await now()) + 600n;
    const transaction = await ledger.connect(by).getFunction("request")(
      ledgerRecordId,
      nonce,
      attribute("TREAT"),
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
    signPublish,
    signClose,
    now,
    attest,
    attestNumbers,
    revoke,
    ask,
    statusOf,
  };
}
