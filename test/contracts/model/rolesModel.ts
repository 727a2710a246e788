/** A plain model of one contract's roles: the administrator, who stays, and another role that they give and take. */
import { type Address, type ChangeRole, type Hex, type Refusal, type Verdict, ZERO_WORD } from "./calls.ts";
import { happen, settle, when } from "./verdicts.ts";

const ADMIN_ROLE = ZERO_WORD;

export class RolesModel {
  readonly admin: Address;
  readonly role: Hex;
  readonly holders: Set<Address>;

  constructor(admin: Address, role: Hex, first: Address) {
    this.admin = admin;
    this.role = role;
    this.holders = new Set([first]);
  }

  checkHolder(account: Address): Refusal[] {
    const { role } = this;
    return when(!this.holders.has(account), "AccessControlUnauthorizedAccount", {
      account,
      neededRole: role,
    });
  }

  checkAdmin(account: Address): Refusal[] {
    return when(account !== this.admin, "AccessControlUnauthorizedAccount", {
      account,
      neededRole: ADMIN_ROLE,
    });
  }

  change({ name, from, account }: ChangeRole): Verdict {
    return settle(this.checkAdmin(from), () => {
      const gives = name === "grantRole";
      if (this.holders.has(account) === gives) return [];
      if (gives) this.holders.add(account);
      else this.holders.delete(account);
      return [happen(gives ? "RoleGranted" : "RoleRevoked", { role: this.role, account, sender: from })];
    });
  }
}
