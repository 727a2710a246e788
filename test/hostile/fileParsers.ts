/** Parsers of files, as in parsers.ts: records, and what people set. */
import { parseConfig } from "../../src/cli/config/config.ts";
import { hex, utf8 } from "../../src/core/bytes.ts";
import { joinRecord, parseSides, sampleRecord, splitRecord } from "../../src/record/index.ts";
import { jsonOf, type Parser } from "./parsers.ts";

/** A configuration with all that one can say. */
const configSample = `{
  "version": 1,
  "chains": {
    "storage": ${chainSample(31338, `, "genesisHash": "0x${"5c".repeat(32)}"`)},
    "shared": ${chainSample(31339)}
  },
  "gateway": "http://127.0.0.1:8602", "authority": "https://[::1]:8603/a",
  "gates": { "threshold": 1, "storage": ["0x${"6a".repeat(20)}"], "shared": ["0x${"7B".repeat(20)}"] },
  "confirmations": "finalized", "local": true
}`;

function chainSample(chainId: number, more = ""): string {
  const accounts = ["ledger", "attributeRegistry", "keyRegistry"].map(
    (name, at) => `"${name}": "0x${`${at}a`.repeat(20)}"`,
  );
  return `{ "chainId": ${chainId}, "rpc": "http://127.0.0.1:8600", ${accounts.join(", ")}${more} }`;
}

/** Two findings and a patient whose name stands in a note, spelled with every kind of token. */
const bundleSample = `{ "resourceType": "Bundle", "entry": [
  {"resource": {"resourceType": "Patient", "name": [{"family": "Inventedson", "given": ["Alma"]}]}},
  {"fullUrl": "urn:1", "resource": {"resourceType": "Observation", "value": -29.0e1, "note": "Alma \\u00e9\\/"}},
  {"resource": {"resourceType": "Encounter", "contained": [{"resourceType": "Practitioner"}], "ok": [true, null]}}
] }`;

/** Parsers of files that people name. */
export function fileParsers(): Parser[] {
  const bundle = splitRecord(utf8(bundleSample));
  const envelopes = bundle.parts.filter((part) => part.label === "envelope").map((part) => part.content);
  const others = bundle.parts.filter((part) => part.label !== "envelope");
  const finding = others.find((part) => part.label === "Observation")!;
  const reading = (bytes: Uint8Array) => {
    const record = splitRecord(bytes);
    const joined = joinRecord(record.schema, record.parts);
    if (hex(joined) !== hex(bytes)) throw new Error("the file doesn't come back byte for byte");
  };
  return [
    { name: "record file", samples: [utf8(sampleRecord), utf8(bundleSample)], read: reading, cost: 20 },
    {
      name: "envelope",
      samples: envelopes,
      read: (content) => joinRecord("fhir-r4", [...others, { label: "envelope", content }]),
      cost: 4,
    },
    {
      name: "part of a Bundle",
      samples: [finding.content],
      read: (content) =>
        joinRecord(
          "fhir-r4",
          bundle.parts.map((part) => (part === finding ? { ...part, content } : part)),
        ),
      cost: 4,
    },
    {
      name: "configuration",
      samples: [utf8(configSample)],
      read: (bytes) => parseConfig(bytes, "config.json"),
      cost: 10,
    },
    {
      name: "table of sides",
      samples: [utf8('{"fhir":{"Encounter":"shared"},"emr9":{"name":"private"}}')],
      read: (bytes) => parseSides(jsonOf(bytes)),
      cost: 2,
    },
  ];
}
