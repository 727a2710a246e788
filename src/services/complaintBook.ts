/** Bad shares that a gate was dealt, and its evidence against each: for whoever asks, and for the chain. */
import { BoundedCache } from "./boundedCache.ts";
import type { GateComplaint } from "./wire.ts";

/** Complaints that a gate remembers; some 1 KB each. Those of dealings that still stand are found again when they are forgotten. */
const mostComplaints = 4096;

/** A complaint with a number that grows until the gate starts anew. */
export type KeptComplaint = GateComplaint & { number: number };

/** A complaint on its way to the chain; `dealing` names all that the chain says of the share. */
export type WaitingComplaint = { dealing: string; complaint: GateComplaint };

/** A gate's complaints, the newest so many. */
export class ComplaintBook {
  private readonly complaints = new BoundedCache<KeptComplaint>(mostComplaints);
  private readonly waiting = new Map<string, GateComplaint>();
  private number = 0;

  /** How many are held. */
  get size(): number {
    return this.complaints.size;
  }

  /** How many wait to be brought on chain. */
  get waitingCount(): number {
    return this.waiting.size;
  }

  /** The complaint about a share, if it was found bad before; `dealing` names all that the chain says of it. */
  find(dealing: string): GateComplaint | undefined {
    const known = this.complaints.get(dealing);
    if (known === undefined) return undefined;
    const { number: _, ...complaint } = known;
    return complaint;
  }

  /** Writes down a complaint; once each. */
  add(dealing: string, complaint: GateComplaint): void {
    if (this.find(dealing) !== undefined) return;
    this.complaints.set(dealing, { number: ++this.number, ...complaint });
    this.putBack({ dealing, complaint });
  }

  /** Up to `most` whose number is above `after`, of one key set or of all, oldest first. */
  list(keySet: string | undefined, after: number, most: number): KeptComplaint[] {
    return this.complaints
      .list()
      .filter((each) => each.number > after && (keySet === undefined || each.keySet === keySet))
      .sort((a, b) => a.number - b.number)
      .slice(0, most);
  }

  /** Takes the complaint that has waited longest among those that these accounts made. */
  takeWaiting(gates: readonly string[]): WaitingComplaint | undefined {
    for (const [dealing, complaint] of this.waiting) {
      if (!gates.includes(complaint.gate)) continue;
      this.waiting.delete(dealing);
      return { dealing, complaint };
    }
    return undefined;
  }

  /** Has a complaint wait, behind all others: one that was taken and didn't reach the chain isn't lost. */
  putBack({ dealing, complaint }: WaitingComplaint): void {
    this.waiting.set(dealing, complaint);
    if (this.waiting.size > mostComplaints) this.waiting.delete(this.waiting.keys().next().value!);
  }
}
