/** Rights as options of the command line: policies of both views, purposes, and their defaults. */
import { DiptychError } from "../../core/errors.ts";
import { parsePolicy, purposeBytes } from "../../policy/index.ts";
import type { Rights } from "../../roles/redefinition.ts";
import { purposesOf } from "../../roles/redefinition.ts";
import { printable } from "../frame/printing.ts";

/** The options that say who may read what. */
export type RightsOptions = {
  fullPolicy?: string;
  sharedPolicy?: string;
  fullPurposes?: string;
  sharedPurposes?: string;
};

/** The paper's example; its figures are lost, these policies are ours. */
export const defaultRights: Rights = {
  full: "(role:doctor and org:yzu-hospital) or role:government",
  shared: "(role:doctor and org:yzu-hospital) or role:government or role:researcher or role:insurer",
};

/** `before` with what the options change. @throws DiptychError `policy-syntax`, `policy-limit`, `purpose-unknown` */
export function rightsFrom(before: Rights, options: RightsOptions): Rights {
  for (const policy of [options.fullPolicy, options.sharedPolicy])
    if (policy !== undefined) parsePolicy(policy);
  const full = purposesFrom(options.fullPurposes) ?? purposesOf(before, "full");
  const shared = purposesFrom(options.sharedPurposes) ?? purposesOf(before, "shared");
  const purposes = {
    ...(full.length === 0 ? {} : { full }),
    ...(shared.length === 0 ? {} : { shared }),
  };
  return {
    full: options.fullPolicy ?? before.full,
    shared: options.sharedPolicy ?? before.shared,
    ...(Object.keys(purposes).length === 0 ? {} : { purposes }),
  };
}

/** "TREAT,HRESCH" as codes; "any" as none. */
function purposesFrom(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  if (text.trim() === "any") return [];
  const codes = text.split(",").map((code) => code.trim());
  purposeBytes(codes);
  return codes;
}

/** Whether an option changes anything. @throws DiptychError `usage` when none does */
export function demandRights(options: RightsOptions): void {
  const { fullPolicy, sharedPolicy, fullPurposes, sharedPurposes } = options;
  if ([fullPolicy, sharedPolicy, fullPurposes, sharedPurposes].every((each) => each === undefined))
    throw new DiptychError(
      "usage",
      "Say what is to change: --full-policy, --shared-policy, --full-purposes, --shared-purposes.",
    );
}

/** Who may read a view, in words. */
export function rightInWords(rights: Rights, view: "full" | "shared"): string {
  const purposes = purposesOf(rights, view);
  return `${printable(rights[view])}${purposes.length === 0 ? "" : `, for ${purposes.join(", ")} only`}`;
}
