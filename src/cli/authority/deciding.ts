/** What an authority's people decide: certificates, attributes, revocations. */
import { hex, unhex } from "../../core/bytes.ts";
import { DiptychError } from "../../core/errors.ts";
import { fingerprintOf } from "../../record/index.ts";
import { fetchCredentials } from "../../roles/credentials.ts";
import { AuthorityClient } from "../../services/authorityClient.ts";
import type { Result } from "../frame/acting.ts";
import type { Context } from "../frame/context.ts";
import { printEstimates } from "../frame/dryRun.ts";
import { writeNew } from "../frame/newFile.ts";
import { shown, timeInWords } from "../frame/printing.ts";
import { demandAccount, parseDuration } from "../frame/typed.ts";
import { describeCertificate, pemOf, readCertificateFile } from "../verify/certificateFile.ts";
import type { About, Acted } from "./desk.ts";
import { openDesk, openOwnDesk, usualName } from "./opening.ts";

export type DryRunOptions = { dryRun?: boolean };
export type AttestOptions = DryRunOptions & { for?: string };
export type CertifyOptions = { for?: string };
export type CertificateOptions = { out?: string };

const usualLifetime = "1y";
const longestName = 64;

export async function initAuthority(
  context: Context,
  { name = usualName }: { name?: string },
): Promise<Result> {
  if (name.trim() === "" || name.length > longestName)
    throw new DiptychError("usage", `--name takes 1 to ${longestName} characters.`);
  const about = await (await openOwnDesk(context, name)).about();
  return {
    json: about,
    text: [
      ...describe(context, about),
      "Next: the consortium gives these accounts the authority's role, then: diptych authority anchor, diptych authority run",
    ],
  };
}

export async function showAuthority(context: Context): Promise<Result> {
  const about = await (await openDesk(context)).about();
  return { json: about, text: describe(context, about) };
}

function describe(context: Context, about: About): string[] {
  const anchored = (side: "storage" | "shared") => (about.anchored[side] ? "anchored" : "NOT anchored");
  return context.output.table([
    ["name", shown(about.name)],
    ["certificate", about.fingerprint],
    ["public key", about.abePublicKeyHash],
    ["storage chain", `${about.accounts.storage}, ${anchored("storage")}`],
    ["shared chain", `${about.accounts.shared}, ${anchored("shared")}`],
    ["waiting", String(about.pending)],
  ]);
}

/** Anybody may ask: it comes from the authority's service, and counts only if both chains anchor it. */
export async function writeAuthorityCertificate(
  context: Context,
  { out }: CertificateOptions,
): Promise<Result> {
  const chains = await context.chains();
  const client = new AuthorityClient(await context.service("authority"));
  const { trust } = await fetchCredentials(client, Object.values(chains));
  const pem = pemOf(trust.authority);
  const words = describeCertificate(trust.authority);
  const json = { ...words, fingerprint: hex(fingerprintOf(trust.authority)), pem };
  if (out === undefined) return { json, text: pem.trimEnd() };
  await writeNew(context, out, pem);
  return { json: { ...json, out }, text: `${out}: ${shown(words.subject)}, as both chains anchor it.` };
}

export async function approve(context: Context, options: AttestOptions, id: string): Promise<Result> {
  const expiry = expiryOf(options);
  const desk = await openDesk(context);
  const review = await desk.request(id, "application");
  const acted = await showing(context, options, "Attesting", () =>
    desk.approve(review.id, expiry, options.dryRun === true),
  );
  const attributes = review.kind === "application" ? review.attributes : [];
  const account = review.kind === "application" ? review.account : "";
  return reportActs({ id: review.id, account, attributes, expiry }, acted, [
    `Attested to ${account} until ${timeInWords(expiry)}: ${shown(attributes.join(", "))}.`,
    "The requester can collect a key now: diptych requester collect",
  ]);
}

export async function certify(context: Context, options: CertifyOptions, id: string): Promise<Result> {
  const until = expiryOf(options);
  const desk = await openDesk(context);
  const review = await desk.request(id, "enrolment");
  const der = unhex(await desk.certify(review.id, until));
  const { subject, notAfter } = describeCertificate(der);
  const fingerprint = hex(fingerprintOf(der));
  return {
    json: { id: review.id, subject, fingerprint, notAfter, certificate: hex(der) },
    text: [
      `Certified ${shown(subject)} until ${timeInWords(until)}.`,
      `  fingerprint  ${fingerprint}`,
      "The doctor fetches it with: diptych doctor status",
    ],
  };
}

export async function attest(
  context: Context,
  options: AttestOptions,
  account: string,
  attributes: readonly string[],
): Promise<Result> {
  const expiry = expiryOf(options);
  demandAccount(account);
  const desk = await openDesk(context);
  const acted = await showing(context, options, "Attesting", () =>
    desk.attest(account, attributes, expiry, options.dryRun === true),
  );
  return reportActs({ account, attributes, expiry }, acted, [
    `Attested to ${account} until ${timeInWords(expiry)}: ${shown(attributes.join(", "))}.`,
  ]);
}

export async function revoke(
  context: Context,
  options: DryRunOptions,
  account: string,
  attributes: readonly string[],
): Promise<Result> {
  demandAccount(account);
  const desk = await openDesk(context);
  const working = context.output.progress("Revoking on both chains");
  const acted = await desk.revoke(account, attributes, options.dryRun === true).finally(() => working.done());
  return reportActs({ account, attributes }, acted, [
    acted.sent.length === 0
      ? `${account} holds none of these attributes on either chain.`
      : `Taken back from ${account}: ${shown(attributes.join(", "))}. What it has opened already it keeps.`,
  ]);
}

export async function listCertificates(context: Context): Promise<Result> {
  const issued = await (await openDesk(context)).issued();
  const rows = issued.map(({ subject, fingerprint, decided }) => [
    fingerprint,
    timeInWords(decided),
    shown(subject, 100),
  ]);
  return {
    json: { certificates: issued },
    text: rows.length === 0 ? "No certificate has been issued." : context.output.table(rows),
  };
}

export async function revokeCertificate(
  context: Context,
  options: DryRunOptions,
  certificate: string,
): Promise<Result> {
  const fingerprint = /^0x[0-9a-f]{64}$/i.test(certificate)
    ? certificate.toLowerCase()
    : hex(fingerprintOf(await readCertificateFile(certificate)));
  const desk = await openDesk(context);
  const dryRun = options.dryRun === true;
  if (!dryRun)
    await context.confirm(
      `Revoke the certificate ${fingerprint}? This can't be taken back: every record signed with its key stops counting.`,
    );
  const acted = await showing(context, options, "Revoking", () =>
    desk.revokeCertificate(fingerprint, dryRun),
  );
  return reportActs({ fingerprint }, acted, [
    acted.sent.length === 0
      ? `${fingerprint} is revoked on both chains already.`
      : `Revoked ${fingerprint} on both chains: readers refuse what was signed with its key.`,
  ]);
}

export async function anchor(context: Context, options: DryRunOptions): Promise<Result> {
  const desk = await openDesk(context);
  const acted = await showing(context, options, "Anchoring", () => desk.anchor(options.dryRun === true));
  return reportActs({}, acted, [
    acted.sent.length === 0
      ? "Both chains anchor this authority's keys already."
      : "Both chains anchor this authority's keys now.",
  ]);
}

/** Shows that an act on both chains goes on. */
async function showing(
  context: Context,
  options: DryRunOptions,
  doing: string,
  act: () => Promise<Acted>,
): Promise<Acted> {
  const title = options.dryRun === true ? "Estimating" : `${doing} on both chains`;
  const working = context.output.progress(title);
  return act().finally(() => working.done());
}

function reportActs(facts: Record<string, unknown>, acted: Acted, done: readonly string[]): Result {
  const { sent, estimates } = acted;
  if (estimates !== undefined)
    return { json: { ...facts, dryRun: true, transactions: estimates }, text: printEstimates(estimates) };
  const gas = sent.reduce((total, each) => total + each.gas, 0n);
  const paid = sent.length === 0 ? [] : [`${gas.toLocaleString("en")} gas in ${sent.length} transactions.`];
  return { json: { ...facts, transactions: sent, gas }, text: [...done, ...paid] };
}

function expiryOf(options: { for?: string }): number {
  return Math.floor(Date.now() / 1000) + parseDuration(options.for ?? usualLifetime, "--for");
}
