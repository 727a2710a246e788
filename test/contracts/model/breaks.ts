/** Models that are wrong in one way each. Following what the contracts did, every one of them must find itself contradicted. */
import { isDeepStrictEqual } from "node:util";
import type { Kind } from "../fixture.ts";
import type {
  AcceptTransfer,
  Address,
  Cast,
  Deal,
  Domain,
  Fields,
  Hex,
  Mandate,
  Publish,
  Refusal,
  Request,
  Verdict,
} from "./calls.ts";
import { type Makers, soundly } from "./chainModel.ts";
import { KeysModel } from "./keysModel.ts";
import { type Decision, LedgerModel, type Status } from "./ledgerModel.ts";
import type { Holdings } from "./policyModel.ts";
import type { RecordState } from "./recordsModel.ts";
import { type Attestation, RegistryModel } from "./registryModel.ts";

const withLedger = (
  Broken: new (domain: Domain, cast: Cast, registry: RegistryModel) => LedgerModel,
): Makers => ({ ...soundly, ledger: (domain, cast, registry) => new Broken(domain, cast, registry) });

const withRegistry = (Broken: new (cast: Cast) => RegistryModel): Makers => ({
  ...soundly,
  registry: (cast) => new Broken(cast),
});

/** A ledger that takes signatures which are right but for this part of their domain. */
const blindTo = (part: keyof Domain): Makers =>
  withLedger(
    class extends LedgerModel {
      protected override hasSigned(mandate: Mandate, kind: Kind, fields: Fields): boolean {
        const { said } = mandate;
        if (said === undefined) return false;
        const domain = { ...said.domain, [part]: this.domain[part] };
        return super.hasSigned({ ...mandate, said: { ...said, domain } }, kind, fields);
      }
    },
  );

/** What is wrong with each. */
export const breaks: Readonly<Record<string, Makers>> = {
  "a grant lives in the second of its expiry": withLedger(
    class extends LedgerModel {
      protected override hasExpired(expiry: bigint, now: bigint): boolean {
        return expiry < now;
      }
    },
  ),
  "a grant outlives its epoch": withLedger(
    class extends LedgerModel {
      override statusOf(requestId: Hex, now: bigint): Status {
        const status = super.statusOf(requestId, now);
        return status === "EpochEnded" ? "Live" : status;
      }
    },
  ),
  "a revoked grant stays": withLedger(
    class extends LedgerModel {
      override statusOf(requestId: Hex, now: bigint): Status {
        const grant = this.grants.get(requestId);
        if (grant?.revoked !== true) return super.statusOf(requestId, now);
        grant.revoked = false;
        const status = super.statusOf(requestId, now);
        grant.revoked = true;
        return status;
      }
    },
  ),
  "a request that has a grant is granted again": withLedger(
    class extends LedgerModel {
      override request(call: Request, now: bigint): Verdict {
        const verdict = super.request(call, now);
        return {
          ...verdict,
          refusals: verdict.refusals.filter(({ error }) => error !== "IndexLedgerRequestAlreadyGranted"),
        };
      }
    },
  ),
  "a pause doesn't stop grants": withLedger(
    class extends LedgerModel {
      override request(call: Request, now: bigint): Verdict {
        const { paused } = this;
        this.paused = false;
        const verdict = super.request(call, now);
        this.paused = paused;
        return verdict;
      }
    },
  ),
  "purposes don't count": withLedger(
    class extends LedgerModel {
      override decide(record: RecordState, requester: Address, purpose: number, now: bigint): Decision {
        const anyPurpose = { ...record, rules: { ...record.rules, purposes: [] } };
        return super.decide(anyPurpose, requester, purpose, now);
      }
    },
  ),
  "attributes are told of before a block": withLedger(
    class extends LedgerModel {
      override decide(record: RecordState, requester: Address, purpose: number, now: bigint): Decision {
        const unblocked = super.decide({ ...record, blocked: new Set() }, requester, purpose, now);
        return unblocked === "Granted" ? super.decide(record, requester, purpose, now) : unblocked;
      }
    },
  ),
  "nobody holds their own id": withLedger(
    class extends LedgerModel {
      protected override holdingsOf(account: Address, now: bigint): Holdings {
        return this.registry.holdingsOf(account, now);
      }
    },
  ),
  "a block ends with its epoch": withLedger(
    class extends LedgerModel {
      override publish(call: Publish, now: bigint): Verdict {
        const record = this.records.get(call.ledgerRecordId);
        const verdict = super.publish(call, now);
        if (verdict.refusals.length === 0 && call.epoch > 1n) record?.blocked.clear();
        return verdict;
      }
    },
  ),
  "a closed epoch goes on": withLedger(
    class extends LedgerModel {
      protected override checkNext(found: RecordState | undefined, version: bigint, epoch: bigint) {
        return super.checkNext(found && { ...found, closed: false }, version, epoch);
      }
    },
  ),
  "somebody else's rules can be kept": withLedger(
    class extends LedgerModel {
      protected override checkRules(): readonly Refusal[] {
        return [];
      }
    },
  ),
  "anybody may take a record over": withLedger(
    class extends LedgerModel {
      override acceptTransfer(call: AcceptTransfer, now: bigint): Verdict {
        const { refusals, events } = super.acceptTransfer(call, now);
        const others = refusals.filter(({ error }) => error !== "IndexLedgerTransferNotOffered");
        return { refusals: others, events };
      }
    },
  ),
  "a change of hands leaves the epoch open": withLedger(
    class extends LedgerModel {
      protected override handOver(record: RecordState, newOwner: Address): void {
        super.handOver(record, newOwner);
        record.closed = false;
      }
    },
  ),
  "a record stays in the list of its old owner": withLedger(
    class extends LedgerModel {
      protected override unlist(): void {}
    },
  ),
  "whoever isn't the owner may act": withLedger(
    class extends LedgerModel {
      protected override checkOwner(): readonly Refusal[] {
        return [];
      }
    },
  ),
  "nonces aren't used up": withLedger(
    class extends LedgerModel {
      protected override useNonce(): void {}
    },
  ),
  "a deadline's last second is too late": withLedger(
    class extends LedgerModel {
      protected override isLate(deadline: bigint, now: bigint): boolean {
        return now >= deadline;
      }
    },
  ),
  "a signature for another chain counts": blindTo("chainId"),
  "a signature for another contract counts": blindTo("verifyingContract"),
  "anybody's signature counts": withLedger(
    class extends LedgerModel {
      protected override hasSigned(mandate: Mandate, kind: Kind, fields: Fields): boolean {
        const { said, owner } = mandate;
        return (
          said !== undefined &&
          super.hasSigned({ ...mandate, said: { ...said, signer: owner } }, kind, fields)
        );
      }
    },
  ),
  "what a signature says doesn't count": withLedger(
    class extends LedgerModel {
      protected override hasSigned({ said, owner }: Mandate): boolean {
        return said?.signer === owner && isDeepStrictEqual(said.domain, this.domain);
      }
    },
  ),
  "an attestation counts in the second of its expiry": withRegistry(
    class extends RegistryModel {
      protected override counts(attestation: Attestation | undefined, now: bigint): boolean {
        return attestation !== undefined && attestation.expiry >= now;
      }
    },
  ),
  "a number that isn't there is 0": withRegistry(
    class extends RegistryModel {
      override holdingsOf(account: Address, now: bigint): Holdings {
        const held = super.holdingsOf(account, now);
        return { ...held, number: (label, unit) => held.number(label, unit) ?? 0 };
      }
    },
  ),
  "a number is a date too": withRegistry(
    class extends RegistryModel {
      override holdingsOf(account: Address, now: bigint): Holdings {
        const held = super.holdingsOf(account, now);
        const either = (label: string) => held.number(label, "number") ?? held.number(label, "date");
        return { ...held, number: either };
      }
    },
  ),
  "an attribute without a colon is its own label": withRegistry(
    class extends RegistryModel {
      protected override labelOf(attribute: string): string {
        return attribute.split(":")[0]!;
      }
    },
  ),
  "an assigned label still belongs to all": withRegistry(
    class extends RegistryModel {
      protected override checkLabel(from: Address, label: string, text: string): Refusal[] {
        const authority = this.labels.get(label);
        this.labels.delete(label);
        const refusals = super.checkLabel(from, label, text);
        if (authority !== undefined) this.labels.set(label, authority);
        return refusals;
      }
    },
  ),
  "a key set's generation doesn't grow": {
    ...soundly,
    keys: (cast) =>
      new (class extends KeysModel {
        override deal(call: Deal): Verdict {
          this.keySets.clear();
          return super.deal(call);
        }
      })(cast),
  },
};
