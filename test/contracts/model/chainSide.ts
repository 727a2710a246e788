/** One chain with the contracts on it: makes calls in blocks of given times, and looks. */
import {
  AbiCoder,
  type Interface,
  keccak256,
  type ParamType,
  type Result,
  TypedDataEncoder,
  toBeHex,
} from "ethers";
import { network } from "hardhat";
import { gateTypes, point, type Signer, signed } from "../fixture.ts";
import {
  type Address,
  type Answer,
  type Call,
  type Cast,
  type Domain,
  type Fields,
  type Happening,
  type Hex,
  type Mandate,
  type Outcome,
  type Plain,
  type Refusal,
  type Side,
  type View,
  ZERO_WORD,
} from "./calls.ts";
import { encodeCall, encodeView, type Target } from "./encoding.ts";

const CHAIN_IDS = { storage: 31338, shared: 31339 } as const;
const GAS = "0x7a1200";
const DELAY = 86_400;

type Connection = { close(): Promise<void> };
type Provider = { request(call: { method: string; params: unknown[] }): Promise<unknown> };

/** Where a contract stands, and what it understands. */
interface Placed {
  readonly address: Address;
  readonly face: Interface;
}

export class ChainSide {
  readonly cast: Cast;
  readonly domain: Domain;
  readonly #connection: Connection;
  readonly #provider: Provider;
  readonly #placed: Readonly<Record<Target, Placed>>;
  readonly #vault: Placed;
  readonly #signers: ReadonlyMap<Address, Signer>;

  private constructor(parts: {
    connection: Connection;
    provider: Provider;
    placed: Readonly<Record<Target, Placed>>;
    vault: Placed;
    domain: Domain;
    signers: readonly Signer[];
  }) {
    this.#connection = parts.connection;
    this.#provider = parts.provider;
    this.#placed = parts.placed;
    this.#vault = parts.vault;
    this.#signers = new Map(parts.signers.map((signer) => [signer.address.toLowerCase(), signer]));
    this.domain = parts.domain;
    const [admin, authority, secondAuthority, ...others] = this.#signers.keys();
    this.cast = {
      people: [...others.slice(0, 4), parts.vault.address],
      admin: admin!,
      authority: authority!,
      secondAuthority: secondAuthority!,
      gates: others.slice(4, 7),
    };
  }

  /** Puts all contracts on a new chain: the storage ledger on the one, the shared ledger on the other. */
  static async open(side: Side): Promise<ChainSide> {
    const chainId = CHAIN_IDS[side];
    const connection = await network.create({ network: "default", override: { chainId } });
    const { ethers, provider } = connection;
    const signers = await ethers.getSigners();
    const [admin, authority] = [signers[0]!.address, signers[1]!.address];
    const attributes = await ethers.deployContract("AttributeRegistry", [admin, DELAY, authority]);
    const keys = await ethers.deployContract("KeyRegistry", [admin, DELAY, admin]);
    const vault = await ethers.deployContract("ContractOwner");
    const name = side === "storage" ? "StorageLedger" : "SharedLedger";
    const ledger = await ethers.deployContract(name, [attributes, keys, admin, DELAY, admin]);
    const place = async (contract: { getAddress(): Promise<string>; interface: Interface }) => ({
      address: (await contract.getAddress()).toLowerCase(),
      face: contract.interface,
    });
    const placed = {
      ledger: await place(ledger),
      attributes: await place(attributes),
      keys: await place(keys),
    };
    const domain = {
      name: `Diptych ${name}`,
      version: "1",
      chainId: String(chainId),
      verifyingContract: placed.ledger.address,
    };
    const opened = new ChainSide({
      connection,
      provider,
      placed,
      vault: await place(vault),
      domain,
      signers,
    });
    const registry = { ...domain, name: "Diptych KeyRegistry", verifyingContract: placed.keys.address };
    for (const [i, account] of opened.cast.gates.entries()) {
      const hpkeKey = point(1000 + i);
      const gate = signers.find(({ address }) => address.toLowerCase() === account)!;
      const signature = await gate.signTypedData(registry, gateTypes, { account, hpkeKey });
      await keys.getFunction("setGate")(account, hpkeKey, `http://gate${i}.example`, signature);
    }
    return opened;
  }

  /** Ends the chain. */
  close(): Promise<void> {
    return this.#connection.close();
  }

  /** Remembers how everything stands now; calling what it returns goes back there, once. */
  async remember(): Promise<() => Promise<void>> {
    const snapshot = await this.#ask("evm_snapshot");
    return async () => {
      await this.#ask("evm_revert", snapshot);
    };
  }

  /** Makes an empty block of this time. */
  async mine(at: bigint): Promise<void> {
    await this.#ask("evm_setNextBlockTimestamp", toBeHex(at));
    await this.#ask("evm_mine");
  }

  /** Makes a call in a block of this time. */
  async send(call: Call, at: bigint): Promise<Outcome> {
    const mandate = "mandate" in call && call.mandate ? await this.#sign(call.mandate) : undefined;
    const { target, name, args } = encodeCall(call, mandate);
    const { address, face } = this.#placed[target];
    const data = face.encodeFunctionData(name, args);
    await this.#ask("evm_setNextBlockTimestamp", toBeHex(at));
    const sent = this.#ask("eth_sendTransaction", { ...this.#reach(call.from, address, data), gas: GAS });
    const result = await sent.then(
      (hash) => ({ hash }),
      (error: unknown) => ({ refused: readRefusal(face, error) }),
    );
    if (mandate !== undefined) await this.#approve(mandate.digest, false);
    if ("refused" in result) return { refused: result.refused };
    const receipt = (await this.#ask("eth_getTransactionReceipt", result.hash)) as {
      logs: { address: string; topics: string[]; data: string }[];
    };
    return { events: receipt.logs.map((log) => this.#readLog(log)) };
  }

  /** Looks at the newest block. */
  async look(view: View): Promise<Answer> {
    if (view.name === "blob")
      return { value: String(await this.#ask("eth_getCode", view.account, "latest")) };
    if (view.name === "recordsOf") return { value: await this.#walk(view.owner, view.pageSize) };
    if (view.name === "pageFrom") {
      const page = await this.#call("ledger", "recordsOf", [view.owner, view.cursor, 100]);
      return "refused" in page ? page : { value: (page.value as Fields).ledgerRecordIds! };
    }
    const { target, name, args } = encodeView(view);
    return this.#call(target, name, args);
  }

  /** The cursor after an owner's first record, and the record that comes next; undefined when there is none. */
  async cursorOf(owner: Address): Promise<{ cursor: bigint; next: Hex } | undefined> {
    const [, cursor] = await this.#page(owner, 0n, 1);
    if (cursor === 0n) return undefined;
    const [ids] = await this.#page(owner, cursor, 1);
    return { cursor, next: ids[0]! };
  }

  /** All pages of an owner's list, one after the other. */
  async #walk(owner: Address, pageSize: number): Promise<Hex[]> {
    const found: Hex[] = [];
    for (let cursor = 0n, pages = 0; pages === 0 || cursor !== 0n; ++pages) {
      const [ids, next] = await this.#page(owner, cursor, pageSize);
      if (ids.length > pageSize || pages > 100) throw new Error(`pages of ${pageSize} don't end`);
      found.push(...ids);
      cursor = next;
    }
    return found;
  }

  async #page(owner: Address, cursor: bigint, limit: number): Promise<[Hex[], bigint]> {
    const page = await this.#call("ledger", "recordsOf", [owner, cursor, limit]);
    if ("refused" in page) throw new Error(`a page from ${cursor} on was refused: ${page.refused.error}`);
    const { ledgerRecordIds, nextCursor } = page.value as { ledgerRecordIds: Hex[]; nextCursor: string };
    return [ledgerRecordIds, BigInt(nextCursor)];
  }

  async #call(target: Target, name: string, args: readonly unknown[]): Promise<Answer> {
    const { address, face } = this.#placed[target];
    const data = face.encodeFunctionData(name, args);
    try {
      const answer = (await this.#ask("eth_call", { to: address, data }, "latest")) as string;
      const { outputs } = face.getFunction(name)!;
      const values = readFields(outputs, face.decodeFunctionResult(name, answer));
      return { value: outputs.length === 1 ? values[outputs[0]!.name]! : values };
    } catch (error) {
      return { refused: readRefusal(face, error) };
    }
  }

  /** How somebody reaches a contract: people by themselves, the contract among them through what it does for anybody. */
  #reach(from: Address, to: Address, data: Hex) {
    const { address, face } = this.#vault;
    if (from !== address) return { from, to, data };
    return { from: this.cast.admin, to: address, data: face.encodeFunctionData("act", [to, data]) };
  }

  /** A mandate as the ledger takes it. A contract signs by approving the digest, which `send` takes back. */
  async #sign({ owner, nonce, deadline, said }: Mandate) {
    const given = { owner, nonce, deadline };
    if (said === undefined) return { ...given, signature: `0x${"5a".repeat(65)}`, digest: ZERO_WORD };
    const { signer, kind, message } = said;
    const domain = { ...said.domain, chainId: BigInt(said.domain.chainId) };
    const types = { [kind]: signed[kind] as never };
    const digest = TypedDataEncoder.hash(domain, types, message);
    if (signer === this.#vault.address) {
      await this.#approve(digest, true);
      return { ...given, signature: "0x", digest };
    }
    const signature = await this.#signers.get(signer)!.signTypedData(domain, types, message);
    return { ...given, signature, digest: ZERO_WORD };
  }

  async #approve(digest: Hex, approved: boolean): Promise<void> {
    if (digest === ZERO_WORD) return;
    // The second thing in its storage is the mapping of approved digests.
    const place = keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32", "uint256"], [digest, 1]));
    const word = toBeHex(approved ? 1 : 0, 32);
    await this.#ask("hardhat_setStorageAt", this.#vault.address, place, word);
  }

  #readLog(log: { address: string; topics: string[]; data: string }): Happening {
    const from = Object.values(this.#placed).find(({ address }) => address === log.address.toLowerCase());
    const found = from?.face.parseLog(log);
    if (!found) throw new Error(`an unknown event of ${log.address}`);
    return { event: found.name, args: readFields(found.fragment.inputs, found.args) };
  }

  #ask(method: string, ...params: unknown[]): Promise<unknown> {
    return this.#provider.request({ method, params });
  }
}

function readRefusal(face: Interface, error: unknown): Refusal {
  const { data } = error as { data?: unknown };
  const found = typeof data === "string" ? face.parseError(data) : undefined;
  if (!found) throw error;
  return { error: found.name, args: readFields(found.fragment.inputs, found.args) };
}

function readFields(types: readonly ParamType[], values: Result): { [name: string]: Plain } {
  return Object.fromEntries(types.map((type, i) => [type.name, readValue(type, values[i])]));
}

function readValue(type: ParamType, value: unknown): Plain {
  if (type.isArray()) return Array.from(value as Result, (each) => readValue(type.arrayChildren, each));
  if (type.isTuple()) return readFields(type.components, value as Result);
  if (typeof value === "boolean") return value;
  return type.type === "string" ? String(value) : String(value).toLowerCase();
}
