/** A plain model of IMandates: who counts as having signed. */
import { isDeepStrictEqual } from "node:util";
import type { Kind } from "../fixture.ts";
import type { Address, Domain, Fields, Mandate, OwnerCall, Refusal } from "./calls.ts";
import { when, whole } from "./verdicts.ts";

export class MandatesModel {
  readonly domain: Domain;
  protected readonly nonces = new Map<Address, bigint>();

  constructor(domain: Domain) {
    this.domain = domain;
  }

  nonceOf(owner: Address): bigint {
    return this.nonces.get(owner) ?? 0n;
  }

  protected checkMandate(
    { mandate }: OwnerCall,
    kind: Kind,
    fields: Fields,
    now: bigint,
  ): readonly Refusal[] {
    if (mandate === undefined) return [];
    const { owner, nonce, deadline } = mandate;
    const expected = this.nonceOf(owner);
    return [
      ...when(this.isLate(deadline, now), "IndexLedgerDeadlinePassed", { deadline: whole(deadline) }),
      ...when(nonce !== expected, "IndexLedgerNonceMismatch", {
        expected: whole(expected),
        given: whole(nonce),
      }),
      ...when(!this.hasSigned(mandate, kind, fields), "IndexLedgerSignatureInvalid"),
    ];
  }

  protected useNonce({ mandate }: OwnerCall): void {
    if (mandate) this.nonces.set(mandate.owner, mandate.nonce + 1n);
  }

  /** Whether this owner signed just this, for this contract on this chain. */
  protected hasSigned({ owner, nonce, deadline, said }: Mandate, kind: Kind, fields: Fields): boolean {
    const message = { ...fields, owner, nonce: whole(nonce), deadline: whole(deadline) };
    return isDeepStrictEqual(said, { signer: owner, domain: this.domain, kind, message });
  }

  /** The mandate's deadline counts as the last second. */
  protected isLate(deadline: bigint, now: bigint): boolean {
    return now > deadline;
  }
}
