/** A plain model of IAttributeRegistry: attributes and numbers by their texts. */
import { keccak256, id as keccakOfText, toUtf8Bytes } from "ethers";
import { slot } from "../fixture.ts";
import {
  type Address,
  type Anchor,
  type AnchorList,
  type AssignLabel,
  type Attest,
  type AttestNumbers,
  type Cast,
  type Hex,
  type NumberName,
  type Plain,
  type Refusal,
  type Revoke,
  type RevokeCertificate,
  type RevokeNumbers,
  type Verdict,
  ZERO_ADDRESS,
  ZERO_WORD,
} from "./calls.ts";
import type { Holdings } from "./policyModel.ts";
import { RolesModel } from "./rolesModel.ts";
import { happen, settle, when, whole } from "./verdicts.ts";

export const AUTHORITY_ROLE = keccakOfText("AUTHORITY_ROLE");

export interface Attestation {
  readonly expiry: bigint;
  readonly authority: Address;
  readonly number: number;
}

const unitByte = { number: 1, date: 2, unknown: 3 } as const;
const nameOf = ({ label, unit }: NumberName) => `${unit}\n${label}`;
/** The slot of a number; for a unit that there isn't, none. */
const slotOf = ({ label, unit }: NumberName): Hex => (unit === "unknown" ? ZERO_WORD : slot(label, unit));

export class RegistryModel {
  readonly roles: RolesModel;
  readonly labels = new Map<string, Address>();
  readonly certificates = new Set<Hex>();
  anchors: readonly [Hex, Hex] = [ZERO_WORD, ZERO_WORD];
  list: Hex = ZERO_WORD;
  protected readonly attributes = new Map<Address, Map<string, Attestation>>();
  protected readonly numbers = new Map<Address, Map<string, Attestation>>();

  constructor(cast: Cast) {
    this.roles = new RolesModel(cast.admin, AUTHORITY_ROLE, cast.authority);
  }

  /** What an account has at a time, its own `id:` aside. */
  holdingsOf(account: Address, now: bigint): Holdings {
    return {
      has: (attribute) => this.counts(this.attributes.get(account)?.get(attribute), now),
      number: (label, unit) => {
        const found = this.numbers.get(account)?.get(nameOf({ label, unit }));
        return this.counts(found, now) ? found?.number : undefined;
      },
    };
  }

  /** Whether an attestation counts at a time. */
  protected counts(attestation: Attestation | undefined, now: bigint): boolean {
    return attestation !== undefined && attestation.expiry > now;
  }

  attest({ from, account, attributes, expiry }: Attest, now: bigint): Verdict {
    const refusals = [
      ...this.checkAttesting(account, attributes.length, expiry, now),
      ...attributes.flatMap((text) => this.checkAttribute(from, text)),
    ];
    return settle(refusals, () =>
      attributes.map((text) => {
        this.entries(this.attributes, account).set(text, { expiry, authority: from, number: 0 });
        const attribute = keccakOfText(text);
        return happen("Attested", { account, attribute, authority: from, expiry: whole(expiry), text });
      }),
    );
  }

  attestNumbers({ from, account, numbers, expiry }: AttestNumbers, now: bigint): Verdict {
    const refusals = [
      ...this.checkAttesting(account, numbers.length, expiry, now),
      ...numbers.flatMap((number) => this.checkNumber(from, number)),
    ];
    return settle(refusals, () =>
      numbers.map((given) => {
        const { label, unit, value } = given;
        this.entries(this.numbers, account).set(nameOf(given), { expiry, authority: from, number: value });
        return happen("NumberAttested", {
          account,
          slot: slotOf(given),
          authority: from,
          number: whole(value),
          expiry: whole(expiry),
          label,
          unit: whole(unitByte[unit]),
        });
      }),
    );
  }

  revoke({ from, account, attributes }: Revoke): Verdict {
    const refusals = attributes.flatMap((text) => this.checkAttribute(from, text));
    return this.drop(this.attributes, from, account, attributes, keccakOfText, refusals);
  }

  revokeNumbers({ from, account, numbers }: RevokeNumbers): Verdict {
    const refusals = numbers.flatMap((number) => this.checkNumber(from, number));
    const slots = new Map(numbers.map((number) => [nameOf(number), slotOf(number)]));
    return this.drop(this.numbers, from, account, numbers.map(nameOf), (name) => slots.get(name)!, refusals);
  }

  assignLabel({ from, label, authority }: AssignLabel): Verdict {
    const refusals = [...this.roles.checkAdmin(from), ...this.checkReserved(label, label)];
    return settle(refusals, () => {
      if (authority === ZERO_ADDRESS) this.labels.delete(label);
      else this.labels.set(label, authority);
      return [happen("LabelAssigned", { labelHash: keccakOfText(label), authority, label })];
    });
  }

  anchorAuthority({ from, abePublicKeyHash, caFingerprint }: Anchor): Verdict {
    const [mayOnce, may] = [this.roles.holders.has(from), from === this.roles.admin];
    const refusals = [
      ...when(!may && !mayOnce, "AttributeRegistryNotAuthority", { account: from }),
      ...when(!may && this.anchors[0] !== ZERO_WORD, "AttributeRegistryAnchorStands", { account: from }),
      ...when([abePublicKeyHash, caFingerprint].includes(ZERO_WORD), "AttributeRegistryAnchorZero"),
    ];
    return settle(refusals, () => {
      this.anchors = [abePublicKeyHash, caFingerprint];
      return [happen("AuthorityAnchored", { abePublicKeyHash, caFingerprint, by: from })];
    });
  }

  anchorRevocationList({ from, hash }: AnchorList): Verdict {
    const refusals = [
      ...this.roles.checkHolder(from),
      ...when(hash === ZERO_WORD, "AttributeRegistryAnchorZero"),
    ];
    return settle(refusals, () => {
      this.list = hash;
      return [happen("RevocationListAnchored", { hash, authority: from })];
    });
  }

  revokeCertificate({ from, fingerprint }: RevokeCertificate): Verdict {
    const known = this.certificates.has(fingerprint);
    const refusals = [
      ...this.roles.checkHolder(from),
      ...when(known, "AttributeRegistryCertificateAlreadyRevoked", { fingerprint }),
    ];
    return settle(refusals, () => {
      this.certificates.add(fingerprint);
      return [happen("CertificateRevoked", { fingerprint, authority: from })];
    });
  }

  /** To whom a label is assigned; zero for all. */
  authorityOf(label: string): Address {
    return this.labels.get(label) ?? ZERO_ADDRESS;
  }

  attestationOf(account: Address, attribute: string): Plain {
    return shown(this.attributes.get(account)?.get(attribute));
  }

  numberAttestationOf(account: Address, number: NumberName): Plain {
    return shown(this.numbers.get(account)?.get(nameOf(number)));
  }

  /** What an account was attested, expired or not. */
  attributesOf(account: Address): string[] {
    return [...(this.attributes.get(account)?.keys() ?? [])];
  }

  /** Which numbers an account was attested, expired or not. */
  numbersOf(account: Address): NumberName[] {
    return [...(this.numbers.get(account)?.keys() ?? [])].map((name) => {
      const [unit, label] = name.split("\n");
      return { unit, label } as NumberName;
    });
  }

  /** When attestations end, those to come. */
  expiries(now: bigint): bigint[] {
    return [...this.attributes.values(), ...this.numbers.values()]
      .flatMap((each) => [...each.values()].map(({ expiry }) => expiry))
      .filter((expiry) => expiry > now);
  }

  /** What stands before the first colon of an attribute. */
  protected labelOf(attribute: string): string {
    const colon = attribute.indexOf(":");
    return colon < 0 ? "" : attribute.slice(0, colon);
  }

  private checkAttesting(account: Address, count: number, expiry: bigint, now: bigint): Refusal[] {
    return [
      ...when(count === 0, "AttributeRegistryNoAttributes"),
      ...when(account === ZERO_ADDRESS, "AttributeRegistryAccountZero"),
      ...when(expiry <= now, "AttributeRegistryExpiryPassed", { expiry: whole(expiry) }),
    ];
  }

  private checkAttribute(from: Address, text: string): Refusal[] {
    return [...this.checkText(text), ...this.checkLabel(from, this.labelOf(text), text)];
  }

  private checkNumber(from: Address, { label, unit }: NumberName): Refusal[] {
    const unknown = when(unit === "unknown", "AttributeRegistryUnitUnknown", { unit: whole(unitByte[unit]) });
    return [...unknown, ...this.checkText(label), ...this.checkLabel(from, label, label)];
  }

  private checkText(text: string): Refusal[] {
    const size = toUtf8Bytes(text).length;
    const malformed = size < 1 || size > 256 || text.charCodeAt(0) < 0x20;
    return when(malformed, "AttributeRegistryTextMalformed", { text });
  }

  private checkReserved(label: string, text: string): Refusal[] {
    return when(label === "id", "AttributeRegistryLabelReserved", { text });
  }

  /** Whether an account may attest and revoke under a label now. */
  protected checkLabel(from: Address, label: string, text: string): Refusal[] {
    const authority = this.labels.get(label);
    const labelHash = keccak256(toUtf8Bytes(label));
    const refused =
      authority === undefined
        ? this.roles.checkHolder(from)
        : when(authority !== from, "AttributeRegistryLabelForeign", { labelHash, authority });
    return [...this.checkReserved(label, text), ...refused];
  }

  /** Revokes all of these or none; a second mention finds nothing any more. */
  private drop(
    table: Map<Address, Map<string, Attestation>>,
    from: Address,
    account: Address,
    names: readonly string[],
    keyOf: (name: string) => Hex,
    refused: readonly Refusal[],
  ): Verdict {
    const entries = this.entries(table, account);
    const missing = names.filter((name, i) => !entries.has(name) || names.indexOf(name) < i);
    const refusals = [
      ...refused,
      ...when(names.length === 0, "AttributeRegistryNoAttributes"),
      ...missing.flatMap((name) =>
        when(true, "AttributeRegistryNotAttested", { account, attribute: keyOf(name) }),
      ),
    ];
    return settle(refusals, () =>
      names.map((name) => {
        entries.delete(name);
        return happen("Revoked", { account, attribute: keyOf(name), authority: from });
      }),
    );
  }

  private entries(table: Map<Address, Map<string, Attestation>>, account: Address): Map<string, Attestation> {
    if (!table.has(account)) table.set(account, new Map());
    return table.get(account)!;
  }
}

function shown(found: Attestation | undefined): Plain {
  const { expiry = 0n, authority = ZERO_ADDRESS, number = 0 } = found ?? {};
  return { expiry: whole(expiry), authority, number: whole(number) };
}
