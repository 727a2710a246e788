/** Where a doctor stands with the authority: what was asked, what was answered, whether readers trust the signature now. */
import { DiptychError, Doctor, fetchCredentials, isDiptychError, type KeyStore } from "diptych";
import { hex, unhex } from "diptych/core";
import { checkCertificate, type SubjectName } from "diptych/record";
import { AuthorityClient } from "diptych/services";
import { DoctorPapers, type KeptAsking, type KeptCertificate, type KeptEnrolment } from "./doctorPapers.ts";
import { failureOf } from "./failures.ts";
import type { World } from "./world.ts";

export type Standing = {
  enrolment?: KeptEnrolment;
  /** What was filled in to ask for a certificate, and not handed in yet. */
  asking?: KeptAsking;
  certificate?: KeptCertificate & {
    /** Why readers don't take it now. */
    trouble?: "revoked" | "expired";
  };
  /** Why nobody could be asked just now: what stands here is what was known before. */
  unasked?: { code: string; message: string };
};

/** A doctor's application for a certificate. */
export type Enrolling = KeptAsking & {
  /** Makes a new signing key in place of the one before. */
  newKey: boolean;
};

/** As certificates have it (RFC 5280, ub-common-name). */
const longestName = 64;

/** How things stand, asked of the authority and the chains where something is open. */
export async function standingOf(store: KeyStore, world: World): Promise<Standing> {
  const papers = new DoctorPapers(store);
  let unasked: Standing["unasked"];
  let revoked = false;
  try {
    const before = await papers.enrolment();
    if (before?.state === "pending") await followEnrolment(before, papers, store, world);
    const held = await papers.certificate();
    if (held !== undefined) revoked = await isRevoked(held, world);
  } catch (error) {
    const { code, message } = failureOf(error);
    unasked = { code, message };
  }
  const enrolment = await papers.enrolment();
  const asking = await papers.asking();
  const certificate = await papers.certificate();
  const trouble =
    certificate && (revoked ? "revoked" : certificate.notAfter < Date.now() ? "expired" : undefined);
  return {
    ...(enrolment === undefined ? {} : { enrolment }),
    ...(asking === undefined ? {} : { asking }),
    ...(certificate === undefined
      ? {}
      : { certificate: { ...certificate, ...(trouble === undefined ? {} : { trouble }) } }),
    ...(unasked === undefined ? {} : { unasked }),
  };
}

/** Hands in a request for a certificate; the signing key is made here at the first time. */
export async function enrol(
  { name, organisation, evidence, newKey }: Enrolling,
  store: KeyStore,
  world: World,
): Promise<void> {
  const [commonName, organization] = [name, organisation].map((each) => each.trim().toWellFormed());
  if (!commonName || commonName.length > longestName || (organization ?? "").length > longestName)
    throw new DiptychError("usage", `A name in a certificate has 1 to ${longestName} characters.`);
  if (evidence.trim() === "")
    throw new DiptychError("usage", "Say how the authority can see that this is you.");
  const subject: SubjectName = organization ? { commonName, organization } : { commonName };
  const papers = new DoctorPapers(store);
  if (newKey) await papers.forgetKey();
  const id = await (await openDoctor(subject, store, world)).enrol(evidence.toWellFormed());
  await papers.keepEnrolment({ id, subject, handedIn: Date.now(), state: "pending", reason: "" });
  await papers.forgetAsking();
}

/** The doctor as the certificate names them. @throws DiptychError `key-missing` without one */
export async function certifiedDoctor(store: KeyStore, world: World): Promise<Doctor> {
  const certificate = await new DoctorPapers(store).certificate();
  if (certificate === undefined)
    throw new DiptychError("key-missing", "You have no certificate yet: enrol with the authority first.");
  if (certificate.notAfter < Date.now())
    throw new DiptychError("certificate-invalid", "Your certificate has expired: enrol for a new one.");
  return openDoctor(certificate.subject, store, world);
}

async function openDoctor(subject: SubjectName, store: KeyStore, world: World): Promise<Doctor> {
  return Doctor.open({
    subject,
    keyStore: store,
    authority: world.config.authority,
    chains: Object.values(await world.chains()),
  });
}

async function followEnrolment(
  before: KeptEnrolment,
  papers: DoctorPapers,
  store: KeyStore,
  world: World,
): Promise<void> {
  const client = new AuthorityClient(world.config.authority);
  const found = await client.enrolment(before.id).catch((error) => {
    if (isDiptychError(error, "application-unknown")) return undefined;
    throw error;
  });
  if (found?.certificate !== undefined) {
    const { trust } = await fetchCredentials(client, Object.values(await world.chains()));
    const { fingerprint, notBefore, notAfter } = await checkCertificate({
      chain: [found.certificate],
      authority: trust.authority,
      at: new Date(),
      revoked: () => false,
    });
    await (await openDoctor(before.subject, store, world)).collectCertificate(before.id);
    await papers.keepCertificate({
      subject: before.subject,
      fingerprint: hex(fingerprint),
      notBefore: notBefore.getTime(),
      notAfter: notAfter.getTime(),
    });
  }
  const state = found?.state ?? "lost";
  if (state !== before.state) await papers.keepEnrolment({ ...before, state, reason: found?.reason ?? "" });
}

/** By the word of both chains, once what the authority says of itself is what they anchor. */
async function isRevoked({ fingerprint }: KeptCertificate, world: World): Promise<boolean> {
  const client = new AuthorityClient(world.config.authority);
  const { trust } = await fetchCredentials(client, Object.values(await world.chains()));
  return trust.revoked(unhex(fingerprint));
}
