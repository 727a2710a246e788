/** Calls and looks as functions of the contracts and their arguments. */
import { id as keccakOfText } from "ethers";
import { slot } from "../fixture.ts";
import { type Call, type Hex, type NumberName, type OwnerCall, type View, ZERO_WORD } from "./calls.ts";
import { PAUSER_ROLE } from "./ledgerModel.ts";
import { AUTHORITY_ROLE } from "./registryModel.ts";

export type Target = "ledger" | "attributes" | "keys";

/** One function of one contract, with its arguments. */
export interface Encoded {
  readonly target: Target;
  readonly name: string;
  readonly args: readonly unknown[];
}

const roles = { ledger: PAUSER_ROLE, attributes: AUTHORITY_ROLE } as const;
const units = { number: 1, date: 2, unknown: 3 } as const;
const toUnit = <T extends NumberName>(number: T) => ({ ...number, unit: units[number.unit] });

/** A call; with a signed mandate it's the function for relayers. */
export function encodeCall(call: Call, mandate?: object): Encoded {
  switch (call.name) {
    case "request": {
      const { ledgerRecordId, nonce, purpose, responseKey, expiry } = call;
      const args = [ledgerRecordId, nonce, purpose, responseKey, expiry];
      return { target: "ledger", name: "request", args };
    }
    case "pause":
    case "unpause":
      return { target: "ledger", name: call.name, args: [] };
    case "grantRole":
    case "revokeRole":
      return { target: call.contract, name: call.name, args: [roles[call.contract], call.account] };
    case "attest":
      return attributes("attest", call.account, call.attributes, call.expiry);
    case "attestNumbers":
      return attributes("attestNumbers", call.account, call.numbers.map(toUnit), call.expiry);
    case "revoke":
      return attributes("revoke", call.account, call.attributes);
    case "revokeNumbers":
      return attributes("revokeNumbers", call.account, call.numbers.map(toUnit));
    case "assignLabel":
      return attributes("assignLabel", call.label, call.authority);
    case "anchorAuthority":
      return attributes("anchorAuthority", call.abePublicKeyHash, call.caFingerprint);
    case "anchorRevocationList":
      return attributes("anchorRevocationList", call.hash);
    case "revokeCertificate":
      return attributes("revokeCertificate", call.fingerprint);
    case "deal": {
      const { indexKey, generation, threshold, gates, commitments, sealedShares } = call;
      return {
        target: "keys",
        name: "deal",
        args: [indexKey, generation, threshold, gates, commitments, sealedShares],
      };
    }
    default:
      return mandate === undefined
        ? { target: "ledger", name: call.name, args: ownerArgs(call) }
        : {
            target: "ledger",
            name: `${call.name}For`,
            args: [mandate, ...ownerArgs(call), ...epochOf(call)],
          };
  }
}

const attributes = (name: string, ...args: unknown[]): Encoded => ({ target: "attributes", name, args });

/** A relayer says which epoch to close; an owner closes the current one. */
const epochOf = (call: OwnerCall) => (call.name === "close" ? [call.epoch] : []);

function ownerArgs(call: OwnerCall): unknown[] {
  switch (call.name) {
    case "publish": {
      const { ledgerRecordId, version, epoch, indexKeyHash, salt, rules, index, policyText } = call;
      return [{ ledgerRecordId, version, epoch, indexKeyHash }, salt, rules.program, index, policyText];
    }
    case "republish":
      return [call.ledgerRecordId, call.version, call.epoch, call.index];
    case "setBlocked":
      return [call.ledgerRecordId, call.account, call.blocked];
    case "offerTransfer":
      return [call.ledgerRecordId, call.newOwner];
    case "close":
    case "acceptTransfer":
      return [call.ledgerRecordId];
    case "revokeGrant":
      return [call.requestId];
  }
}

/** A look that is one call. */
export function encodeView(view: Exclude<View, { name: "recordsOf" | "pageFrom" | "blob" }>): Encoded {
  const { name } = view;
  switch (name) {
    case "record":
    case "transferOffer":
      return { target: "ledger", name, args: [view.ledgerRecordId] };
    case "isBlocked":
      return { target: "ledger", name, args: [view.ledgerRecordId, view.account] };
    case "explainFor":
      return { target: "ledger", name, args: [view.ledgerRecordId, view.account, view.purpose] };
    case "recordCount":
    case "nonces":
      return { target: "ledger", name, args: [view.owner] };
    case "totalRecords":
    case "paused":
      return { target: "ledger", name, args: [] };
    case "status":
    case "releasable":
    case "grantOf":
    case "explain":
      return { target: "ledger", name, args: [view.requestId] };
    case "authorityAnchor":
    case "revocationList":
      return attributes(name);
    case "attestation":
      return attributes(name, view.account, keccakOfText(view.attribute));
    case "numberAttestation":
      return attributes("attestation", view.account, slotOf(view.number));
    case "labelAuthority":
      return attributes(name, keccakOfText(view.label));
    case "certificateRevoked":
      return attributes(name, view.fingerprint);
    case "hasRole":
      return { target: view.contract, name, args: [roles[view.contract], view.account] };
    case "keySet":
    case "dealerOf":
      return { target: "keys", name, args: [view.keySet] };
  }
}

const slotOf = ({ label, unit }: NumberName): Hex => (unit === "unknown" ? ZERO_WORD : slot(label, unit));
