/** A plain model of what KeyRegistry does about key sets, with gates that stay. */
import { dataLength, dataSlice, keccak256 } from "ethers";
import { keySetOf } from "../fixture.ts";
import {
  type Answer,
  type Cast,
  type Deal,
  type Hex,
  type Plain,
  type Verdict,
  ZERO_ADDRESS,
} from "./calls.ts";
import { happen, refuse, settle, when, whole } from "./verdicts.ts";

const POINT_SIZE = 65;

const arePoints = (points: Hex, count: number) =>
  dataLength(points) === POINT_SIZE * count &&
  Array.from({ length: count }, (_, i) => dataSlice(points, POINT_SIZE * i, POINT_SIZE * i + 1)).every(
    (first) => first === "0x04",
  );

export class KeysModel {
  readonly keySets = new Map<Hex, { generation: number; deal: Deal }>();
  protected readonly gates: ReadonlySet<string>;

  constructor(cast: Cast) {
    this.gates = new Set(cast.gates);
  }

  /** The generation that the next deal of a key must be. */
  dueOf(dealer: string, indexKey: Hex): number {
    return (this.keySets.get(keySetOf(dealer, keccak256(indexKey)))?.generation ?? 0) + 1;
  }

  deal(call: Deal): Verdict {
    const { from, indexKey, generation, threshold, gates, commitments, sealedShares } = call;
    const n = gates.length;
    const sizes = sealedShares.map(dataLength);
    const cut = sizes.length !== n || sizes.some((size) => size < 1 || size > 512);
    const strangers = gates.filter((gate) => !this.gates.has(gate));
    const twice = gates.filter((gate, i) => gates.indexOf(gate) < i);
    const malformed = !arePoints(indexKey, 1) || !arePoints(commitments, threshold);
    const mismatch =
      dataLength(commitments) >= POINT_SIZE && dataSlice(commitments, 0, POINT_SIZE) !== indexKey;
    const keySet = keySetOf(from, keccak256(indexKey));
    const due = this.dueOf(from, indexKey);
    const refusals = [
      ...when(generation !== due, "KeyRegistryGenerationMismatch", {
        due: whole(due),
        given: whole(generation),
      }),
      ...when(threshold < 1 || threshold > n || n > 31, "KeyRegistryThresholdInvalid", {
        threshold: whole(threshold),
        n: whole(n),
      }),
      ...when(malformed, "KeyRegistryPointMalformed"),
      ...when(mismatch, "KeyRegistryCommitmentMismatch"),
      ...strangers.map((gate) => refuse("KeyRegistryGateUnknown", { gate })),
      ...twice.map((gate) => refuse("KeyRegistryGateTwice", { gate })),
      ...when(cut, "KeyRegistrySharesMalformed"),
    ];
    return settle(refusals, () => {
      this.keySets.set(keySet, { generation, deal: call });
      const numbers = { generation: whole(generation), threshold: whole(threshold), n: whole(n) };
      return [happen("KeySetDealt", { keySet, dealer: from, ...numbers })];
    });
  }

  dealerOf(keySet: Hex): Plain {
    return this.keySets.get(keySet)?.deal.from ?? ZERO_ADDRESS;
  }

  keySetOf(id: Hex): Answer {
    const found = this.keySets.get(id);
    if (found === undefined) return { refused: refuse("KeyRegistryKeySetUnknown", { keySet: id }) };
    const { from: dealer, threshold, indexKey, gates, commitments, sealedShares } = found.deal;
    const numbers = { generation: whole(found.generation), threshold: whole(threshold) };
    return { value: { dealer, ...numbers, indexKey, gates, commitments, sealedShares } };
  }
}
