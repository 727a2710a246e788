/** A change that was begun: kept before its first effect, so that after a stop just this change is finished, and no other. */
import { hex, utf8, utf8Decode } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import { parsePolicy, printPolicy } from "../policy/index.ts";
import { type Journal, listEmr } from "./journal.ts";
import { type ViewName, viewNames } from "./ownRecord.ts";
import { type Plan, purposesOf } from "./redefinition.ts";

/**
 * A plan, whole as it was begun, and the hashes of the indexes that its views were to get. Public values only. `first`: it stores the
 * record for the first time. `amendment`: it publishes the revision with this hash of the doctor's signature.
 */
export type BegunChange = {
  plan: Plan;
  indexes: Partial<Record<ViewName, string>>;
  first?: true;
  amendment?: string;
};

const nameOf = (emrId: Uint8Array) => `patient/begun-change/${hex(emrId).slice(2)}`;

export async function readBegun(journal: Journal, emrId: Uint8Array): Promise<BegunChange | undefined> {
  const stored = await journal.get(nameOf(emrId));
  return stored === undefined ? undefined : (JSON.parse(utf8Decode(stored)) as BegunChange);
}

export async function keepBegun(journal: Journal, emrId: Uint8Array, begun: BegunChange): Promise<void> {
  await listEmr(journal, emrId);
  await journal.set(nameOf(emrId), utf8(JSON.stringify(begun)));
}

export function forgetBegun(journal: Journal, emrId: Uint8Array): Promise<void> {
  return journal.delete(nameOf(emrId));
}

/** Throws `change-unfinished` while an amendment is under way: nothing else may publish the revision before it. */
export function demandNoAmendment(begun: BegunChange | undefined): void {
  if (begun?.amendment !== undefined)
    throw new DiptychError(
      "change-unfinished",
      "An amendment of this record was begun and not finished: finish it first (finish).",
    );
}

const canonical = (policy: string) => printPolicy(parsePolicy(policy));

/** Whether two plans want the same: sides, rights and blocks. */
export function isSameGoal(a: Plan, b: Plan): boolean {
  const goal = ({ shared, rights, block }: Plan) =>
    JSON.stringify([
      shared,
      canonical(rights.full),
      canonical(rights.shared),
      ...viewNames.map((view) => [...purposesOf(rights, view)].sort()),
      block.map((each) => each.toLowerCase()),
    ]);
  return goal(a) === goal(b);
}
