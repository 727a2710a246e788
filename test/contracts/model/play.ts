/** Plays acts on both chains, each call and look checked against the model; what was played can be followed again by any model. */
import { isDeepStrictEqual } from "node:util";
import type { Act } from "./acts.ts";
import {
  type Address,
  type Answer,
  type Call,
  type Cast,
  type Domain,
  type Happening,
  type Hex,
  type Outcome,
  type OwnerCall,
  type Request,
  type Side,
  sides,
  type View,
} from "./calls.ts";
import { ChainModel, type Makers } from "./chainModel.ts";
import type { ChainSide } from "./chainSide.ts";
import { draft, nextTime } from "./draft.ts";
import { allLooks, looksAtPeople, looksAtRequests } from "./looks.ts";

export type Chains = Readonly<Record<Side, ChainSide>>;

/** What was done or looked at on one chain, at the time of its newest block, and what came of it there. */
export type Step = { readonly side: Side; readonly now: bigint } & (
  | { readonly call: Call; readonly outcome: Outcome }
  | { readonly view: View; readonly answer: Answer }
);

/** The time of the first block of every play: later than any clock has it today. */
const START = 2_000_000_000n;

const show = (value: unknown) =>
  JSON.stringify(value, (_, each) => (typeof each === "bigint" ? String(each) : each), 1);

/** Models of both chains, which follow what happens there. */
export class Follower {
  readonly models: Readonly<Record<Side, ChainModel>>;

  constructor(domains: Readonly<Record<Side, Domain>>, cast: Cast, makers?: Makers) {
    this.models = {
      storage: new ChainModel(domains.storage, cast, makers),
      shared: new ChainModel(domains.shared, cast, makers),
    };
  }

  /** Takes the next step; throws when the model says otherwise. */
  follow(step: Step): void {
    const model = this.models[step.side];
    if ("view" in step) {
      const expected = model.look(step.view, step.now);
      if (!isDeepStrictEqual(step.answer, expected)) throw disagreement(step, step.answer, expected);
      return;
    }
    const verdict = model.take(step.call, step.now);
    const { outcome } = step;
    if ("refused" in outcome) {
      if (!verdict.refusals.some((each) => isDeepStrictEqual(each, outcome.refused)))
        throw disagreement(step, outcome, verdict);
      return;
    }
    const [events, blobs] = setBlobsAside(outcome.events);
    if (verdict.refusals.length > 0 || !isDeepStrictEqual(events, verdict.events))
      throw disagreement(step, outcome, verdict);
    for (const { ledgerRecordId, blob } of blobs) model.ledger.learnBlob(ledgerRecordId, blob);
  }
}

function disagreement(step: Step, found: unknown, expected: unknown): Error {
  const what = "view" in step ? step.view : step.call;
  const where = `on the ${step.side} chain at ${step.now}`;
  return new Error(
    `${where}, ${show(what)}:\nthe contracts say ${show(found)}\nthe model says ${show(expected)}`,
  );
}

/** Events without the addresses that versions are put at, which the model learns. */
function setBlobsAside(events: readonly Happening[]) {
  const blobs: { ledgerRecordId: Hex; blob: Address }[] = [];
  const others = events.map(({ event, args }) => {
    if (event !== "Published") return { event, args };
    const { blob, ...rest } = args;
    blobs.push({ ledgerRecordId: String(rest.ledgerRecordId), blob: String(blob) });
    return { event, args: rest };
  });
  return [others, blobs] as const;
}

/** How much to look at: everything every so many acts, and so many requests after each act. */
export interface Watch {
  readonly everythingEvery: number;
  readonly requests: number;
}

type Cursor = { readonly owner: Address; readonly cursor: bigint; readonly next: Hex };

/**
 * Plays acts from the start of both chains and takes them back at the end. Returns all steps, whose calls and answers agreed
 * with the model; throws at the first that doesn't.
 */
export async function play(chains: Chains, acts: readonly Act[], watch: Watch): Promise<Step[]> {
  const { cast } = chains.storage;
  const domains = { storage: chains.storage.domain, shared: chains.shared.domain };
  const follower = new Follower(domains, cast);
  const steps: Step[] = [];
  const before: (OwnerCall | Request)[] = [];
  const clocks = { storage: START, shared: START };
  const cursors: Record<Side, Cursor[]> = { storage: [], shared: [] };
  const takeBack = await Promise.all(sides.map((side) => chains[side].remember()));
  const take = (step: Step) => {
    steps.push(step);
    follower.follow(step);
  };
  const look = async (side: Side, views: readonly View[]) => {
    for (const view of views) take({ side, now: clocks[side], view, answer: await chains[side].look(view) });
  };
  const lookAtAll = async (side: Side) => {
    const model = follower.models[side];
    await look(side, allLooks(model, cast));
    await look(
      side,
      cursors[side].splice(0).map((cursor) => ({ name: "pageFrom", ...cursor })),
    );
    for (const owner of cast.people) {
      const cursor = await chains[side].cursorOf(owner);
      if (cursor) cursors[side].push({ owner, ...cursor });
    }
  };
  try {
    for (const side of sides) await chains[side].mine(START);
    for (const [turn, act] of acts.entries()) {
      const { side } = act;
      const model = follower.models[side];
      const now = nextTime(act.wait, clocks[side], model);
      clocks[side] = now;
      const other = side === "storage" ? "shared" : "storage";
      const [domain, otherDomain] = [domains[side], domains[other]];
      const call = draft(act, { cast, domain, otherDomain, model, at: now, turn, before });
      if (call === undefined) await chains[side].mine(now);
      else {
        take({ side, now, call, outcome: await chains[side].send(call, now) });
        if (act.kind !== "replay" && (call.name === "request" || ("mandate" in call && call.mandate)))
          before.push(call);
      }
      await look(side, looksAtRequests(model, call === undefined ? 25 : watch.requests));
      if ("end" in act.wait && act.wait.by === 0) await look(side, looksAtPeople(model, cast));
      if ((turn + 1) % watch.everythingEvery === 0) for (const each of sides) await lookAtAll(each);
    }
    for (const side of sides) await lookAtAll(side);
    return steps;
  } finally {
    for (const back of takeBack) await back();
  }
}
