/** `diptych doctor enrol`, `status`, `revoke-key`: from a key to a certificate, and to its end. */

import type { SignatureSuite } from "../../ces/index.ts";
import { hex } from "../../core/bytes.ts";
import { DiptychError } from "../../core/errors.ts";
import { checkCertificate, fingerprintOf, printSubject, type SubjectName } from "../../record/index.ts";
import { fetchCredentials } from "../../roles/credentials.ts";
import { AuthorityClient } from "../../services/authorityClient.ts";
import { type EvidenceOptions, readEvidence } from "../authority/evidence.ts";
import { revocationEvidence } from "../authority/revocationRequest.ts";
import type { Result } from "../frame/acting.ts";
import type { Context } from "../frame/context.ts";
import { shown } from "../frame/printing.ts";
import { describeCertificate } from "../verify/certificateFile.ts";
import {
  type DoctorChoice,
  doctorStore,
  forgetSigningKey,
  hasSigningKey,
  keepEnrolment,
  keepSubject,
  openDoctor,
  readCertificate,
  readEnrolment,
  readSubject,
} from "./doctorRole.ts";

export type EnrolOptions = DoctorChoice &
  EvidenceOptions & { commonName?: string; organization?: string; suite?: SignatureSuite };

const longestName = 64;

export async function enrolDoctor(context: Context, options: EnrolOptions): Promise<Result> {
  const evidence = await readEvidence(options);
  await context.service("authority");
  const store = await doctorStore(context, options, true);
  const subject = subjectOf(options, await readSubject(store));
  await keepSubject(store, subject);
  const making = (await hasSigningKey(store)) ? undefined : context.output.progress("Making a signing key");
  const doctor = await openDoctor(context, store, { suite: options.suite }).finally(() => making?.done());
  const id = await doctor.enrol(evidence);
  await keepEnrolment(store, { id, what: "certificate" });
  return {
    json: { id, subject: printSubject(subject), state: "pending" },
    text: [
      `Enrolment ${id} of ${shown(printSubject(subject))} waits for the authority.`,
      "The signing key never leaves this home; the authority sees its public half.",
      "Next, when it has decided: diptych doctor status",
    ],
  };
}

function subjectOf(options: EnrolOptions, known: SubjectName | undefined): SubjectName {
  const commonName = options.commonName ?? known?.commonName;
  if (commonName === undefined)
    throw new DiptychError("usage", "Say whom the certificate shall name: --common-name and --organization.");
  const organization = options.organization ?? known?.organization;
  for (const each of [commonName, organization ?? "-"])
    if (each.trim() === "" || each.length > longestName)
      throw new DiptychError(
        "usage",
        `A name in a certificate has 1 to ${longestName} characters: shorten it.`,
      );
  return organization === undefined ? { commonName } : { commonName, organization };
}

export async function showDoctor(context: Context, choice: DoctorChoice): Promise<Result> {
  const store = await doctorStore(context, choice);
  const subject = await readSubject(store);
  const enrolment = await readEnrolment(store);
  const client = new AuthorityClient(await context.service("authority"));
  let state: { state: string; reason: string } | undefined;
  if (enrolment !== undefined) {
    const found = await client.enrolment(enrolment.id).catch(unlessUnknown);
    state = found === undefined ? undefined : { state: found.state, reason: found.reason };
    if (enrolment.what === "certificate" && found?.certificate !== undefined)
      await (await openDoctor(context, store)).collectCertificate(enrolment.id);
  }
  const certificate = await readCertificate(store);
  const checked = certificate === undefined ? undefined : await check(context, client, certificate);
  context.failWith(checked?.trouble === undefined ? undefined : "certificate-invalid");
  const words = certificate === undefined ? undefined : describeCertificate(certificate);
  const name = subject === undefined ? undefined : printSubject(subject);
  return {
    json: {
      subject: name,
      enrolment: enrolment === undefined ? undefined : { ...enrolment, ...state },
      certificate:
        certificate === undefined
          ? undefined
          : {
              fingerprint: hex(fingerprintOf(certificate)),
              notBefore: words!.notBefore,
              notAfter: words!.notAfter,
              valid: checked!.trouble === undefined,
              ...(checked!.trouble === undefined ? {} : { trouble: checked!.trouble }),
            },
    },
    text: [
      ...context.output.table([
        ["doctor", shown(name ?? "has not enrolled")],
        ...(enrolment === undefined ? [] : [[`${enrolment.what} asked`, enrolment.id]]),
        ...(state === undefined
          ? []
          : [["state", state.state === "refused" ? `refused: ${shown(state.reason)}` : state.state]]),
        ...(words === undefined
          ? [["certificate", "none yet"]]
          : [
              ["certificate", words.fingerprint],
              ["valid until", words.notAfter.toISOString().slice(0, 10)],
              ["checked", checked!.trouble ?? "issued by the anchored authority, not revoked"],
            ]),
      ]),
      ...(words === undefined || checked!.trouble !== undefined
        ? []
        : ["Next: diptych doctor sign RECORD --invitation FILE --out FILE"]),
    ],
  };
}

/** Whether readers would take the certificate now: against the authority as both chains anchor it. */
async function check(
  context: Context,
  client: AuthorityClient,
  certificate: Uint8Array,
): Promise<{ trouble?: string }> {
  const { trust } = await fetchCredentials(client, Object.values(await context.chains()));
  const { authority, revoked } = trust;
  try {
    await checkCertificate({ chain: [certificate], authority, at: new Date(), revoked });
    return {};
  } catch (error) {
    if (error instanceof DiptychError && error.code === "certificate-invalid")
      return { trouble: error.message };
    throw error;
  }
}

export async function revokeDoctorKey(
  context: Context,
  { reason, ...choice }: DoctorChoice & { reason: string },
): Promise<Result> {
  const store = await doctorStore(context, choice);
  const certificate = await readCertificate(store);
  if (certificate === undefined || !(await hasSigningKey(store)))
    throw new DiptychError(
      "key-missing",
      "This doctor has no certified key: there is nothing to revoke. `diptych doctor status` tells more.",
    );
  const fingerprint = hex(fingerprintOf(certificate));
  const evidence = revocationEvidence(fingerprint, reason);
  await context.service("authority");
  await context.confirm(
    "Have the certificate revoked and erase the signing key? This can't be taken back: once the authority agrees, every record signed with it stops counting.",
  );
  // The request is signed with the key itself, so it goes out before the key is erased.
  const id = await (await openDoctor(context, store)).enrol(evidence);
  await keepEnrolment(store, { id, what: "revocation" });
  await forgetSigningKey(store);
  return {
    json: { id, fingerprint, state: "pending" },
    text: [
      `Asked the authority to revoke ${fingerprint} (${id}); the signing key is erased.`,
      "Until the authority has decided, readers still take what was signed with it.",
      "Next, for a new key: diptych doctor enrol",
    ],
  };
}

function unlessUnknown(error: unknown): undefined {
  if (error instanceof DiptychError && error.code === "application-unknown") return undefined;
  throw error;
}
