/** What a gate does of its own accord while it serves: it looks at its shares, complains, and anchors its receipts. */
import { unhex } from "../core/bytes.ts";
import { isDiptychError } from "../core/errors.ts";
import { anchoredAt, anchorReceipts } from "../ledger/receipts.ts";
import type { WaitingComplaint } from "./complaintBook.ts";
import { askNode } from "./finality.ts";
import type { Gate } from "./gate.ts";
import type { GateIdentity } from "./gateIdentity.ts";
import { type CheckedShare, ShareWatch } from "./shareWatch.ts";

/** What happened, for the log: no secrets, and nothing that a node said. */
export type GateEvent = { level: "info" | "warn"; message: string } & Record<string, string | number>;

/** When a gate looks after its shares, complaints and receipts, and what it spends on that. */
export type UpkeepOptions = {
  /** Seconds between two looks at the chain; 5 unless said. */
  everySeconds?: number;
  /** The block at which to begin looking for dealings; ten thousand before the newest final one unless said. */
  watchFrom?: number;
  /** Complaints an hour that may cost the gate's account gas, since anybody can deal bad shares; 12 unless said. */
  complaintsPerHour?: number;
  /** Receipts at which a batch is anchored before its time; 256 unless said. */
  receiptsPerBatch?: number;
  /** The longest that a receipt waits for its batch, in seconds; 600 unless said. */
  anchorEverySeconds?: number;
  /** Seconds until a complaint or an anchoring that failed is tried again; 60 unless said. */
  retrySeconds?: number;
};

/** The most receipts that one root stands for. */
const mostPerBatch = 4096;
/** The longest that the last anchoring may take, in milliseconds. */
const lastAnchoring = 20_000;
const hour = 3_600_000;

/** What upkeep has to do. */
type Duty = "shares" | "complaints" | "receipts";

/** Upkeep of one gate, from its making to its stop. */
export class GateUpkeep {
  private readonly gate: Gate;
  private readonly options: UpkeepOptions;
  private readonly tell: (event: GateEvent) => void;
  private readonly watch: ShareWatch;
  private readonly ending = new AbortController();
  private readonly running: Promise<void>;
  /** When the complaints of the last hour were mined, in milliseconds. */
  private readonly complained: number[] = [];
  /** When complaints, and anchoring by account, may be tried again after a failure, in Unix seconds. */
  private complainAgain = 0;
  private readonly anchorAgain = new Map<string, number>();

  /** Starts. */
  constructor(gate: Gate, options: UpkeepOptions, tell: (event: GateEvent) => void) {
    this.gate = gate;
    this.options = options;
    this.tell = tell;
    this.watch = new ShareWatch(gate, options.watchFrom);
    this.running = this.run();
  }

  /** Stops, and anchors what is left of the receipts if the account has money for it and the chain answers. */
  async stop(): Promise<void> {
    this.ending.abort();
    const last = this.running
      .then(() => this.anchor(true))
      .catch((error: unknown) => this.tellFailure("receipts", error));
    await within(lastAnchoring, last);
  }

  private async run(): Promise<void> {
    const { signal } = this.ending;
    const pause = (this.options.everySeconds ?? 5) * 1000;
    while (!signal.aborted) {
      await this.attempt("shares", async () => {
        // A scan can be long: what is to be sent doesn't wait for its end.
        await this.watch.scan(signal, async (checked) => {
          this.tellBad(checked);
          await this.send();
        });
      });
      await this.send();
      await waitFor(pause, signal);
    }
  }

  /** Sends what is to be sent. One after the other, since an account's transactions are numbered; neither needs the other. */
  private async send(): Promise<void> {
    await this.attempt("complaints", () => this.complain());
    await this.attempt("receipts", () => this.anchor(false));
  }

  private async attempt(about: Duty, work: () => Promise<void>): Promise<void> {
    if (this.ending.signal.aborted) return;
    try {
      await work();
    } catch (error) {
      this.tellFailure(about, error);
    }
  }

  /** Brings complaints on chain, if the account has money for it. */
  private async complain(): Promise<void> {
    const { complaints, identities } = this.gate;
    const isTime = Date.now() / 1000 >= this.complainAgain;
    if (complaints.waitingCount === 0 || !isTime || !this.mayComplain()) return;
    const rich = await Promise.all(identities.map((each) => this.hasMoney(each)));
    const payers = identities.filter((_, i) => rich[i]).map(({ address }) => address);
    while (this.mayComplain() && !this.ending.signal.aborted) {
      const waiting = complaints.takeWaiting(payers);
      if (waiting === undefined || !(await this.complainOf(waiting))) return;
    }
  }

  private mayComplain(): boolean {
    while (this.complained[0] !== undefined && this.complained[0] < Date.now() - hour)
      this.complained.shift();
    return this.complained.length < (this.options.complaintsPerHour ?? 12);
  }

  /** False when the complaint didn't reach the chain, and has to wait. */
  private async complainOf(waiting: WaitingComplaint): Promise<boolean> {
    const { complaints, identities, registry } = this.gate;
    const { keySet, generation, gate, evidence } = waiting.complaint;
    const about = { keySet, generation };
    const { wallet } = identities.find(({ address }) => address === gate)!;
    try {
      const mined = await registry.complain(wallet, keySet, generation, unhex(evidence));
      this.complained.push(Date.now());
      this.tell({ level: "info", message: "complained on chain", transaction: mined.hash, ...about });
      return true;
    } catch (error) {
      const refusal = refusalIn(error);
      this.tell({ level: "warn", message: "complaint failed", code: codeOf(error), ...about });
      if (refusal === undefined) {
        complaints.putBack(waiting);
        this.complainAgain = Date.now() / 1000 + (this.options.retrySeconds ?? 60);
        return false;
      }
      if (refusal.mined) this.complained.push(Date.now());
      return true;
    }
  }

  private async anchor(all: boolean): Promise<void> {
    const { receipts, identities, chain } = this.gate;
    const { number } = await this.gate.blocks.newest();
    await receipts.settle(async ({ gate, root }) => {
      if ((await askNode(() => anchoredAt(chain, gate, root, number))) !== undefined) return "final";
      return (await askNode(() => anchoredAt(chain, gate, root))) === undefined ? "vanished" : "mined";
    });
    for (const identity of identities) if (all || this.isDue(identity)) await this.anchorOf(identity);
  }

  private isDue({ address }: GateIdentity): boolean {
    const { receipts } = this.gate;
    const now = Date.now() / 1000;
    if (now < (this.anchorAgain.get(address) ?? 0)) return false;
    const since = receipts.pendingSince(address);
    const waited = since === undefined ? 0 : now - since;
    return (
      receipts.pendingCount(address) >= (this.options.receiptsPerBatch ?? 256) ||
      waited >= (this.options.anchorEverySeconds ?? 600)
    );
  }

  private async anchorOf(identity: GateIdentity): Promise<void> {
    const { receipts, chain } = this.gate;
    const gate = identity.address;
    try {
      while (receipts.pendingCount(gate) > 0 && (await this.hasMoney(identity))) {
        const batch = (await receipts.anchorNext(gate, mostPerBatch, async ({ root, count }) => {
          // It stands there already when an answer got lost.
          if ((await askNode(() => anchoredAt(chain, gate, root))) === undefined)
            await anchorReceipts(chain, identity.wallet, root, count);
        }))!;
        this.tell({ level: "info", message: "anchored receipts", ...batch });
      }
    } catch (error) {
      this.anchorAgain.set(gate, Date.now() / 1000 + (this.options.retrySeconds ?? 60));
      this.tell({ level: "warn", message: "anchoring failed, will try again", code: codeOf(error), gate });
    }
  }

  private tellBad(checked: readonly CheckedShare[]): void {
    for (const { state, keySet, generation } of checked)
      if (state === "bad") this.tell({ level: "warn", message: "dealt a bad share", keySet, generation });
  }

  private tellFailure(about: Duty, error: unknown): void {
    this.tell({ level: "warn", message: "upkeep failed", about, code: codeOf(error) });
  }

  private async hasMoney({ address }: GateIdentity): Promise<boolean> {
    return (await askNode(() => this.gate.chain.provider.getBalance(address))) > 0n;
  }
}

/** The contract's no to a transaction, before it was sent or when it was `mined`: sending it again is of no use. */
function refusalIn(error: unknown): { mined: boolean } | undefined {
  const { code, receipt } = ((error as Error).cause ?? {}) as { code?: unknown; receipt?: unknown };
  // What ethers calls it; too little money, a number that is taken and a silent node have other codes.
  return code === "CALL_EXCEPTION" ? { mined: receipt !== undefined && receipt !== null } : undefined;
}

function codeOf(error: unknown): string {
  return isDiptychError(error) ? error.code : "service-failed";
}

/** Waits for what runs, but no longer than so many milliseconds. */
async function within(milliseconds: number, running: Promise<void>): Promise<void> {
  const ending = new AbortController();
  await Promise.race([running, waitFor(milliseconds, ending.signal)]);
  ending.abort();
}

function waitFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done);
  });
}
