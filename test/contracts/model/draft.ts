/** What an act comes to as a call, given how things stand. */
import { concat, keccak256, toBeHex, toUtf8Bytes } from "ethers";
import { hex } from "../../../src/core/bytes.ts";
import { compileProgram, printPolicy, purposeOf } from "../../../src/policy/index.ts";
import { point, recordIdOf } from "../fixture.ts";
import type { Act, Length, Life, Official, OtherAct, Pick, RecordAct, RulesPlan, Wait } from "./acts.ts";
import {
  type Address,
  type Call,
  type Cast,
  type Domain,
  type Hex,
  type OwnerCall,
  type Request,
  type Rules,
  ZERO_ADDRESS,
  ZERO_WORD,
} from "./calls.ts";
import type { ChainModel } from "./chainModel.ts";
import { mandateFor } from "./draftMandate.ts";
import type { RecordState } from "./recordsModel.ts";

/** How things stand on the chain that an act is for. */
export interface Scene {
  readonly cast: Cast;
  readonly domain: Domain;
  readonly otherDomain: Domain;
  readonly model: ChainModel;
  /** When the next block comes. */
  readonly at: bigint;
  /** A number that is never given twice. */
  readonly turn: number;
  /** What was relayed or asked for before, on either chain. */
  readonly before: readonly (OwnerCall | Request)[];
}

/** When the next block comes, after the last. */
export function nextTime(wait: Wait, last: bigint, { registry, ledger }: ChainModel): bigint {
  if ("seconds" in wait) return last + BigInt(wait.seconds);
  // The nearest ones: further jumps would end too much at once.
  const ends = [...ledger.expiries(last), ...registry.expiries(last)].filter((end) => end < last + 10_000n);
  const near = [...new Set(ends)].sort((a, b) => Number(a - b)).slice(0, 3);
  const end = at(near, wait.end);
  const time = end === undefined ? last + 1n : end + BigInt(wait.by);
  return time > last ? time : last + 1n;
}

/** The call; undefined when there is nothing to call. */
export function draft(act: Act, scene: Scene): Call | undefined {
  switch (act.kind) {
    case "publish":
    case "republish":
    case "close":
    case "setBlocked":
    case "offerTransfer":
    case "acceptTransfer":
    case "revokeGrant":
      return draftOwners(act, scene);
    case "replay": {
      // Often one of the newest requests, which may still be just the same.
      const asked = scene.before.filter(({ name }) => name === "request").slice(-4);
      const call = at(act.call % 2 === 0 ? asked : scene.before, act.call);
      return call?.name === "request" ? call : call && { ...call, from: scene.cast.people[act.by]! };
    }
    case "wait":
      return undefined;
    default:
      return draftOther(act, scene);
  }
}

/** The item at a number taken round; undefined of an empty list. */
export const at = <T>(items: readonly T[], place: number): T | undefined => items[place % items.length];

interface Found {
  readonly ledgerRecordId: Hex;
  readonly record: RecordState | undefined;
  readonly firstOwner: Address;
  readonly salt: Hex;
}

function find(
  pick: Pick,
  { model, cast }: Scene,
  among: (record: RecordState) => boolean = () => true,
): Found {
  const all = [...model.ledger.records.values()];
  const wanted = all.filter(among);
  // Now and then any other.
  const from = wanted.length > 0 && "known" in pick && pick.known % 4 > 0 ? wanted : all;
  const known = "known" in pick ? at(from, pick.known) : undefined;
  const { owner, salt: number } = "owner" in pick ? pick : { owner: 0, salt: 0 };
  const salt = toBeHex(number + 1, 32);
  const firstOwner = cast.people[owner]!;
  const ledgerRecordId = known?.ledgerRecordId ?? recordIdOf(firstOwner, salt);
  return { ledgerRecordId, record: model.ledger.records.get(ledgerRecordId), firstOwner, salt };
}

function draftOwners(act: RecordAct, scene: Scene): OwnerCall {
  const { people } = scene.cast;
  const plain = act.kind === "revokeGrant" ? draftRevocation(act.request, scene) : draftOnRecord(act, scene);
  const owner = act.who === "entitled" ? plain.entitled : people[act.who]!;
  if (act.way === "direct") return { ...plain.call, from: owner };
  const mandate = mandateFor(plain.call, owner, act.way, scene);
  return { ...plain.call, from: people[act.way.relayer]!, mandate };
}

/** A call but for who makes it, and who is entitled to. */
type Plan = { readonly call: OwnerCall; readonly entitled: Address };

function draftRevocation(request: number, { model, cast, turn }: Scene): Plan {
  const { grants, requests, records } = model.ledger;
  // Now and then one that was denied, or was never made.
  const known = request % 8 === 0 ? requests : [...grants.keys()];
  const requestId = at(known, request) ?? keccak256(toBeHex(turn, 32));
  const owner = records.get(grants.get(requestId)?.ledgerRecordId ?? "")?.owner;
  return { call: { name: "revokeGrant", from: "", requestId }, entitled: owner ?? cast.people[0]! };
}

function draftOnRecord(act: Exclude<RecordAct, { kind: "revokeGrant" }>, scene: Scene): Plan {
  const { ledgerRecordId, record, firstOwner, salt } = find(act.record, scene, (each) => {
    if (act.kind === "acceptTransfer") return each.offeredTo !== ZERO_ADDRESS;
    return act.kind !== "republish" || scene.turn % 3 > 0 || each.foreignRules;
  });
  const { people } = scene.cast;
  const entitled = record?.owner ?? firstOwner;
  const base = { from: "", ledgerRecordId };
  const version =
    (record?.version ?? 0n) + { same: 0n, next: 1n, skipping: 2n }["version" in act ? act.version : "next"];
  const steps = { same: record ? 0n : 1n, next: 1n, skipping: 2n, current: 0n };
  const epoch = (record?.epoch ?? 0n) + ("epoch" in act ? steps[act.epoch] : 0n);
  switch (act.kind) {
    case "publish": {
      const rules = rulesOf(act.rules);
      const indexKeyHash = keccak256(point(1 + act.indexKey));
      const policyText = act.text === "tooLong" ? "p".repeat(4097) : rules.policy;
      const index = indexOf(act.index, scene.turn);
      const edition = { version, epoch, indexKeyHash, salt };
      return { entitled, call: { name: "publish", ...base, ...edition, rules, index, policyText } };
    }
    case "republish": {
      const index = indexOf(act.index, scene.turn);
      return { entitled, call: { name: "republish", ...base, version, epoch, index } };
    }
    case "close":
      return { entitled, call: { name: "close", ...base, epoch } };
    case "setBlocked": {
      const account = people[act.account]!;
      return { entitled, call: { name: "setBlocked", ...base, account, blocked: act.blocked } };
    }
    case "offerTransfer": {
      const newOwner = act.newOwner === "nobody" ? ZERO_ADDRESS : people[act.newOwner]!;
      return { entitled, call: { name: "offerTransfer", ...base, newOwner } };
    }
    case "acceptTransfer": {
      const offered = record === undefined || record.offeredTo === ZERO_ADDRESS ? entitled : record.offeredTo;
      return { entitled: offered, call: { name: "acceptTransfer", ...base } };
    }
  }
}

/** Programs that aren't well-formed, and where they go wrong. */
const malformed: readonly { program: Hex; malformedAt: number }[] = [
  { program: "0x", malformedAt: 0 },
  { program: "0x02010000", malformedAt: 0 },
  { program: "0x01210000", malformedAt: 1 },
  { program: "0x01000000", malformedAt: 2 },
  { program: concat(["0x01010002", "0x0202", ZERO_WORD, "0x00"]), malformedAt: 5 },
  { program: concat(["0x01000100", ZERO_WORD, "0x0400000001", "0x00"]), malformedAt: 36 },
  { program: concat(["0x01010000", ZERO_WORD, "0x01"]), malformedAt: 36 },
  { program: concat(["0x01010000", ZERO_WORD, "0x00400201"]), malformedAt: 37 },
  { program: concat(["0x01010000", ZERO_WORD, "0x0000"]), malformedAt: 38 },
];

function rulesOf(plan: RulesPlan): Rules {
  const policy = printPolicy(plan.policy);
  const { purposes } = plan;
  const codes = purposes.map((number) => purposeOf(number)!.code);
  const program = hex(compileProgram(policy, codes));
  if (plan.malformed === undefined) return { policy, purposes, program };
  // Among those that can't be, one that may be but is too long.
  if (plan.malformed % 4 === 0) {
    const idle = "400101".repeat(Math.ceil((2049 - program.length / 2 + 1) / 3));
    return { policy, purposes, program: program + idle };
  }
  return { policy, purposes, ...at(malformed, plan.malformed)! };
}

const sizes = { usual: 24, none: 0, longest: 4096, tooLong: 4097 } as const;

/** Another index each turn, from a length on. */
function indexOf(length: Length, turn: number): Hex {
  const word = keccak256(toBeHex(turn, 32)).slice(2);
  return `0x${word.repeat(Math.ceil(sizes[length] / 32)).slice(0, 2 * sizes[length])}`;
}

function officialOf(who: Official | "nobody", { people, ...cast }: Cast): Address {
  if (who === "nobody") return ZERO_ADDRESS;
  return who === "person" ? people[2]! : cast[who];
}

/** A person who has some, if there is any such, and what they have. */
function someWith<T>({ people }: Cast, place: number, listOf: (account: Address) => T[]): [Address, T[]] {
  const having = people.filter((each) => listOf(each).length > 0);
  const account = at(having, place) ?? people[place]!;
  return [account, listOf(account)];
}

const lives: Readonly<Record<Life, bigint>> = { past: 0n, second: 1n, short: 60n, long: 100_000n };

function draftOther(
  act: Exclude<OtherAct, { kind: "replay" | "wait" }>,
  scene: Scene,
): Exclude<Call, OwnerCall> {
  const { cast, at: now } = scene;
  const { people } = cast;
  const person = (who: number | "nobody") => (who === "nobody" ? ZERO_ADDRESS : people[who]!);
  switch (act.kind) {
    case "request": {
      const { ledgerRecordId, record } = find(act.record, scene);
      const decide = (who: Address) => record && scene.model.ledger.decide(record, who, act.purpose, now);
      const entitled =
        at(
          people.filter((each) => decide(each) === "Granted"),
          act.who,
        ) ?? people[0]!;
      const from = act.by === "entitled" ? entitled : person(act.by);
      const keys = {
        good: point(9),
        short: point(9).slice(0, -2),
        compressed: point(9).replace("0x04", "0x03"),
      };
      const round = (now / 1_000n + 1n) * 1_000n;
      const expiries = { past: now, second: now + 1n, round, later: round + 2_000n };
      const ends = { ...expiries, last: 2n ** 32n - 1n, beyond: 2n ** 32n };
      const [nonce, responseKey, expiry] = [toBeHex(act.nonce, 32), keys[act.key], ends[act.expiry]];
      const { purpose } = act;
      return { name: "request", from, ledgerRecordId, nonce, purpose, responseKey, expiry };
    }
    case "setPause":
      return { name: act.pause ? "pause" : "unpause", from: officialOf(act.by, cast) };
    case "attest": {
      const { attributes } = act;
      const [account, expiry] = [person(act.account), now + lives[act.life]];
      return { name: "attest", from: officialOf(act.by, cast), account, attributes, expiry };
    }
    case "attestNumbers": {
      const { numbers } = act;
      const [account, expiry] = [person(act.account), now + lives[act.life]];
      return { name: "attestNumbers", from: officialOf(act.by, cast), account, numbers, expiry };
    }
    case "revoke": {
      const [account, held] = someWith(cast, act.account, (each) => scene.model.registry.attributesOf(each));
      const attributes =
        typeof act.attributes === "number" ? held.slice(0, 1 + (act.attributes % 2)) : act.attributes;
      return { name: "revoke", from: officialOf(act.by, cast), account, attributes };
    }
    case "revokeNumbers": {
      const [account, held] = someWith(cast, act.account, (each) => scene.model.registry.numbersOf(each));
      const numbers = typeof act.numbers === "number" ? held.slice(0, 1) : act.numbers;
      return { name: "revokeNumbers", from: officialOf(act.by, cast), account, numbers };
    }
    case "assignLabel": {
      const [from, authority] = [officialOf(act.by, cast), officialOf(act.to, cast)];
      return { name: "assignLabel", from, label: act.label, authority };
    }
    case "changeRole": {
      const [from, account] = [officialOf(act.by, cast), officialOf(act.account, cast)];
      return { name: act.gives ? "grantRole" : "revokeRole", from, contract: act.contract, account };
    }
    case "anchor": {
      const from = officialOf(act.by, cast);
      const value = toBeHex(act.value, 32);
      if (act.what === "list") return { name: "anchorRevocationList", from, hash: value };
      if (act.what === "certificate") return { name: "revokeCertificate", from, fingerprint: value };
      return { name: "anchorAuthority", from, abePublicKeyHash: value, caFingerprint: toBeHex(1, 32) };
    }
    case "deal": {
      const { threshold, flaw } = act;
      const indexKey = flaw === "point" ? point(1).slice(0, -2) : point(1 + act.key);
      const gates = act.gates.map((place) => cast.gates[place] ?? cast.authority);
      const first = flaw === "commitments" ? point(77) : indexKey;
      const commitments = concat([
        first,
        ...Array.from({ length: Math.max(threshold, 1) - 1 }, (_, i) => point(60 + i)),
      ]);
      const shares = gates.map((gate) => keccak256(toUtf8Bytes(gate)));
      const sealedShares = flaw === "shares" ? [...shares.slice(1), "0x"] : shares;
      const from = person(act.by);
      const generation = Math.max(0, scene.model.keys.dueOf(from, indexKey) + act.generationOff);
      return { name: "deal", from, indexKey, generation, threshold, gates, commitments, sealedShares };
    }
  }
}
