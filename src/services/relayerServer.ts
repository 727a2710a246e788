/**
 * A relayer as an HTTP service: it pays for owners' signed acts.
 *
 * @module
 */
import type { FastifyInstance } from "fastify";
import { DiptychError } from "../core/errors.ts";
import type { Address, Side } from "../ledger/chain.ts";
import { networkOf } from "./addressNetwork.ts";
import {
  answerOf,
  buildService,
  forOperators,
  listen,
  type Served,
  type ServeOptions,
} from "./httpServer.ts";
import type { Relayer, RelayOrder } from "./relayer.ts";
import { healthOf } from "./relayerHealth.ts";
import { RelayerMetrics } from "./relayerMetrics.ts";
import { aboutSchema, relayerDocument, relaySchema, underWaySchema } from "./relayerSchemas.ts";
import { sharing } from "./sharedAnswer.ts";

export type { Served, ServeOptions } from "./httpServer.ts";
export type { RelayAccount, RelayAccountState } from "./relayAccount.ts";
export type { KeptRelay, Relay, RelayEnd, RelayJournal, RelayLimits } from "./relayBook.ts";
export type { RelayedAct } from "./relayedAct.ts";
export {
  type RelayAnswer,
  Relayer,
  type RelayerOptions,
  type RelayOrder,
  usualRelayLimits,
  usualRelayPrices,
} from "./relayer.ts";
export { deriveRelayerAccounts } from "./relayerKeys.ts";
export type { RelayPrices } from "./relayPricing.ts";
export type { LogOptions, LogStream } from "./serviceLog.ts";

/** How a relayer serves. */
export type RelayerServeOptions = ServeOptions & {
  /** Acts a minute for one client address (IPv6: one /64), refused ones too; 60 unless said. */
  relaysPerMinute?: number;
  /** Acts in handling at a time; 64 unless said. Those beyond are told to try again. */
  relaysAtOnce?: number;
  /** Memory, processor time and event loop of the process stand in /metrics too. */
  processMetrics?: boolean;
};

/** Milliseconds that a request may take to arrive. */
const requestTimeout = 10_000;

/** Serves a relayer. Ending it finishes what is being handled; the relayer is its opener's to close. */
export async function serveRelayer(relayer: Relayer, options: RelayerServeOptions = {}): Promise<Served> {
  // Anybody may ask, and each answer takes several reads of both chains: those who ask at one time share one.
  const health = sharing(() => healthOf(relayer));
  const service = await buildService(options, {
    requestTimeout,
    drains: true,
    openapi: relayerDocument,
    health,
  });
  serveRelays(service, relayer, options);
  serveReading(service, relayer);
  const served = await listen(service, options);
  void health().then(({ ok, reasons, warnings }) =>
    service.log[ok ? "info" : "error"]({ ok, reasons: reasons.map(({ code }) => code), warnings }, "started"),
  );
  const close = async () => {
    await served.close();
    service.log.info("stopped");
  };
  return { url: served.url, close };
}

function serveRelays(service: FastifyInstance, relayer: Relayer, options: RelayerServeOptions): void {
  const metrics = new RelayerMetrics(relayer, options.processMetrics ?? false);
  const atOnce = options.relaysAtOnce ?? 64;
  let underWay = 0;
  const limit = service.createRateLimit({
    max: options.relaysPerMinute ?? 60,
    timeWindow: 60_000,
    keyGenerator: ({ ip }) => networkOf(ip),
  });

  service.post<{ Body: RelayOrder }>("/v1/relays", { schema: relaySchema }, async (request, reply) => {
    const started = performance.now();
    const { side } = request.body;
    let outcome = "relayed";
    let hash: string | undefined;
    try {
      const used = await limit(request);
      if (!used.isAllowed && used.isExceeded) {
        reply.header("retry-after", String(used.ttlInSeconds));
        throw new DiptychError(
          "rate-limited",
          `Too many acts from this address: try again in ${used.ttlInSeconds} s.`,
        );
      }
      if (underWay >= atOnce) {
        reply.header("retry-after", "1");
        throw new DiptychError("service-busy", "The relayer has too much to do at once: try again.");
      }
      underWay += 1;
      try {
        const answer = await relayer.relay(request.body);
        hash = answer.hash;
        return answer;
      } finally {
        underWay -= 1;
      }
    } catch (error) {
      outcome = answerOf(error as Error).code;
      throw error;
    } finally {
      const ms = Math.round(performance.now() - started);
      metrics.count(side, outcome, ms / 1000);
      request.log.info({ side, outcome, ms, ...(hash === undefined ? {} : { hash }) }, "relay");
    }
  });

  service.get("/metrics", forOperators("Counts and times, for Prometheus"), async (_request, reply) => {
    const { type, text } = await metrics.text();
    return reply.type(type).send(text);
  });
}

function serveReading(service: FastifyInstance, relayer: Relayer): void {
  service.get<{ Params: { side: Side; owner: Address } }>(
    "/v1/relays/:side/:owner",
    { schema: underWaySchema },
    async ({ params: { side, owner } }) => ({ underWay: await relayer.underWay(side, owner) }),
  );

  service.get("/v1/relayer", { schema: aboutSchema }, async () => {
    const chains = relayer.sides.map((side) => {
      const { chain, address } = relayer.account(side);
      return [side, { chainId: chain.chainId, ledger: chain.ledger, account: address }] as const;
    });
    return {
      chains: Object.fromEntries(chains),
      limits: relayer.limits,
      maxFeePerGas: String(relayer.prices.maxFeePerGas),
    };
  });
}
