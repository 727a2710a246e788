/** Options that several commands of `diptych patient` take. */
import { type Command, Option } from "commander";

/** A command of a patient: which one, where the home has several. */
export function patientCommand(group: Command, name: string): Command {
  return group
    .command(name)
    .option("--name <name>", "which patient, where this home has several")
    .option("--no-relayer", "pay for gas yourself, though the configuration names a relayer");
}

/** A command about one record. */
export function recordCommand(group: Command, name: string): Command {
  return patientCommand(group, name).option(
    "--record <record>",
    "a record's nickname, or the first digits of its EMR id; not needed where there is one",
  );
}

/** The options that say who may read what. */
export function addRightsOptions(command: Command): Command {
  return command
    .option("--full-policy <policy>", "who may read all parts, e.g. 'role:doctor and org:yzu-hospital'")
    .option("--shared-policy <policy>", "who may read the shared side; all of the above must be among them")
    .option(
      "--full-purposes <codes>",
      "what all parts may be asked for: HL7's codes, such as TREAT (treatment) or HRESCH (research), or any",
    )
    .option("--shared-purposes <codes>", "the same for the shared side, e.g. TREAT,HRESCH");
}

/** What every command takes that pays for gas. */
export function dryRunOption(): Option {
  return new Option("--dry-run", "say what would be sent and what it would cost, and send nothing");
}
