/** What Diptych's HTTP services have in common: strict JSON schemas, limits, one form of error, and a handle that ends them. */
import rateLimit from "@fastify/rate-limit";
import fastify, { type FastifyInstance } from "fastify";
import { DiptychError, type ErrorCode } from "../core/errors.ts";

/** A service that runs. Whoever started it ends it. */
export type Served = {
  url: string;
  /** Ends it; resolves when nothing listens any more. */
  close: () => Promise<void>;
};

/** Where a service listens, and how much it takes. */
export type ServeOptions = {
  /** Loopback unless said otherwise. */
  host?: string;
  /** A free port unless said. */
  port?: number;
  /** Requests a minute and address; 600 unless said. */
  requestsPerMinute?: number;
  /** The longest request body in bytes; 64 KiB unless said (256 MiB for the gateway's uploads). */
  bodyLimit?: number | undefined;
};

const statuses: Partial<Record<ErrorCode, number>> = {
  "not-releasable": 403,
  "grant-ended": 403,
  "signature-invalid": 401,
  "not-owner": 403,
  "node-behind": 503,
  "chain-unreachable": 503,
  "rate-limited": 429,
  "record-unknown": 404,
  "block-missing": 404,
  "application-unknown": 404,
  "version-moved": 409,
  "store-failed": 507,
};

/** What a service's own chain node said is its operator's business, not its callers'. */
const withheld: Partial<Record<ErrorCode, string>> = {
  "transaction-reverted": "The service's chain node refused a call.",
  "chain-unreachable": "The service's chain node does not answer: try again, or tell its operator.",
};

/** A service without routes yet; errors become `{code, message}`, and what isn't a DiptychError tells nothing of itself. */
export async function buildService(options: ServeOptions): Promise<FastifyInstance> {
  const service = fastify({
    bodyLimit: options.bodyLimit ?? 64 * 1024,
    forceCloseConnections: true,
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false } },
  });
  await service.register(rateLimit, {
    max: options.requestsPerMinute ?? 600,
    timeWindow: 60_000,
    errorResponseBuilder: (_request, context) =>
      new DiptychError("rate-limited", `Too many requests: try again in ${context.after}.`),
  });
  service.setErrorHandler(async (error: Error & { statusCode?: number }, _request, reply) => {
    if (error instanceof DiptychError) {
      const message = withheld[error.code] ?? error.message;
      return reply.code(statuses[error.code] ?? 400).send({ code: error.code, message });
    }
    const status = error.statusCode !== undefined && error.statusCode < 500 ? error.statusCode : 500;
    const message = status === 500 ? "the service failed inside" : error.message;
    return reply.code(status).send({ code: status === 500 ? "service-failed" : "argument-invalid", message });
  });
  service.get("/health", async () => ({ ok: true }));
  return service;
}

/** Starts a built service; resolves when it listens. */
export async function listen(service: FastifyInstance, options: ServeOptions): Promise<Served> {
  const url = await service.listen({ host: options.host ?? "127.0.0.1", port: options.port ?? 0 });
  return { url, close: () => service.close() };
}

/** JSON schemas of the fields that several services share. */
export const field = {
  bytes32: { type: "string", pattern: "^0x[0-9a-f]{64}$" },
  address: { type: "string", pattern: "^0x[0-9a-fA-F]{40}$" },
  signature: { type: "string", pattern: "^0x[0-9a-f]{130}$" },
  /** Of an account that may be a contract: up to 1024 bytes. */
  accountSignature: { type: "string", pattern: "^0x([0-9a-f]{2}){0,1024}$" },
  point: { type: "string", pattern: "^0x04[0-9a-f]{128}$" },
  hex: { type: "string", pattern: "^0x([0-9a-f]{2})*$", maxLength: 65_536 },
  seconds: { type: "integer", minimum: 0, maximum: 2 ** 40 },
  text: { type: "string", maxLength: 4096 },
  cid: { type: "string", pattern: "^b[a-z2-7]{20,120}$" },
  side: { type: "string", enum: ["storage", "shared"] },
} as const;

/** An object schema in which every property is demanded, but for the optional ones, and none other is allowed. */
export function body(
  demanded: Record<string, unknown>,
  optional: Record<string, unknown> = {},
): Record<string, unknown> {
  const properties = { ...demanded, ...optional };
  return { type: "object", properties, required: Object.keys(demanded), additionalProperties: false };
}
