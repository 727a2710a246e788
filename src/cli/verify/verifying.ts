/** `diptych verify`: an extraction file, offline, without chain or keys. */
import { type Header, importVerifyKey, verify } from "../../ces/index.ts";
import { hex } from "../../core/bytes.ts";
import { DiptychError } from "../../core/errors.ts";
import { checkRecord, decodeExtractionFile, type SignedExtraction } from "../../record/index.ts";
import type { Result } from "../frame/acting.ts";
import type { Context } from "../frame/context.ts";
import { nameOfInput, readInput } from "../frame/input.ts";
import { printPositions } from "../frame/positions.ts";
import { shown, timeInWords } from "../frame/printing.ts";
import { describeCertificate, publicKeyIn, readCertificateFile } from "./certificateFile.ts";

export type VerifyOptions = { authorityCertificate?: string };

/** What nobody can tell offline. */
const offline =
  "Whether the certificate has been revoked since stands on the chains: this was checked offline.";

export async function verifyFile(context: Context, options: VerifyOptions, path: string): Promise<Result> {
  if (path === "-" && options.authorityCertificate === "-")
    throw new DiptychError("usage", "Only one of the two files can be stdin.");
  const signed = decodeExtractionFile(await readInput(path));
  return options.authorityCertificate === undefined
    ? verifyUnderItsOwnKey(context, path, signed)
    : verifyUnder(context, path, signed, options.authorityCertificate);
}

async function verifyUnder(
  context: Context,
  path: string,
  signed: SignedExtraction,
  trusted: string,
): Promise<Result> {
  const authority = await readCertificateFile(trusted);
  const { header, certificate } = await checkRecord(signed, { authority, revoked: () => false });
  const { subject, fingerprint } = certificate;
  return {
    json: {
      ok: true,
      ...factsOf(signed, header),
      signedBy: subject,
      certificate: hex(fingerprint),
      authority: describeCertificate(authority).subject,
      revocationChecked: false,
    },
    text: [
      ...linesOf(context, signed, header),
      `${nameOfInput(path)} holds: ${shown(subject)} signed these parts, and the authority in ${nameOfInput(trusted)} certified that key.`,
      offline,
    ],
  };
}

/** Without an authority that one trusts, a signature shows only that whoever has the key in the certificate made it. */
async function verifyUnderItsOwnKey(
  context: Context,
  path: string,
  signed: SignedExtraction,
): Promise<Result> {
  const [leaf] = signed.certificateChain;
  const header = await verify(signed.extraction, await importVerifyKey(publicKeyIn(leaf!)));
  const { subject, issuer, fingerprint } = describeCertificate(leaf!);
  context.failWith("certificate-invalid");
  return {
    json: {
      ok: false,
      ...factsOf(signed, header),
      claimed: { subject, issuer, certificate: fingerprint },
      revocationChecked: false,
    },
    text: [
      ...linesOf(context, signed, header),
      `${nameOfInput(path)}: the signature holds under the key in its certificate, but nothing shows yet whose key that is.`,
      `You would have to trust the authority that says its name is ${shown(issuer)}: it is to have certified ${shown(subject)}.`,
      "Give its certificate with --authority-certificate; `diptych authority certificate` writes the one that both chains anchor.",
    ],
  };
}

function factsOf({ extraction }: SignedExtraction, header: Header): Record<string, unknown> {
  return {
    emrId: hex(header.emrId),
    schema: header.schema,
    revision: header.revision,
    issuer: header.issuer,
    time: header.time,
    n: header.n,
    parts: extraction.parts.map(({ position, label, content }) => ({
      position,
      label,
      bytes: content.length,
    })),
  };
}

function linesOf({ output }: Context, { extraction }: SignedExtraction, header: Header): string[] {
  const { parts } = extraction;
  const positions = printPositions(parts.map(({ position }) => position));
  return [
    ...output.table([
      ["record", hex(header.emrId)],
      ["schema", `${shown(header.schema)}, revision ${header.revision}`],
      ["signed", `${timeInWords(header.time)}, in the name of ${shown(header.issuer)}`],
      ["parts", parts.length === header.n ? `all ${header.n}` : `${positions} of ${header.n}`],
    ]),
    ...output.table(
      parts.map(({ position, label, content }) => [
        `  ${position}`,
        shown(label, 60),
        `${content.length} bytes`,
      ]),
    ),
  ];
}
