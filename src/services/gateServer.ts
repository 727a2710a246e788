/**
 * A release gate as an HTTP service.
 *
 * @module
 */
import { createHash, X509Certificate } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { hex } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import type { Address } from "../ledger/chain.ts";
import { requestIdOf } from "../ledger/ids.ts";
import { networkOf } from "./addressNetwork.ts";
import type { Gate } from "./gate.ts";
import { healthOf } from "./gateHealth.ts";
import { complaintIn } from "./gateIdentity.ts";
import { GateMetrics } from "./gateMetrics.ts";
import {
  aboutSchema,
  complaintsPerPage,
  complaintsSchema,
  gateDocument,
  receiptsPerPage,
  receiptsSchema,
  releaseSchema,
} from "./gateSchemas.ts";
import { type GateEvent, GateUpkeep, type UpkeepOptions } from "./gateUpkeep.ts";
import {
  answerOf,
  buildService,
  forOperators,
  listen,
  type Served,
  type ServeOptions,
} from "./httpServer.ts";
import { sharing } from "./sharedAnswer.ts";
import type { ReleaseOrder } from "./wire.ts";

export { makeGateCertificate } from "./gateCertificate.ts";
export type { UpkeepOptions } from "./gateUpkeep.ts";
export type { Served, ServeOptions } from "./httpServer.ts";
export type { LogOptions, LogStream } from "./serviceLog.ts";

/** How a gate serves. */
export type GateServeOptions = ServeOptions & {
  /** Releases a minute for one requester and one client address (IPv6: one /64); 60 unless said. A stranger elsewhere can't use them up. */
  releasesPerMinute?: number;
  /** Releases under way at a time; 128 unless said. Those beyond are told to try again. */
  releasesAtOnce?: number;
  /** Looking at shares and anchoring receipts, which it does unless this is false. */
  upkeep?: UpkeepOptions | false;
  /** Memory, processor time and event loop of the process stand in /metrics too. */
  processMetrics?: boolean;
};

/** Milliseconds that a request may take to arrive. */
const requestTimeout = 10_000;

/** Serves a gate; what it releases is the gate's to decide. Ending it finishes what is under way and anchors what is left. */
export async function serveGate(gate: Gate, options: GateServeOptions = {}): Promise<Served> {
  // Anybody may ask, and each answer takes several reads of the chain: those who ask at one time share one.
  const health = sharing(() => healthOf(gate));
  const traits = { requestTimeout, drains: true, openapi: gateDocument, health };
  const service = await buildService(options, traits);
  await serveReleases(service, gate, options);
  serveReading(service, gate, options.tls?.cert);
  const served = await listen(service, options);
  const upkeep =
    options.upkeep === false ? undefined : new GateUpkeep(gate, options.upkeep ?? {}, tellTo(service));
  void health().then(({ ok, reasons, warnings }) =>
    service.log[ok ? "info" : "error"]({ ok, reasons: reasons.map(({ code }) => code), warnings }, "started"),
  );
  const close = async () => {
    await served.close();
    await upkeep?.stop();
    service.log.info("stopped");
  };
  return { url: served.url, close };
}

function tellTo({ log }: FastifyInstance): (event: GateEvent) => void {
  return ({ level, message, ...about }) => log[level](about, message);
}

async function serveReleases(service: FastifyInstance, gate: Gate, options: GateServeOptions): Promise<void> {
  const metrics = new GateMetrics(gate, options.processMetrics ?? false);
  const atOnce = options.releasesAtOnce ?? 128;
  let underWay = 0;
  let ending = false;
  service.addHook("preClose", async () => {
    ending = true;
  });
  const limit = service.createRateLimit({
    max: options.releasesPerMinute ?? 60,
    timeWindow: 60_000,
    keyGenerator: ({ body, ip }) => `${(body as ReleaseOrder).requester.toLowerCase()} ${networkOf(ip)}`,
  });

  service.post<{ Body: ReleaseOrder & { gate?: Address } }>(
    "/v1/releases",
    { schema: releaseSchema },
    async (request, reply) => {
      const started = performance.now();
      const wait = (seconds: number, error: DiptychError) => {
        reply.header("retry-after", String(seconds));
        return error;
      };
      let outcome = "released";
      try {
        return await metrics.measure(
          async () => {
            const used = await limit(request);
            if (!used.isAllowed && used.isExceeded)
              throw wait(
                used.ttlInSeconds,
                new DiptychError(
                  "rate-limited",
                  `Too many releases for this requester: try again in ${used.ttlInSeconds} s.`,
                ),
              );
            if (ending || underWay >= atOnce) throw wait(1, new DiptychError("service-busy", busy(ending)));
            underWay += 1;
            try {
              const { gate: account, ...order } = request.body;
              return await gate.release(order, account);
            } finally {
              underWay -= 1;
            }
          },
          (error) => (outcome = answerOf(error as Error).code),
        );
      } catch (error) {
        const complaint = complaintIn(error);
        if (complaint === undefined) throw error;
        const { status, code, message } = answerOf(error as Error);
        return reply.code(status).send({ code, message, details: complaint });
      } finally {
        if (options.log !== undefined)
          request.log.info(
            {
              requestId: requestIdOf(gate.chain, request.body),
              outcome,
              ms: Math.round(performance.now() - started),
            },
            "release",
          );
      }
    },
  );

  service.get("/metrics", forOperators("Counts and times, for Prometheus"), async (_request, reply) => {
    const { type, text } = await metrics.text();
    return reply.type(type).send(text);
  });
}

function busy(ending: boolean): string {
  return ending
    ? "This gate is being stopped: ask another one."
    : "This gate has too much to do at once: try again in a second, or ask another one.";
}

function serveReading(service: FastifyInstance, gate: Gate, certificate: string | undefined): void {
  const tls = certificate === undefined ? {} : { tlsKey: fingerprintOf(certificate) };
  service.get("/v1/gate", { schema: aboutSchema }, async () => {
    const { side, chainId, ledger, keyRegistry } = gate.chain;
    const accounts = gate.identities.map(({ address, hpkeKey }) => ({
      address,
      hpkeKey: hex(hpkeKey),
    }));
    return { address: gate.address, accounts, side, chainId, ledger, keyRegistry, ...tls };
  });

  service.get<{ Querystring: { ledgerRecordId: string; after?: string } }>(
    "/v1/receipts",
    { schema: receiptsSchema },
    async ({ query: { ledgerRecordId, after = "0" } }) => {
      const receipts = gate.receipts.list(ledgerRecordId, Number(after), receiptsPerPage);
      return receipts.length < receiptsPerPage ? { receipts } : { receipts, next: receipts.at(-1)!.number };
    },
  );

  service.get<{ Querystring: { keySet?: string; after?: string } }>(
    "/v1/complaints",
    { schema: complaintsSchema },
    async ({ query: { keySet, after = "0" } }) => {
      const complaints = gate.complaints.list(keySet, Number(after), complaintsPerPage);
      return complaints.length < complaintsPerPage
        ? { complaints }
        : { complaints, next: complaints.at(-1)!.number };
    },
  );
}

/** SHA-256 of the certificate's public key (SubjectPublicKeyInfo), in hex: the same for every certificate of one key. */
function fingerprintOf(certificate: string): string {
  const key = new X509Certificate(certificate).publicKey.export({ type: "spki", format: "der" });
  return `0x${createHash("sha256").update(key).digest("hex")}`;
}
