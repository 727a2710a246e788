/** A doctor who works without the page, for journeys whose story begins when a record has come. */
import { LetterboxClient, letterboxOf } from "../../src/cloud/index.ts";
import type { SplitRecord } from "../../src/record/index.ts";
import { Doctor } from "../../src/roles/doctor.ts";
import { parseInvitation } from "../../src/roles/invitation.ts";
import { memoryKeyStore } from "../../src/roles/keyStore.ts";
import type { Stage } from "./stage.ts";

let known: Promise<Doctor> | undefined;

async function enrol({ config, desk, world }: Stage): Promise<Doctor> {
  const doctor = await Doctor.open({
    subject: { commonName: "Synthetic Doctor", organization: "Synthetic Hospital" },
    keyStore: memoryKeyStore(),
    authority: config.authority ?? "",
    chains: Object.values(world.chains),
  });
  const enrolment = await doctor.enrol("synthetic staff card");
  await desk.certify(enrolment, Math.floor(Date.now() / 1000) + 86_400);
  await doctor.collectCertificate(enrolment);
  return doctor;
}

/** The same doctor for all: making keys takes a while. */
function theDoctor(stage: Stage): Promise<Doctor> {
  known ??= enrol(stage);
  return known;
}

/** Signs a record for an invitation as a patient gave it, and puts it into the letterbox. */
export async function sendRecord(stage: Stage, invitation: string, record: SplitRecord): Promise<void> {
  const doctor = await theDoctor(stage);
  const parsed = parseInvitation(invitation);
  const letter = await doctor.issue(record, parsed);
  await new LetterboxClient(stage.config.gateway ?? "").put(letterboxOf(parsed), letter);
}
