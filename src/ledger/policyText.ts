/** Which policy text a ledger's program came from: texts stand in events, unsigned, so one counts only if it compiles to it. */
import { equal } from "../core/bytes.ts";
import { compileProgram, purposeOf, readProgram } from "../policy/index.ts";
import type { AuditEvent } from "./history.ts";

/** The newest text in a history that compiles to the program; undefined when none does. */
export function findPolicy(history: readonly AuditEvent[], program: Uint8Array): string | undefined {
  const codes = purposeCodes(readProgram(program).purposes);
  for (const event of [...history].reverse())
    if (event.kind === "published" && event.policy !== "" && compilesTo(event.policy, codes, program))
      return event.policy;
  return undefined;
}

/** HL7's codes of purposes, in the order of their numbers; a number that the table doesn't have yet shows as such. */
export function purposeCodes(numbers: Iterable<number>): string[] {
  return [...numbers].map((number) => purposeOf(number)?.code ?? `purpose ${number}`);
}

function compilesTo(policy: string, codes: readonly string[], program: Uint8Array): boolean {
  try {
    return equal(compileProgram(policy, codes), program);
  } catch {
    return false;
  }
}
