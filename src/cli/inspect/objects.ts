/** What stands in each object of the protocol, without keys, salts and contents. Nothing here is verified but forms. */
import { capsulePolicy } from "../../abe/index.ts";
import { decodeExtraction, decodeHeader, type Extraction, headerDigest } from "../../ces/index.ts";
import { type Block, decodeManifest, linksOf } from "../../cloud/index.ts";
import { purposeCodes } from "../../ledger/index.ts";
import { compileProgram, readProgram } from "../../policy/index.ts";
import { decodeExtractionFile } from "../../record/index.ts";
import { decodeIndex, hashEnc } from "../../seal/index.ts";
import { describeCertificate } from "../verify/certificateFile.ts";

/** Names and what they say: texts, numbers, bytes (shown as hex), lists and facts again. */
export type Facts = { [name: string]: unknown };

/** A manifest: what the view weighs, who may open it, and where its parts lie. */
export function describeManifest(bytes: Uint8Array): Facts {
  const { capsule, keyring, parts, own } = decodeManifest(bytes);
  return {
    object: "manifest",
    bytes: bytes.length,
    capsule: { bytes: capsule.length, policy: capsulePolicy(capsule) },
    keyring: { bytes: keyring.length },
    parts: parts.map(String),
    ...(own === undefined ? {} : { ownCopy: String(own) }),
  };
}

/** A capsule: its policy, which is public. */
export function describeCapsule(bytes: Uint8Array): Facts {
  const policy = capsulePolicy(bytes);
  const { attributes, comparisons } = readProgramOf(policy);
  return { object: "capsule", bytes: bytes.length, policy, ...attributes, ...comparisons };
}

/** How many leaves a policy has on a ledger; nothing for one that no ledger takes. */
function readProgramOf(policy: string): { attributes?: Facts; comparisons?: Facts } {
  try {
    const { attributes, comparisons } = readProgram(compileProgram(policy));
    return {
      attributes: { attributesOnChain: attributes.length },
      comparisons: { comparisonsOnChain: comparisons.length },
    };
  } catch {
    return {};
  }
}

/** An index: sizes, and the hash by which gates tell versions apart. */
export function describeIndex(bytes: Uint8Array): Facts {
  const { enc, ct, proof } = decodeIndex(bytes);
  return {
    object: "index",
    bytes: bytes.length,
    encHash: hashEnc(enc),
    sealed: { bytes: ct.length },
    proof: { bytes: proof.length },
  };
}

/** A signed header: all of it, as all readers see it. */
export function describeHeader(bytes: Uint8Array): Facts {
  const { schema, emrId, revision, amends, pseudonym, issuer, time, n, ceas } = decodeHeader(bytes);
  return {
    object: "header",
    schema,
    emrId,
    revision,
    ...(revision === 1 ? {} : { amends }),
    pseudonym,
    issuer,
    signedAt: new Date(time * 1000),
    parts: n,
    ceas: {
      mandatory: ceas.mandatory,
      needs: ceas.implications.map(({ position, needs }) => `${position} needs ${needs}`),
      neverExtracted: ceas.never,
    },
    digest: headerDigest(bytes),
  };
}

/** An extraction, alone or in a file with its certificate: which parts it shows and how large they are. */
export function describeExtraction(bytes: Uint8Array): Facts {
  const { extraction, certificateChain } = decodeEither(bytes);
  const { object: _, ...header } = describeHeader(extraction.header);
  return {
    object: "extraction",
    bytes: bytes.length,
    header,
    shows: extraction.parts.map(({ position, label, content }) => ({
      position,
      label,
      bytes: content.length,
    })),
    hiddenHashes: extraction.proof.length,
    signature: { suite: extraction.signature[0], bytes: extraction.signature.length },
    certificates: certificateChain.map(describeCertificate),
  };
}

function decodeEither(bytes: Uint8Array): {
  extraction: Extraction;
  certificateChain: readonly Uint8Array[];
} {
  // A bare extraction begins with its version, the file with the length of its name.
  if (bytes[0] === 0) return decodeExtractionFile(bytes);
  return { extraction: decodeExtraction(bytes), certificateChain: [] };
}

/** A policy program as a ledger keeps it: leaves are hashes there. */
export function describeProgram(bytes: Uint8Array): Facts {
  const { purposes, attributes, comparisons, operations } = readProgram(bytes);
  return {
    object: "policy program",
    bytes: bytes.length,
    purposes: purposes.length === 0 ? "any" : purposeCodes(purposes),
    attributes,
    comparisons,
    operations: operations.map((each) =>
      each.kind === "leaf" ? `leaf ${each.place}` : `${each.k} of ${each.n}`,
    ),
  };
}

/** A block whose bytes are those that its CID names. */
export function describeBlock({ cid, bytes }: Block): Facts {
  const codec = codecs.get(cid.code) ?? `codec ${cid.code}`;
  if (codec === "manifest") return { cid: String(cid), ...describeManifest(bytes) };
  const links = linksOf({ cid, bytes });
  return {
    cid: String(cid),
    object: codec === "raw" ? "sealed bytes" : "file of several blocks",
    bytes: bytes.length,
    ...(links.length === 0 ? {} : { links: links.map(String) }),
  };
}

const codecs = new Map([
  [0x55, "raw"],
  [0x70, "file"],
  [0x71, "manifest"],
]);
