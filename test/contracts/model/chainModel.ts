/** The model of one chain: takes calls and looks as the contracts take them. */
import { statuses } from "../fixture.ts";
import type { Answer, Call, Cast, Domain, Plain, Verdict, View } from "./calls.ts";
import { KeysModel } from "./keysModel.ts";
import { LedgerModel } from "./ledgerModel.ts";
import { RegistryModel } from "./registryModel.ts";
import { refuse, whole } from "./verdicts.ts";

/** How the parts of a model are made: another way in tests that show that a wrong model is found. */
export interface Makers {
  registry(cast: Cast): RegistryModel;
  ledger(domain: Domain, cast: Cast, registry: RegistryModel): LedgerModel;
  keys(cast: Cast): KeysModel;
}

export const soundly: Makers = {
  registry: (cast) => new RegistryModel(cast),
  ledger: (domain, cast, registry) => new LedgerModel(domain, cast, registry),
  keys: (cast) => new KeysModel(cast),
};

export class ChainModel {
  readonly registry: RegistryModel;
  readonly ledger: LedgerModel;
  readonly keys: KeysModel;

  constructor(domain: Domain, cast: Cast, makers: Makers = soundly) {
    this.registry = makers.registry(cast);
    this.ledger = makers.ledger(domain, cast, this.registry);
    this.keys = makers.keys(cast);
  }

  /** What comes of a call in a block of this time. A call that fails changes nothing. */
  take(call: Call, now: bigint): Verdict {
    const { registry, ledger, keys } = this;
    switch (call.name) {
      case "publish":
        return ledger.publish(call, now);
      case "republish":
        return ledger.republish(call, now);
      case "close":
        return ledger.close(call, now);
      case "setBlocked":
        return ledger.setBlocked(call, now);
      case "offerTransfer":
        return ledger.offerTransfer(call, now);
      case "acceptTransfer":
        return ledger.acceptTransfer(call, now);
      case "revokeGrant":
        return ledger.revokeGrant(call, now);
      case "request":
        return ledger.request(call, now);
      case "pause":
      case "unpause":
        return ledger.setPause(call);
      case "attest":
        return registry.attest(call, now);
      case "attestNumbers":
        return registry.attestNumbers(call, now);
      case "revoke":
        return registry.revoke(call);
      case "revokeNumbers":
        return registry.revokeNumbers(call);
      case "assignLabel":
        return registry.assignLabel(call);
      case "anchorAuthority":
        return registry.anchorAuthority(call);
      case "anchorRevocationList":
        return registry.anchorRevocationList(call);
      case "revokeCertificate":
        return registry.revokeCertificate(call);
      case "grantRole":
      case "revokeRole":
        return (call.contract === "ledger" ? ledger : registry).roles.change(call);
      case "deal":
        return keys.deal(call);
    }
  }

  /** What a look at a block of this time shows. */
  look(view: View, now: bigint): Answer {
    const { registry, ledger, keys } = this;
    switch (view.name) {
      case "record":
        return this.record(view.ledgerRecordId);
      case "transferOffer":
        return answer(ledger.records.get(view.ledgerRecordId)!.offeredTo);
      case "isBlocked":
        return answer(ledger.records.get(view.ledgerRecordId)!.blocked.has(view.account));
      case "explainFor":
        return ledger.explainFor(view.ledgerRecordId, view.account, view.purpose, now);
      case "recordsOf":
        return answer(ledger.recordsOf(view.owner));
      case "pageFrom":
        return this.pageFrom(view.owner, view.cursor, view.next);
      case "recordCount":
        return answer(whole(ledger.recordsOf(view.owner).length));
      case "nonces":
        return answer(whole(ledger.nonceOf(view.owner)));
      case "totalRecords":
        return answer(whole(ledger.records.size));
      case "paused":
        return answer(ledger.paused);
      case "authorityAnchor":
        return answer({ abePublicKeyHash: registry.anchors[0], caFingerprint: registry.anchors[1] });
      case "revocationList":
        return answer(registry.list);
      case "status":
        return answer(whole(statuses.indexOf(ledger.statusOf(view.requestId, now))));
      case "releasable":
        return answer(ledger.statusOf(view.requestId, now) === "Live");
      case "grantOf":
        return answer(ledger.grantOf(view.requestId));
      case "explain":
        return ledger.explain(view.requestId, now);
      case "attestation":
        return answer(registry.attestationOf(view.account, view.attribute));
      case "numberAttestation":
        return answer(registry.numberAttestationOf(view.account, view.number));
      case "labelAuthority":
        return answer(registry.authorityOf(view.label));
      case "certificateRevoked":
        return answer(registry.certificates.has(view.fingerprint));
      case "hasRole":
        return answer((view.contract === "ledger" ? ledger : registry).roles.holders.has(view.account));
      case "keySet":
        return keys.keySetOf(view.keySet);
      case "dealerOf":
        return answer(keys.dealerOf(view.keySet));
      case "blob":
        return answer(ledger.blobs.get(view.account) ?? "0x");
    }
  }

  private record(ledgerRecordId: string): Answer {
    const found = this.ledger.records.get(ledgerRecordId);
    if (found === undefined) return { refused: refuse("IndexLedgerRecordUnknown", { ledgerRecordId }) };
    const { owner, version, epoch, closed, blob, keySet, rules, index } = found;
    const numbers = { version: whole(version), epoch: whole(epoch) };
    return answer({ owner, ...numbers, closed, blob, keySet, program: rules.program, index });
  }

  /** A page of all from a cursor on, which stands for the record that was to come next when it was given. */
  private pageFrom(owner: string, cursor: bigint, next: string): Answer {
    const list = this.ledger.recordsOf(owner);
    const place = list.indexOf(next);
    if (place < 0) return { refused: refuse("IndexLedgerCursorStale", { cursor: whole(cursor) }) };
    return answer(list.slice(place));
  }
}

const answer = (value: Plain): Answer => ({ value });
