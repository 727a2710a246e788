/** What `diptych inspect` makes of bytes, as in parsers.ts: reading, and printing what was read. */
import { decodeExtraction } from "../../src/ces/index.ts";
import {
  describeCapsule,
  describeExtraction,
  describeHeader,
  describeIndex,
  describeManifest,
  describeProgram,
  type Facts,
} from "../../src/cli/inspect/objects.ts";
import { linesOf } from "../../src/cli/inspect/printing.ts";
import { decodeManifest, encodeManifest } from "../../src/cloud/index.ts";
import { encodeExtractionFile } from "../../src/record/index.ts";
import { outerParsers } from "./outerParsers.ts";
import { innerParsers, type Parser } from "./parsers.ts";

/** Parsers of `diptych inspect`, on the samples of the parsers below them. */
export async function inspectParsers(): Promise<Parser[]> {
  const below = [...(await innerParsers()), ...(await outerParsers())];
  const samplesOf = (name: string) => below.find((parser) => parser.name === name)!.samples;
  const extractions = samplesOf("extraction");
  const file = encodeExtractionFile({
    extraction: decodeExtraction(extractions[0]!),
    certificateChain: samplesOf("doctor's certificate"),
  });
  const inspected = (
    name: string,
    samples: Uint8Array[],
    describe: (bytes: Uint8Array) => Facts,
  ): Parser => ({
    name: `${name}, inspected`,
    samples,
    read: (bytes) => {
      const facts = describe(bytes);
      const bad = linesOf(facts).find((line) => /[\p{Cc}\u2028-\u202e\u2066-\u2069]/u.test(line));
      if (bad !== undefined) throw new Error(`this line is not for a terminal: ${JSON.stringify(bad)}`);
      JSON.stringify(facts);
    },
    cost: 20,
  });
  return [
    inspected(
      "manifest",
      await openableManifests(samplesOf("ABE capsule"), samplesOf("manifest")),
      describeManifest,
    ),
    inspected("capsule", samplesOf("ABE capsule"), describeCapsule),
    inspected("index", samplesOf("index"), describeIndex),
    inspected("header", samplesOf("header"), describeHeader),
    inspected("policy program", samplesOf("policy program"), describeProgram),
    inspected("extraction", [file, ...extractions], describeExtraction),
  ];
}

/** The manifests of the samples with real capsules in them: inspecting one says its policy. */
async function openableManifests(capsules: readonly Uint8Array[], manifests: readonly Uint8Array[]) {
  const blocks = manifests.map((bytes, at) =>
    encodeManifest({ ...decodeManifest(bytes), capsule: capsules[at % capsules.length]! }),
  );
  return (await Promise.all(blocks)).map(({ bytes }) => bytes);
}
