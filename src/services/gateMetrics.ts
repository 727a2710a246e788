/** What a gate's operator watches, for Prometheus. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Gate } from "./gate.ts";

/** Counts of one gate. */
export class GateMetrics {
  private readonly registry = new Registry();
  private readonly releases: Counter;
  private readonly seconds: Histogram;
  private readonly underWay: Gauge;

  /** `processToo`: also memory, processor time and event loop of the process; meant for a process with one gate. */
  constructor(gate: Gate, processToo: boolean) {
    const registers = [this.registry];
    this.releases = new Counter({
      name: "diptych_gate_releases_total",
      help: "Releases asked for, by outcome: released, or the code of the refusal",
      labelNames: ["outcome"],
      registers,
    });
    this.seconds = new Histogram({
      name: "diptych_gate_release_seconds",
      help: "Seconds that releases took, refused ones too",
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers,
    });
    this.underWay = new Gauge({
      name: "diptych_gate_releases_under_way",
      help: "Releases under way",
      registers,
    });
    const gauge = (name: string, help: string, read: () => number) =>
      new Gauge({
        name: `diptych_gate_${name}`,
        help,
        registers,
        collect() {
          this.set(read());
        },
      });
    const { blocks, receipts, complaints } = gate;
    const now = () => Date.now() / 1000;
    gauge("head_age_seconds", "Age of the head that was seen last", () =>
      blocks.last === undefined ? Number.NaN : now() - blocks.last.headTime,
    );
    gauge("block_lag", "Blocks between the head and the final block", () =>
      blocks.last === undefined ? Number.NaN : blocks.last.headNumber - blocks.last.number,
    );
    gauge("shares_ready", "Shares that are kept ready in memory", () => gate.sharesReady);
    gauge("receipts_held", "Receipts in memory", () => receipts.size);
    gauge("receipts_pending", "Receipts that are not anchored", () => receipts.pendingCount());
    gauge("complaints", "Bad shares that were found", () => complaints.size);
    if (processToo) collectDefaultMetrics({ register: this.registry });
  }

  /** Counts what `work` comes to, and its time. `outcomeOf` names a failure. */
  async measure<T>(work: () => Promise<T>, outcomeOf: (error: unknown) => string): Promise<T> {
    const stop = this.seconds.startTimer();
    this.underWay.inc();
    try {
      const result = await work();
      this.releases.inc({ outcome: "released" });
      return result;
    } catch (error) {
      this.releases.inc({ outcome: outcomeOf(error) });
      throw error;
    } finally {
      this.underWay.dec();
      stop();
    }
  }

  /** In Prometheus' text form, and its content type. */
  async text(): Promise<{ type: string; text: string }> {
    return { type: this.registry.contentType, text: await this.registry.metrics() };
  }
}
