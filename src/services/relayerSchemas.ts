/** The shapes of a relayer's questions and answers, for checking and for its OpenAPI document. */
import { body, field } from "./schemas.ts";

/** Title and description of the document. */
export const relayerDocument = {
  title: "Diptych relayer",
  version: "1",
  description:
    "Carries what owners of ledger records have signed (EIP-712) to the ledgers, and pays for it. It can't change an act or use " +
    "one twice. Whoever needs no relayer can send the same call with an account of their own.",
};

const text = { type: "string" };
const counter = { type: "integer", minimum: 0 };
const amount = { type: "string", pattern: "^[0-9]+$" };
const refusal = {
  description: "A refusal: a stable code and a sentence",
  ...body({ code: text, message: text }),
};
const refusals = { "4xx": refusal, "5xx": refusal };

const transaction = body({ hash: field.bytes32, nonce: counter, account: field.address });

/** The longest act: an index, a program and a policy's text at their longest, and what stands around them. */
const longestAct = 2 * 16_384 + 2;

export const relaySchema = {
  summary: "Carry one signed act to a ledger",
  description:
    "`data` is a call of the ledger's publishFor, republishFor, closeFor, setBlockedFor, revokeGrantFor, offerTransferFor or " +
    "acceptTransferFor. The same act again gets the same answer as long as its transaction is mined or can be. The answer is a " +
    "claim: look on the chain whether the transaction is there and carries the act.",
  body: body({
    side: field.side,
    chainId: { type: "integer", minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
    ledger: field.address,
    data: { type: "string", pattern: "^0x([0-9a-f]{2})+$", maxLength: longestAct },
  }),
  response: {
    200: {
      description: "The transaction that carries it, the relayer's account and its nonce",
      ...transaction,
    },
    ...refusals,
  },
};

export const underWaySchema = {
  summary: "The transactions that carry an owner's acts and stand in no block yet",
  params: body({ side: field.side, owner: field.address }),
  response: {
    200: {
      description: "None: look at the ledger",
      ...body({ underWay: { type: "array", items: transaction } }),
    },
    ...refusals,
  },
};

const chain = body({
  chainId: { type: "integer" },
  ledger: field.address,
  account: field.address,
});

export const aboutSchema = {
  summary: "Which ledgers it carries acts to, who pays, and how much a day",
  response: {
    200: {
      description: "Limits hold for any 24 hours; gas prices are in wei",
      ...body({
        chains: {
          type: "object",
          properties: { storage: chain, shared: chain },
          additionalProperties: false,
        },
        limits: body({ actsPerOwner: counter, gasPerOwner: counter, gasPerDay: counter }),
        maxFeePerGas: amount,
      }),
    },
  },
};
