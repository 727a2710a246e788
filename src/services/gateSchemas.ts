/** The shapes of a gate's questions and answers, for checking and for its OpenAPI document. */
import { body, field } from "./schemas.ts";

/** How many receipts one answer holds at most. */
export const receiptsPerPage = 256;
/** How many complaints one answer holds at most. */
export const complaintsPerPage = 64;

/** Title and description of the document. */
export const gateDocument = {
  title: "Diptych release gate",
  version: "1",
  description:
    "One of n release nodes of a chain: it gives its part in opening an index for a request that the ledger has granted. " +
    "A receipt proves a release to the holder of the request's response key, at whoever's asking; its absence proves nothing.",
};

const counter = { type: "integer", minimum: 1, maximum: 2 ** 32 - 1 };
const hex = { type: "string", pattern: "^0x([0-9a-f]{2})*$" };
const bytes32 = field.bytes32;
const text = { type: "string" };
const texts = { type: "array", items: text };

/** Every refusal has a code (docs/errors.md) and says what to do; `details` goes with the code. */
const refusal = {
  description: "A refusal: a stable code and a sentence",
  ...body({ code: text, message: text }, { details: { type: "object", additionalProperties: true } }),
};
const refusals = { "4xx": refusal, "5xx": refusal };

const complaint = body({
  number: { type: "integer" },
  keySet: bytes32,
  generation: counter,
  gate: field.address,
  evidence: hex,
});
/** Where a page begins: behind what has this number. */
const after = (what: string) => ({
  type: "string",
  pattern: "^[0-9]{1,15}$",
  description: `Only ${what} whose number is higher`,
});

const receipt = body(
  {
    number: { type: "integer" },
    requestId: bytes32,
    ledgerRecordId: bytes32,
    version: counter,
    time: field.seconds,
    gate: field.address,
    signature: field.signature,
  },
  { anchor: body({ root: bytes32, proof: { type: "array", items: bytes32 } }) },
);

export const releaseSchema = {
  summary: "Release this gate's partial of the current index, for a request that the ledger calls releasable",
  description:
    "Anybody who knows the request may ask: the partial is sealed to the response key that the ledger granted it for. One " +
    "request and version has one receipt of this gate, however often it is asked for while the gate holds it.",
  body: body(
    {
      ledgerRecordId: bytes32,
      epoch: counter,
      requester: field.address,
      nonce: bytes32,
      purpose: { type: "integer", minimum: 0, maximum: 255 },
      responseKey: field.point,
      expiry: field.seconds,
    },
    {
      gate: {
        ...field.address,
        description: "Which of its accounts shall answer; the first that has a good share unless said",
      },
    },
  ),
  response: {
    200: {
      description: "The partial, sealed to the request's response key, and the receipt of this release",
      ...body(
        {
          gate: field.address,
          place: { type: "integer", minimum: 1, maximum: 31 },
          generation: counter,
          version: counter,
          encHash: bytes32,
          sealed: hex,
          receipt: body({ ledgerRecordId: bytes32, time: field.seconds, signature: field.signature }),
        },
        { warnings: texts },
      ),
    },
    ...refusals,
  },
};

export const aboutSchema = {
  summary: "Who this gate is",
  response: {
    200: {
      description:
        "Its accounts with their HPKE keys (two while it changes them), and the chain that it stands at",
      ...body(
        {
          address: field.address,
          accounts: { type: "array", items: body({ address: field.address, hpkeKey: field.point }) },
          side: field.side,
          chainId: { type: "integer" },
          ledger: field.address,
          keyRegistry: field.address,
        },
        { tlsKey: { ...bytes32, description: "SHA-256 of the public key of its TLS certificate (DER)" } },
      ),
    },
  },
};

export const receiptsSchema = {
  summary: "Receipts of releases of a ledger record that this gate still holds in memory",
  description:
    "Oldest first, with the path to the anchored root where there is one. A receipt proves a release; its absence proves " +
    "nothing: gates anchor receipts as well as they can. A gate holds the newest, in memory: once it was started anew, those " +
    "from before are gone from here with their paths, anchored or not. A requester's own copy was given before anchoring and " +
    "has no path: ask for it here, while the gate runs.",
  querystring: {
    type: "object",
    properties: {
      ledgerRecordId: { ...bytes32, description: "Which ledger record" },
      after: after("receipts"),
    },
    required: ["ledgerRecordId"],
    additionalProperties: false,
  },
  response: {
    200: {
      description: `Up to ${receiptsPerPage} receipts; \`next\` is what to give as \`after\` when there may be more`,
      ...body({ receipts: { type: "array", items: receipt } }, { next: { type: "integer" } }),
    },
    ...refusals,
  },
};

export const complaintsSchema = {
  summary: "Bad shares that this gate was dealt, each with evidence that anybody can judge",
  description:
    "Oldest first. Kept in memory: a gate that was started anew finds those of dealings that still stand again.",
  querystring: {
    type: "object",
    properties: {
      keySet: { ...bytes32, description: "Only those of this key set" },
      after: after("complaints"),
    },
    additionalProperties: false,
  },
  response: {
    200: {
      description: `Up to ${complaintsPerPage} of the newest 4,096; \`next\` is what to give as \`after\` when there may be more`,
      ...body({ complaints: { type: "array", items: complaint } }, { next: { type: "integer" } }),
    },
    ...refusals,
  },
};
