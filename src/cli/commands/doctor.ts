/** `diptych doctor`: what a doctor does. */
import { type Command, Option } from "commander";
import type { AmendOptions } from "../doctor/amending.ts";
import type { DoctorChoice } from "../doctor/doctorRole.ts";
import type { EnrolOptions } from "../doctor/enrolling.ts";
import type { SignOptions } from "../doctor/signing.ts";
import { acting } from "../frame/acting.ts";
import { examples } from "../frame/examples.ts";

const nameOption = ["--name <name>", "tells several doctors of one home apart"] as const;

export function addDoctor(program: Command): void {
  const group = program
    .command("doctor")
    .summary("enrol, sign and amend records, end a key")
    .description(
      "A doctor makes a signing key, has it certified by the authority, and signs records that patients invite. The key stays sealed in the home.",
    )
    .addHelpText(
      "after",
      examples(
        "diptych doctor enrol --help",
        "diptych doctor sign record.json --invitation invitation.json --out info1",
      ),
    );
  addEnrol(group);
  addSign(group);
  addAmend(group);
  group
    .command("status")
    .summary("show how the enrolment stands, and fetch the certificate")
    .description(
      "Asks the authority how the enrolment stands, fetches the certificate once there is one, and checks it against both chains.",
    )
    .option(...nameOption)
    .addHelpText("after", examples("diptych doctor status"))
    .action(
      acting<DoctorChoice, []>(async (context, options) => {
        const { showDoctor } = await import("../doctor/enrolling.ts");
        return showDoctor(context, options);
      }),
    );
  group
    .command("revoke-key")
    .summary("end a signing key that may be in other hands")
    .description(
      "Asks the authority to revoke the certificate, with a request signed by the key, and erases the key. Once the authority agrees, nothing that was signed with it counts any more.",
    )
    .requiredOption("--reason <text>", "what the authority reads")
    .option(...nameOption)
    .addHelpText("after", examples('diptych doctor revoke-key --reason "My laptop was stolen."'))
    .action(
      acting<DoctorChoice & { reason: string }, []>(async (context, options) => {
        const { revokeDoctorKey } = await import("../doctor/enrolling.ts");
        return revokeDoctorKey(context, options);
      }),
    );
  group
    .command("sample")
    .summary("write a synthetic record to try things with")
    .description("Writes a synthetic record: the paper's nine parts as JSON.")
    .option("--out <file>", "where to write it (default: stdout)")
    .addHelpText("after", examples("diptych doctor sample --out record.json"))
    .action(
      acting<{ out?: string }, []>(async (context, options) => {
        const { writeSample } = await import("../doctor/signing.ts");
        return writeSample(context, options);
      }),
    );
}

function addEnrol(group: Command): void {
  group
    .command("enrol")
    .summary("make a signing key and ask for a certificate")
    .description(
      "Makes a signing key, once, and asks the authority to certify it on the evidence given. With a key already there it asks for a new certificate.",
    )
    .option("--common-name <name>", "whom the certificate shall name")
    .option("--organization <name>", "where the doctor works")
    .option("--evidence <text>", "what shows who the doctor is")
    .option("--evidence-file <file>", "the same, from a text file")
    .addOption(
      new Option("--suite <suite>", "kind of signing key (default: rsa-pss)").choices([
        "rsa-pss",
        "ed25519",
        "p256",
      ]),
    )
    .option(...nameOption)
    .addHelpText(
      "after",
      examples(
        'diptych doctor enrol --common-name "Dr. Example" --organization "Example Hospital" --evidence "staff card 0001"',
        "diptych doctor enrol --evidence-file renewal.txt",
      ),
    )
    .action(
      acting<EnrolOptions, []>(async (context, options) => {
        const { enrolDoctor } = await import("../doctor/enrolling.ts");
        return enrolDoctor(context, options);
      }),
    );
}

function addSign(group: Command): void {
  group
    .command("sign")
    .summary("sign a record for the patient who invited")
    .description(
      "Cuts a record (FHIR R4 Bundle, or an object with the paper's nine keys; - for stdin, sample for a synthetic one) into parts, signs them once, and seals the result to the patient. Needs no network.",
    )
    .argument("<record>", "the record's file")
    .requiredOption("--invitation <file>", "what the patient sent: `diptych patient invite` writes it")
    .requiredOption("--out <file>", "where to write the sealed record for the patient")
    .option("--sides <file>", "table of sides in place of the default one (JSON)")
    .option("--mandatory <parts>", "parts that every extraction must show, such as 1,2")
    .option("--needs <pairs>", "parts that may be shown only together with others: 6:5 means 6 needs 5")
    .option("--never <parts>", "parts that only the whole record shows")
    .option(...nameOption)
    .addHelpText(
      "after",
      examples(
        "diptych doctor sign record.json --invitation invitation.json --out info1",
        "diptych doctor sign bundle.json --invitation invitation.json --out info1 --needs 6:5 --never 9",
        "diptych doctor sign sample --invitation invitation.json --out info1",
      ),
    )
    .action(
      acting<SignOptions, [record: string]>(async (context, options, record) => {
        const { signRecord } = await import("../doctor/signing.ts");
        return signRecord(context, options, record);
      }),
    );
}

function addAmend(group: Command): void {
  group
    .command("amend-invite")
    .summary("write what patients need to send you a record to amend")
    .description(
      "Writes a key that records can be sealed to, signed with the certified key, so that patients see whom they send a record.",
    )
    .requiredOption("--out <file>", "where to write it")
    .option(...nameOption)
    .addHelpText("after", examples("diptych doctor amend-invite --out dr-li.amend"))
    .action(
      acting<DoctorChoice & { out: string }, []>(async (context, options) => {
        const { inviteAmendment } = await import("../doctor/amending.ts");
        return inviteAmendment(context, options);
      }),
    );
  group
    .command("amend-read")
    .summary("verify what a patient sent, and write the record's file")
    .description(
      "Opens a request for an amendment (- for stdin) and verifies the signature of the doctor before, certificate, revocation, and that the record's patient asks. Writes the file as it stands, to be changed.",
    )
    .argument("<request>", "the file that the patient wrote")
    .requiredOption("--out <file>", "where to write the record's file")
    .option(...nameOption)
    .addHelpText("after", examples("diptych doctor amend-read for-dr-li --out record.json"))
    .action(
      acting<DoctorChoice & { out: string }, [request: string]>(async (context, options, request) => {
        const { readRequest } = await import("../doctor/amending.ts");
        return readRequest(context, options, request);
      }),
    );
  group
    .command("amend")
    .summary("sign the next revision of a record that a patient sent")
    .description(
      "Signs the changed file as the next revision: parts stay at their positions, those that say what they said keep their salts, new ones come last. The rule on extraction stays as it was where no option says otherwise.",
    )
    .argument("<request>", "the file that the patient wrote")
    .argument("<record>", "the changed file")
    .requiredOption("--out <file>", "where to write the sealed revision for the patient")
    .option("--sides <file>", "table of sides in place of the default one (JSON)")
    .option("--mandatory <parts>", "parts that every extraction must show, such as 1,2")
    .option("--needs <pairs>", "parts that may be shown only together with others: 6:5 means 6 needs 5")
    .option("--never <parts>", "parts that only the whole record shows")
    .option(...nameOption)
    .addHelpText(
      "after",
      examples(
        "diptych doctor amend for-dr-li record.json --out info1-revision2",
        "diptych doctor amend for-dr-li record.json --out info1-revision2 --mandatory 5",
      ),
    )
    .action(
      acting<AmendOptions, [request: string, record: string]>(async (context, options, request, record) => {
        const { amendRecord } = await import("../doctor/amending.ts");
        return amendRecord(context, options, request, record);
      }),
    );
}
