/** What Diptych's HTTP services have in common: strict JSON schemas, limits, one form of error, and a handle that ends them. */
import cors from "@fastify/cors";
import rateLimit from "@fastify/rate-limit";
import swagger from "@fastify/swagger";
import fastify, { type FastifyInstance, type FastifyServerOptions } from "fastify";
import { DiptychError, type ErrorCode } from "../core/errors.ts";
import { type LogOptions, loggerOf } from "./serviceLog.ts";

export { body, field } from "./schemas.ts";

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
  /** Certificate chain and key in PEM: it speaks HTTPS then. */
  tls?: { cert: string; key: string };
  /** Addresses of proxies (or networks of them) whose word on the client's address counts; none unless said. */
  trustedProxies?: string[];
  /** Structured logs; none unless said. */
  log?: LogOptions;
};

/** What one kind of service has besides its routes. */
export type ServiceTraits = {
  /** Milliseconds that a request may take to arrive; without end unless said. */
  requestTimeout?: number;
  /** Answers under way are finished before it ends, rather than cut off. */
  drains?: boolean;
  /** Served at /openapi.json, with all routes. */
  openapi?: { title: string; description: string; version: string };
  /** What pages of other origins may use besides GET and POST with JSON. */
  cors?: { methods?: readonly string[]; headers?: readonly string[] };
  /** What /health says, with 503 unless `ok`. */
  health?: () => Promise<{ ok: boolean }>;
};

const statuses: Partial<Record<ErrorCode, number>> = {
  "not-releasable": 403,
  "grant-ended": 403,
  "signature-invalid": 401,
  "not-owner": 403,
  "node-behind": 503,
  "chain-unreachable": 503,
  "chain-mismatch": 503,
  "contract-missing": 503,
  "finality-unknown": 503,
  "service-busy": 503,
  "rate-limited": 429,
  "relay-refused": 409,
  "relay-unaffordable": 503,
  "record-unknown": 404,
  "block-missing": 404,
  "application-unknown": 404,
  "letter-unknown": 404,
  "not-officer": 403,
  "session-ended": 401,
  "version-moved": 409,
  "store-failed": 507,
  "letterbox-full": 507,
};

/** What a service's own chain node said is its operator's business, not its callers'. */
const withheld: Partial<Record<ErrorCode, string>> = {
  "transaction-reverted": "The service's chain node refused a call.",
  "chain-unreachable": "The service's chain node does not answer: try again, or tell its operator.",
};

/** The HTTP status and the answer that an error becomes; what isn't a DiptychError tells nothing of itself. */
export function answerOf(error: Error & { statusCode?: number }): {
  status: number;
  code: string;
  message: string;
} {
  if (error instanceof DiptychError) {
    const { code } = error;
    return { status: statuses[code] ?? 400, code, message: withheld[code] ?? error.message };
  }
  const { statusCode = 500, message } = error;
  if (statusCode < 500) return { status: statusCode, code: "argument-invalid", message };
  return { status: 500, code: "service-failed", message: "the service failed inside" };
}

/** A service without routes yet; errors become `{code, message}`. */
export async function buildService(
  options: ServeOptions,
  traits: ServiceTraits = {},
): Promise<FastifyInstance> {
  const settings = {
    bodyLimit: options.bodyLimit ?? 64 * 1024,
    requestTimeout: traits.requestTimeout ?? 0,
    forceCloseConnections: traits.drains === true ? "idle" : true,
    return503OnClosing: false,
    trustProxy: options.trustedProxies ?? false,
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false } },
    https: options.tls ?? null,
    ...loggerOf(options.log),
  };
  const service = fastify(settings as FastifyServerOptions) as FastifyInstance;
  await service.register(cors, crossOrigin(traits.cors));
  if (traits.openapi !== undefined)
    await service.register(swagger, { openapi: { openapi: "3.1.0", info: traits.openapi } });
  await service.register(rateLimit, {
    max: options.requestsPerMinute ?? 600,
    timeWindow: 60_000,
    errorResponseBuilder: (_request, context) =>
      new DiptychError("rate-limited", `Too many requests: try again in ${context.after}.`),
  });
  service.setErrorHandler(async (error: Error, _request, reply) => {
    const { status, code, message } = answerOf(error);
    if (code === "service-failed") service.log.error({ code, kind: error.name }, "the service failed inside");
    return reply.code(status).send({ code, message });
  });
  let ending = false;
  service.addHook("preClose", async () => {
    ending = true;
  });
  // A connection that is kept would keep the service from ending.
  service.addHook("onSend", async (_request, reply) => {
    if (ending) reply.header("connection", "close");
  });
  service.get("/health", { schema: { summary: "Whether it can serve" } }, async (_request, reply) => {
    const health = (await traits.health?.()) ?? { ok: true };
    return reply.code(health.ok ? 200 : 503).send(health);
  });
  if (traits.openapi !== undefined)
    service.get("/openapi.json", { schema: { hide: true } as object }, async () => service.swagger());
  return service;
}

/** Browsers remember what they may do for so long, in seconds; none does for longer than a day. */
const preflightAge = 86_400;

/**
 * Pages of any origin may call what isn't for operators alone: there are no cookies to ride on, each message is signed, or bears a
 * token that only its holder knows. Before the rate limit, so that a page can read that too.
 */
function crossOrigin({ methods = [], headers = [] }: NonNullable<ServiceTraits["cors"]> = {}) {
  return {
    origin: "*",
    methods: ["GET", "POST", ...methods],
    allowedHeaders: ["content-type", ...headers],
    exposedHeaders: ["retry-after"],
    credentials: false,
    maxAge: preflightAge,
  };
}

/** A route whose answers no web page may read: what they tell is for operators, and a page may run in the browser of one. */
export function forOperators(summary: string): { schema: { summary: string }; config: { cors: false } } {
  return { schema: { summary }, config: { cors: false } };
}

/** Answers that are under way when a service is ended get so long, in milliseconds. */
const drainTime = 10_000;

/** Starts a built service; resolves when it listens. */
export async function listen(service: FastifyInstance, options: ServeOptions): Promise<Served> {
  const url = await service.listen({ host: options.host ?? "127.0.0.1", port: options.port ?? 0 });
  const close = async () => {
    const timer = setTimeout(() => service.server.closeAllConnections(), drainTime);
    await service.close();
    clearTimeout(timer);
  };
  return { url, close };
}
