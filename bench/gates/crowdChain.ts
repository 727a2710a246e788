/**
 * A chain of any number of patients, in the memory of the process that asks it: each has one record, one key set of one gate
 * and one granted request, made up when the gate is to be asked for them and forgotten soon after. It stands in for a node, so
 * that a gate can be asked for more patients than a development chain takes in an hour; what it answers is genuine: every share
 * is sealed, every index proven.
 */
import {
  getAddress,
  Interface,
  JsonRpcApiProvider,
  type JsonRpcPayload,
  type JsonRpcResult,
  toBeHex,
  toQuantity,
} from "ethers";
import { hex, randomBytes, unhex } from "../../src/core/bytes.ts";
import { indexLedgerAbi } from "../../src/ledger/abi/indexLedger.ts";
import { keyRegistryAbi } from "../../src/ledger/abi/keyRegistry.ts";
import type { Chain, ChainAddresses } from "../../src/ledger/chain.ts";
import { keySetIdOf } from "../../src/ledger/ids.ts";
import { statuses } from "../../src/ledger/request.ts";
import { randomScalar, scalarBytes } from "../../src/seal/curve.ts";
import { deriveIndexKey, encodeIndex, generateKeyPair, sealIndex } from "../../src/seal/index.ts";
import { sealShareWithEphemeral } from "../../src/seal/sealedShare.ts";
import type { ReleaseOrder } from "../../src/services/index.ts";

type Abi = ConstructorParameters<typeof Interface>[0];

const ledger = new Interface(indexLedgerAbi as Abi);
const registry = new Interface(keyRegistryAbi as Abi);
const selectorOf = (face: Interface, name: string) => face.getFunction(name)!.selector;
const selectors = {
  status: selectorOf(ledger, "status"),
  record: selectorOf(ledger, "record"),
  keySet: selectorOf(registry, "keySet"),
};
const live = toBeHex(statuses.indexOf("live"), 32);

const addresses: ChainAddresses = {
  side: "storage",
  chainId: 31_337,
  ledger: getAddress(`0x${"11".repeat(20)}`),
  attributeRegistry: getAddress(`0x${"22".repeat(20)}`),
  keyRegistry: getAddress(`0x${"33".repeat(20)}`),
};
const blockSeconds = 2;

/** What stands in an answer's form in place of what differs; each of the size of the thing, in hex. */
const marks = {
  owner: "a1".repeat(20),
  keySet: "a2".repeat(32),
  index: "a3".repeat(349),
  share: "a4".repeat(177),
};

/** Answers a gate's questions about the patients that it was told of. */
class CrowdNode extends JsonRpcApiProvider {
  /** Answers by what is asked: selector and word. */
  readonly answers = new Map<string, string>();

  override async _send(payload: JsonRpcPayload | JsonRpcPayload[]): Promise<JsonRpcResult[]> {
    return [payload]
      .flat()
      .map(({ id, method, params }) => ({ id, result: this.answer(method, [params].flat()) }));
  }

  private answer(method: string, [first]: unknown[]): unknown {
    if (method === "eth_chainId") return toQuantity(addresses.chainId);
    if (method === "eth_getCode") return "0x00";
    if (method === "eth_getBlockByNumber") return blockAt(first as string);
    const { data } = first as { data: string };
    if (method !== "eth_call") throw new Error(`nobody thought of ${method}`);
    return data.startsWith(selectors.status) ? live : this.answers.get(data);
  }
}

function blockAt(tag: string): object {
  const number = tag === "latest" ? Math.floor(Date.now() / 1000 / blockSeconds) : Number(tag);
  const zeros = `0x${"00".repeat(32)}`;
  return {
    number: toQuantity(number),
    hash: toBeHex(number, 32),
    timestamp: toQuantity(number * blockSeconds),
    parentHash: toBeHex(number - 1, 32),
    nonce: "0x0000000000000000",
    difficulty: "0x0",
    gasLimit: "0x0",
    gasUsed: "0x0",
    stateRoot: zeros,
    receiptsRoot: zeros,
    miner: addresses.ledger,
    extraData: "0x",
    baseFeePerGas: "0x1",
    transactions: [],
  };
}

/** The chain, and patients for it. */
export class CrowdChain {
  readonly chain: Chain;
  private readonly node: CrowdNode;
  private readonly gate: { address: string; hpkeKey: Uint8Array };
  /** One for all patients, under accounts of their own: the key sets differ, and so do all shares and proofs. */
  private readonly key = deriveIndexKey(randomBytes(32));
  private readonly forms: { record: string; keySet: string };

  constructor(gate: { address: string; hpkeKey: Uint8Array }) {
    this.gate = gate;
    const point = hex(this.key.publicKey);
    const [owner, keySet] = [`0x${marks.owner}`, `0x${marks.keySet}`];
    const record = [owner, 1, 1, false, owner, keySet, `0x${"00".repeat(40)}`, `0x${marks.index}`];
    const set = [owner, 1, 1, point, [gate.address], point, [`0x${marks.share}`]];
    this.forms = {
      record: ledger.encodeFunctionResult("record", [record]),
      keySet: registry.encodeFunctionResult("keySet", [set]),
    };
    this.node = new CrowdNode(addresses.chainId, {
      staticNetwork: true,
      cacheTimeout: -1,
      batchStallTime: 0,
    });
    this.chain = { ...addresses, provider: this.node };
    this.node._start();
  }

  /** So many patients nobody has heard of, each with a request that was granted; `forget` when they have been served. */
  async meet(count: number): Promise<{ orders: ReleaseOrder[]; forget: () => void }> {
    const orders: ReleaseOrder[] = [];
    const { publicKey } = await generateKeyPair();
    for (let i = 0; i < count; i++) orders.push(await this.patient(hex(publicKey)));
    return { orders, forget: () => this.node.answers.clear() };
  }

  private async patient(responseKey: string): Promise<ReleaseOrder> {
    const { gate, key } = this;
    const owner = hex(randomBytes(20));
    const ledgerRecordId = hex(randomBytes(32));
    const keySet = keySetIdOf(owner, key.publicKey);
    const shareBinding = {
      chainId: addresses.chainId,
      contract: unhex(addresses.keyRegistry),
      dealer: unhex(owner),
      keySet: unhex(keySet),
      generation: 1,
      gateKey: gate.hpkeKey,
      index: 1,
      count: 1,
      commitments: [key.publicKey],
    };
    const secret = scalarBytes(key.secret);
    const share = await sealShareWithEphemeral(secret, shareBinding, randomScalar(), randomBytes(32));
    const plaintext = {
      url: "ipfs://x",
      tag: randomBytes(32),
      sigma: randomBytes(32),
      dIndex: randomBytes(65),
    };
    const index = await sealIndex(key.publicKey, plaintext, {
      chainId: addresses.chainId,
      contract: unhex(addresses.ledger),
      ledgerRecordId: unhex(ledgerRecordId),
      version: 1,
      keySet: unhex(keySet),
    });
    const { answers } = this.node;
    // In this order what has been put in can't be taken for the beginning of a mark.
    const record = this.forms.record
      .replace(marks.index, hex(encodeIndex(index)).slice(2))
      .replace(marks.keySet, keySet.slice(2))
      .replaceAll(marks.owner, owner.slice(2));
    answers.set(selectors.record + ledgerRecordId.slice(2), record);
    const set = this.forms.keySet
      .replace(marks.share, hex(share).slice(2))
      .replace(marks.owner, owner.slice(2));
    answers.set(selectors.keySet + keySet.slice(2), set);
    const expiry = Math.floor(Date.now() / 1000) + 86_400;
    return {
      ledgerRecordId,
      epoch: 1,
      requester: owner,
      nonce: hex(randomBytes(32)),
      purpose: 0,
      responseKey,
      expiry,
    };
  }
}
