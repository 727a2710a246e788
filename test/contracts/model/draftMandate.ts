/** Mandates: what an owner signs for a call, rightly, or with one thing wrong. */
import { keccak256 } from "ethers";
import { type Kind, keySetOf } from "../fixture.ts";
import type { Flaw, Way } from "./acts.ts";
import type { Address, Domain, Fields, Mandate, OwnerCall, Plain, Statement } from "./calls.ts";
import type { Scene } from "./draft.ts";
import { whole } from "./verdicts.ts";

/** What this owner signs for a call. */
function statementOf(call: OwnerCall, owner: Address, { model }: Scene): { kind: Kind; fields: Fields } {
  switch (call.name) {
    case "publish":
    case "republish": {
      const { ledgerRecordId, index } = call;
      const record = model.ledger.records.get(ledgerRecordId);
      const stands = call.name === "republish" ? record : undefined;
      const program = call.name === "publish" ? call.rules.program : (stands?.rules.program ?? "0x");
      const indexKeyHash = call.name === "publish" ? call.indexKeyHash : keccak256("0x");
      return {
        kind: "Publish",
        fields: {
          ledgerRecordId,
          version: whole(call.version),
          epoch: whole(call.epoch),
          indexHash: keccak256(index),
          programHash: keccak256(program),
          keySet: stands?.keySet ?? keySetOf(owner, indexKeyHash),
        },
      };
    }
    case "close":
      return {
        kind: "Close",
        fields: { ledgerRecordId: call.ledgerRecordId, epoch: whole(call.epoch) },
      };
    case "setBlocked": {
      const { ledgerRecordId, account, blocked } = call;
      return { kind: "Block", fields: { ledgerRecordId, account, blocked } };
    }
    case "offerTransfer": {
      const { ledgerRecordId, newOwner } = call;
      return { kind: "OfferTransfer", fields: { ledgerRecordId, newOwner } };
    }
    case "acceptTransfer":
      return { kind: "AcceptTransfer", fields: { ledgerRecordId: call.ledgerRecordId } };
    case "revokeGrant":
      return { kind: "RevokeGrant", fields: { requestId: call.requestId } };
  }
}

/** The owner's mandate for a call, with this flaw. */
export function mandateFor(
  call: OwnerCall,
  owner: Address,
  { flaw, field }: Exclude<Way, "direct">,
  scene: Scene,
): Mandate {
  const next = scene.model.ledger.nonceOf(owner);
  const before = next === 0n ? 7n : next - 1n;
  const nonce = flaw === "nonceBefore" ? before : flaw === "nonceAfter" ? next + 1n : next;
  const deadline = flaw === "late" ? scene.at - 1n : flaw === "atLast" ? scene.at : scene.at + 600n;
  const given = { owner, nonce, deadline };
  if (flaw === "noSignature") return given;
  const { kind, fields } = statementOf(call, owner, scene);
  const right = { ...fields, owner, nonce: whole(nonce), deadline: whole(deadline) };
  const message = flaw === "otherMessage" ? alterField(right, field) : right;
  const { people } = scene.cast;
  const signer = flaw === "otherSigner" ? people[(people.indexOf(owner) + 1) % people.length]! : owner;
  const said: Statement = { signer, domain: domainWith(flaw, scene), kind, message };
  return { ...given, said };
}

function domainWith(flaw: Flaw, { domain, otherDomain, cast }: Scene): Domain {
  switch (flaw) {
    case "otherSide":
      return otherDomain;
    case "otherChainId":
      return { ...domain, chainId: otherDomain.chainId };
    case "otherContract":
      return { ...domain, verifyingContract: cast.people[0]! };
    case "otherName":
      return { ...domain, name: otherDomain.name };
    default:
      return domain;
  }
}

/** A message that differs in one field. */
function alterField(message: Fields, field: number): Fields {
  const names = Object.keys(message);
  const name = names[field % names.length]!;
  return { ...message, [name]: alter(message[name]!) };
}

function alter(value: Plain): Plain {
  if (typeof value === "boolean") return !value;
  const text = String(value);
  if (!text.startsWith("0x")) return String(BigInt(text) + 1n);
  return keccak256(text).slice(0, text.length);
}
