/**
 * The timelock that administers a chain's contracts: what an administrator alone may do is scheduled there, seen by everybody,
 * and executed when its delay has passed.
 */
import { type Contract, type Signer, ZeroHash } from "ethers";
import { DiptychError } from "../core/errors.ts";
import { attributeRegistryAbi } from "./abi/attributeRegistry.ts";
import { timelockAbi } from "./abi/timelock.ts";
import type { Address, Chain } from "./chain.ts";
import { contractAt, type Mined, read, transact } from "./transactions.ts";

/** A call that only an administrator may make. */
export type GovernedCall = { target: Address; data: string };

/** How far an operation has come, in the order of the contract's enum. */
const states: readonly OperationState[] = ["unset", "waiting", "ready", "done"];
/** Where a scheduled operation stands. */
export type OperationState = "unset" | "waiting" | "ready" | "done";

/** A chain's timelock. The same call a second time needs another salt. */
export class Timelock {
  readonly address: Address;
  private readonly contract: Contract;

  private constructor(chain: Chain, address: Address) {
    this.address = address;
    this.contract = contractAt(chain, address, timelockAbi);
  }

  /** The timelock that administers a chain's attribute registry; throws `contract-missing` when it isn't a contract. */
  static async of(chain: Chain): Promise<Timelock> {
    const registry = contractAt(chain, chain.attributeRegistry, attributeRegistryAbi);
    const admin = await read<string>(registry, "defaultAdmin", [], "tell its administrator");
    if ((await chain.provider.getCode(admin)) === "0x")
      throw new DiptychError(
        "contract-missing",
        `The ${chain.side} chain's contracts are administered by the account ${admin}, not by a timelock: deploy with one.`,
      );
    return new Timelock(chain, admin);
  }

  /** Seconds that must pass between scheduling and executing, at least. */
  async minDelay(): Promise<number> {
    return Number(await read<bigint>(this.contract, "getMinDelay", [], "tell its delay"));
  }

  /** Where an operation stands. */
  async stateOf(call: GovernedCall, salt = ZeroHash): Promise<OperationState> {
    const id = await read<string>(
      this.contract,
      "hashOperation",
      operation(call, salt),
      "name the operation",
    );
    const state = await read<bigint>(this.contract, "getOperationState", [id], "tell the operation's state");
    return states[Number(state)] ?? "unset";
  }

  /** Schedules a call, for the shortest delay that is allowed unless said; only for proposers. */
  async schedule(proposer: Signer, call: GovernedCall, salt = ZeroHash, delay?: number): Promise<Mined> {
    const seconds = delay ?? (await this.minDelay());
    return transact(
      this.contract,
      proposer,
      "schedule",
      [...operation(call, salt), seconds],
      "schedule the operation",
    );
  }

  /** Executes what was scheduled and has waited long enough; only for executors. */
  execute(executor: Signer, call: GovernedCall, salt = ZeroHash): Promise<Mined> {
    return transact(this.contract, executor, "execute", operation(call, salt), "execute the operation");
  }
}

/** Target, value, data, predecessor, salt. */
function operation({ target, data }: GovernedCall, salt: string): unknown[] {
  return [target, 0, data, ZeroHash, salt];
}
