/** The authority's desk over HTTP, for officers with wallets: reading against a session's token, deciding by signed messages. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { SignedDecision, SignedSession } from "./deskWire.ts";
import { type Officers, sessionEnded } from "./officers.ts";
import { body, field } from "./schemas.ts";

const order = {
  side: field.side,
  officer: field.address,
  authority: field.text,
  nonce: field.bytes32,
  expiry: field.seconds,
  signature: field.signature,
};
const attributes = { type: "array", items: field.text, minItems: 1, maxItems: 64 };
const request = { type: "string", pattern: "^[0-9a-f]{32}$" };
const reason = { ...field.text, pattern: "\\S" };
const decision = (kind: SignedDecision["kind"], fields: Record<string, unknown>) =>
  body({ kind: { const: kind }, ...fields, ...order });

const decisionSchema = {
  oneOf: [
    decision("approve", { request, account: field.address, attributes, until: field.seconds }),
    decision("certify", {
      request,
      subject: field.text,
      requestHash: field.bytes32,
      until: field.seconds,
    }),
    decision("refuse", { request, reason }),
    decision("revoke-attributes", { account: field.address, attributes }),
    decision("revoke-certificate", { fingerprint: field.bytes32 }),
  ],
};

/** Serves a desk to its officers. */
export function serveDesk(service: FastifyInstance, officers: Officers): void {
  const { desk } = officers;

  service.post<{ Body: SignedSession }>(
    "/v1/desk/sessions",
    { schema: { body: body(order) } },
    async ({ body: session }, reply) => {
      reply.header("cache-control", "no-store");
      return officers.open(session);
    },
  );

  service.delete("/v1/desk/sessions", async (asked) => {
    officers.close(tokenOf(asked));
    return { ok: true };
  });

  const read = (path: string, answer: (query: { state?: string }) => unknown, querystring?: object) =>
    service.get<{ Querystring: { state?: string } }>(
      `/v1/desk/${path}`,
      {
        ...(querystring === undefined ? {} : { schema: { querystring } }),
        // Before anything else is looked at: without a token nothing is told, not even that a question is off.
        onRequest: async (asked) => void officers.demandSession(tokenOf(asked)),
      },
      async (asked, reply) => {
        reply.header("cache-control", "no-store");
        return { [path]: await answer(asked.query) };
      },
    );
  read("requests", ({ state }) => desk.requests(state === "all"), {
    type: "object",
    properties: { state: { enum: ["pending", "all"] } },
    additionalProperties: false,
  });
  read("certificates", () => desk.certificates());
  read("attestations", () => desk.attestations());
  read("decisions", () => desk.decisions());

  service.post<{ Body: SignedDecision }>(
    "/v1/desk/decisions",
    { schema: { body: decisionSchema } },
    async ({ body: signed }) => officers.decide(signed),
  );
}

/** The token that a request bears. @throws DiptychError `session-ended` */
function tokenOf({ headers }: FastifyRequest): string {
  const [, token] = /^Bearer (0x[0-9a-f]{64})$/.exec(headers.authorization ?? "") ?? [];
  if (token === undefined) throw sessionEnded();
  return token;
}
