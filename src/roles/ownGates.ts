/** A patient and the gates: who holds shares of the index keys, how they are, and what they have released. */
import { unhex } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import type { Address, Chain, Side } from "../ledger/chain.ts";
import { KeyRegistry, type KeySet, type RegisteredGate } from "../ledger/keyRegistry.ts";
import type { Mined } from "../ledger/transactions.ts";
import { judgeShareComplaint } from "../seal/index.ts";
import {
  askGateStatus,
  type CheckedReceipt,
  fetchReceipts,
  type GateStatus,
} from "../services/gateStatus.ts";
import {
  appointGates,
  type GateChoice,
  type GateReplacements,
  refreshGates,
  sidesWithoutGates,
} from "./gateAppointment.ts";
import {
  planRenewal,
  type Renewal,
  type RenewalMeans,
  type RenewalPlan,
  renewIndexKey,
} from "./indexKeyRenewal.ts";
import { currentIndexKey, dealtKeySet } from "./indexKeys.ts";
import type { Owner } from "./owner.ts";
import { ledgerOf, type ViewName, viewNames } from "./ownRecord.ts";
import { type ActOptions, Course } from "./progress.ts";

/** What a gate's complaint about its share comes to: `share-bad` means that the patient must deal again. */
export type ShareVerdict = "share-bad" | "share-good" | "evidence-invalid";

/** One gate of a key set. */
export type OwnGate = {
  address: Address;
  /** Empty when the chain no longer lists it. */
  url: string;
  status: GateStatus;
  /** Its complaint about the share of now, judged by its evidence; undefined when it hasn't complained. */
  complaint?: ShareVerdict;
};

/** The gates of a chain that hold shares of the index key in force. */
export type OwnGateSet = {
  keySet: string;
  generation: number;
  threshold: number;
  /** Which of the patient's index keys: 0 for the first, one more after each renewal. */
  indexKeyNumber: number;
  gates: OwnGate[];
};

/** What the gates of one ledger could show of a record, and which of them could show nothing. */
export type OwnReceipts = { receipts: CheckedReceipt[]; failures: { gate: Address; message: string }[] };

/** What a patient does about gates. */
export class OwnGates {
  private readonly owner: Owner;
  private readonly means: RenewalMeans;
  private readonly inTurn: <T>(act: () => Promise<T>) => Promise<T>;

  /** @param inTurn runs one act of this patient after the other */
  constructor(owner: Owner, means: RenewalMeans, inTurn: <T>(act: () => Promise<T>) => Promise<T>) {
    this.owner = owner;
    this.means = means;
    this.inTurn = inTurn;
  }

  /** Accounts of all gates that the chain lists, to choose among. */
  available(side: Side): Promise<Address[]> {
    return new KeyRegistry(this.owner.chains[side]).gateAccounts();
  }

  /** Chains on which no gate has a share of this patient's index key: nothing can be published there yet. */
  missing(): Promise<Side[]> {
    return sidesWithoutGates(this.owner);
  }

  /**
   * Shares a fresh generation of the chain's index key out, any `threshold` of `gates` opening an index together. Others than before
   * take over at once: nothing is published anew.
   *
   * @throws DiptychError `argument-invalid` for a gate that the chain doesn't list
   */
  set(side: Side, choice: GateChoice, options?: ActOptions): Promise<Mined> {
    return this.inTurn(() => appointGates(this.owner, side, choice, new Course(options)));
  }

  /**
   * Deals fresh shares to the gates of now, with `replace` naming those that have made themselves new accounts. A theft of old keys
   * is healed where every gate's key is new: old sealed shares stand on the chain for ever.
   */
  refresh(side: Side, replace: GateReplacements = {}, options?: ActOptions): Promise<Mined> {
    return this.inTurn(() => refreshGates(this.owner, side, replace, new Course(options)));
  }

  /**
   * Gives up the index key after t shares may be lost, deals a new one and publishes every open record of the chain under it. What
   * was published before counts as exposed: the answer names the records. After a stop, the same call goes on.
   *
   * @throws DiptychError `record-unknown` when a record isn't at hand (`restore` first), `change-unfinished` naming records that are
   * closed and could not be published
   */
  renewIndexKey(side: Side, choice?: GateChoice, options?: ActOptions): Promise<Renewal> {
    const course = new Course(options);
    return this.inTurn(() => renewIndexKey(this.owner, side, this.means, course, choice));
  }

  /** What `renewIndexKey` would do now; throws as it does before it does anything. */
  planRenewal(side: Side, choice?: GateChoice): Promise<RenewalPlan> {
    return this.inTurn(() => planRenewal(this.owner, side, this.means.records(), choice));
  }

  /** The gates that hold shares now, how each says it is, and what they complain of; throws `key-missing` before the first dealing. */
  async list(side: Side): Promise<OwnGateSet> {
    const chain = this.owner.chains[side];
    const registry = new KeyRegistry(chain);
    const { number } = await currentIndexKey(this.owner, side);
    const set = await dealtKeySet(this.owner, side);
    const complaints = await registry.complaints(set.id);
    const gates = await Promise.all(
      set.gates.map(async (address, i): Promise<OwnGate> => {
        const entry = await registry.gate(address);
        const said = complaints.find((each) => each.gate === address && each.generation === set.generation);
        const verdict = said && (await judge(chain, registry, set, i, said.evidence));
        return {
          address,
          url: entry.url,
          status: await statusOf(entry),
          ...(verdict === undefined ? {} : { complaint: verdict }),
        };
      }),
    );
    const { id, generation, threshold } = set;
    return { keySet: id, generation, threshold, indexKeyNumber: number, gates };
  }

  /**
   * Receipts of releases of a record, from all gates that each ledger's key set names, checked. They prove releases; that there is
   * none proves nothing.
   */
  async receipts(emrId: Uint8Array): Promise<Record<Side, OwnReceipts>> {
    const found: Record<Side, OwnReceipts> = {
      storage: { receipts: [], failures: [] },
      shared: { receipts: [], failures: [] },
    };
    for (const view of viewNames) found[ledgerOf[view]] = await this.receiptsOn(ledgerOf[view], emrId, view);
    return found;
  }

  private async receiptsOn(side: Side, emrId: Uint8Array, view: ViewName): Promise<OwnReceipts> {
    const chain = this.owner.chains[side];
    const registry = new KeyRegistry(chain);
    const ledgerRecordId = await this.owner.ledgerRecordId(emrId, view);
    const { gates } = await dealtKeySet(this.owner, side);
    const answers = await Promise.all(
      gates.map(async (address): Promise<OwnReceipts> => {
        try {
          return {
            receipts: await fetchReceipts(chain, await registry.gate(address), ledgerRecordId),
            failures: [],
          };
        } catch (error) {
          if (!(error instanceof DiptychError)) throw error;
          return { receipts: [], failures: [{ gate: address, message: error.message }] };
        }
      }),
    );
    return {
      receipts: answers.flatMap(({ receipts }) => receipts).sort((a, b) => a.time - b.time),
      failures: answers.flatMap(({ failures }) => failures),
    };
  }
}

async function statusOf(gate: RegisteredGate): Promise<GateStatus> {
  if (gate.url !== "") return askGateStatus(gate);
  return {
    serving: false,
    reasons: ["The chain no longer lists this gate: choose another."],
    accounts: [],
  };
}

/** Whether the share that was dealt to the gate at `i` (from 0) is as bad as it says. */
async function judge(
  chain: Chain,
  registry: KeyRegistry,
  set: KeySet & { id: string },
  i: number,
  evidence: Uint8Array,
): Promise<ShareVerdict> {
  return judgeShareComplaint(evidence, set.sealedShares[i]!, {
    chainId: chain.chainId,
    contract: unhex(chain.keyRegistry),
    dealer: unhex(set.dealer),
    keySet: unhex(set.id),
    generation: set.generation,
    gateKey: await registry.gateKeyOf(set.gates[i]!),
    index: i + 1,
    count: set.gates.length,
    commitments: set.commitments,
  });
}
