/** What a relayer's operator watches, for Prometheus. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Side } from "../ledger/chain.ts";
import type { Relayer } from "./relayer.ts";

/** Counts of one relayer. */
export class RelayerMetrics {
  private readonly registry = new Registry();
  private readonly relays: Counter;
  private readonly seconds: Histogram;

  /** `processToo`: also memory, processor time and event loop of the process. */
  constructor(relayer: Relayer, processToo: boolean) {
    const registers = [this.registry];
    this.relays = new Counter({
      name: "diptych_relayer_relays_total",
      help: "Acts asked for, by outcome: relayed, or the code of the refusal",
      labelNames: ["side", "outcome"],
      registers,
    });
    this.seconds = new Histogram({
      name: "diptych_relayer_relay_seconds",
      help: "Seconds until an act was sent or refused",
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers,
    });
    const gauge = (name: string, help: string, read: (side: Side) => Promise<number> | number) =>
      new Gauge({
        name: `diptych_relayer_${name}`,
        help,
        labelNames: ["side"],
        registers,
        async collect() {
          for (const side of relayer.sides) {
            // A node that is silent leaves no number, and health says why.
            const value = await Promise.resolve(read(side)).catch(() => Number.NaN);
            this.set({ side }, value);
          }
        },
      });
    gauge("balance_wei", "What its account has", async (side) => Number((await relayer.state(side)).balance));
    gauge(
      "under_way",
      "Transactions that aren't final",
      async (side) => (await relayer.state(side)).underWay,
    );
    gauge("gas_today", "Gas paid, or promised, in the last 24 hours", (side) => relayer.gasToday(side));
    if (processToo) collectDefaultMetrics({ register: this.registry });
  }

  /** Counts what an act came to, and its time in seconds. */
  count(side: Side, outcome: string, seconds: number): void {
    this.relays.inc({ side, outcome });
    this.seconds.observe(seconds);
  }

  /** In Prometheus' text form, and its content type. */
  async text(): Promise<{ type: string; text: string }> {
    return { type: this.registry.contentType, text: await this.registry.metrics() };
  }
}
