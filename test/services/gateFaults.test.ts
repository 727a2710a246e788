/** Three of five real gates open an index, whatever the other two are up to; with three at fault, each is named with what it did. */

import type { RequestListener } from "node:http";
import { expect } from "chai";
import { unhex } from "../../src/core/bytes.ts";
import type { Chain, Decided } from "../../src/ledger/index.ts";
import { checkReceipt } from "../../src/ledger/index.ts";
import type { Requester } from "../../src/roles/requester.ts";
import { askingOrder, type GateFailure } from "../../src/services/gateClient.ts";
import { expectCode } from "../expectCode.ts";
import { enrolPatient, issueAndPublish, theRequester, world } from "../world.ts";
import { type Cheat, cheating, type KillableGate, startKillableGate } from "./faultyGates.ts";
import { passOn, registerAs, type ServedGate, serveFront, serveOwnGates } from "./servedGates.ts";

type Fronted = ServedGate & { behave: (listener?: RequestListener) => void };

describe("services: faults among gates", () => {
  let chain: Chain;
  let close: () => Promise<void>;
  const fronts: (() => void)[] = [];
  /** In the order in which they are asked for this request: the first three at once. */
  let gates: Fronted[];
  let killable: KillableGate;
  let requester: Requester;
  let decided: Decided;
  let tag: Uint8Array;

  before(async () => {
    chain = (await world()).chains.shared;
    const served = await serveOwnGates(chain, 5);
    close = served.close;
    const fronted = await Promise.all(served.gates.map(putFrontBefore));
    for (const gate of fronted) await registerAs(chain, gate, gate.url);
    killable = await startKillableGate(chain);
    await registerAs(chain, killable, killable.url);
    const addresses = fronted.map(({ address }) => address);
    const { patient } = await enrolPatient({ gates: { shared: addresses } });
    await patient.gates.set("shared", { gates: addresses, threshold: 3 });
    const { ledgerRecordIds } = await issueAndPublish(patient);
    requester = await theRequester("role:researcher");
    ({ decided } = await requester.request("shared", ledgerRecordIds.shared));
    gates = askingOrder(unhex(decided.requestId), 5).map((place) => fronted[place]!);
    const released = await requester.release("shared", decided);
    expect(released.failures).to.deep.equal([]);
    tag = released.plaintext.tag;

    again = async (places) => {
      const replaced = addresses.map((address) => {
        const at = gates.findIndex((gate) => gate.address === address);
        return places.includes(at) ? killable.address : address;
      });
      await patient.gates.set("shared", { gates: replaced, threshold: 3 });
    };
  });
  /** Deals anew with the gate that can be killed in the place of the one that is asked at that turn, if any. */
  let again: (places: number[]) => Promise<void>;
  after(async () => {
    for (const end of fronts) end();
    await killable?.kill();
    await close?.();
  });
  beforeEach(() => {
    for (const gate of gates) gate.behave();
  });

  async function putFrontBefore(gate: ServedGate): Promise<Fronted> {
    const honest = passOn(gate.url);
    let behaviour = honest;
    const front = await serveFront((asked, answer) => behaviour(asked, answer));
    fronts.push(front.close);
    return {
      ...gate,
      url: front.url,
      behave: (listener = honest) => {
        behaviour = listener;
      },
    };
  }

  const shown = (failures: readonly GateFailure[]) =>
    failures.map(({ gate, code }) => [gates.findIndex(({ address }) => address === gate), code]).sort();
  const addressOf = (turn: number) => gates[turn]!.address;

  const dead: RequestListener = (asked) => asked.socket.destroy();
  const garbage: RequestListener = (_asked, answer) => void answer.end("<html>\u0000</html>");
  /** Takes the order and holds it: nothing comes for as long as the test runs. */
  const silent: RequestListener = () => undefined;
  const cutOff: RequestListener = (asked, answer) => {
    answer.writeHead(200, { "content-length": "1000" });
    answer.write('{"gate":', () => asked.socket.destroy());
  };

  const faults: [what: string, behaviours: RequestListener[], codes: [number, string][]][] = [
    ["one dead", [dead], [[0, "service-unreachable"]]],
    [
      "two dead",
      [dead, dead],
      [
        [0, "service-unreachable"],
        [1, "service-unreachable"],
      ],
    ],
    ["one that is slow: nobody waits for it", [silent], []],
    ["two that are slow: nobody waits for them", [silent, silent], []],
    [
      "two that speak garbage",
      [garbage, garbage],
      [
        [0, "service-answer-invalid"],
        [1, "service-answer-invalid"],
      ],
    ],
    ["one dead, one slow", [dead, silent], [[0, "service-unreachable"]]],
    ["one slow, one speaking garbage", [silent, garbage], [[1, "service-answer-invalid"]]],
    [
      "one cut off in its answer, one dead",
      [cutOff, dead],
      [
        [0, "service-unreachable"],
        [1, "service-unreachable"],
      ],
    ],
  ];
  for (const [what, behaviours, codes] of faults)
    it(`${what}: the others open it`, async () => {
      for (const [turn, listener] of behaviours.entries()) gates[turn]!.behave(listener);
      const released = await requester.release("shared", decided);
      expect(released.plaintext.tag).to.deep.equal(tag);
      expect(shown(released.failures)).to.deep.equal(codes);
      const good = gates.slice(behaviours.length).map(({ address }) => address);
      expect([...released.gates].sort()).to.deep.equal(good.slice(0, 3).sort());
      const receipts = await released.receipts;
      expect(receipts.good.map(({ gate }) => gate).sort()).to.deep.equal([...released.gates].sort());
      expect(receipts.failures).to.deep.equal([]);
    });

  const cheats: Record<string, [(other: ServedGate) => Cheat, code: string]> = {
    "a wrong partial": [
      ({ hpke }) => ({ partial: async (own) => ({ ...own, point: hpke.publicKey }) }),
      "proof-invalid",
    ],
    "a partial that is no point": [
      () => ({ partial: async (own) => ({ ...own, point: new Uint8Array(65).fill(4) }) }),
      "proof-invalid",
    ],
    "another gate's partial as its own": [
      (other) => ({ partial: async ({ index }, of) => ({ ...(await of(other)), index }) }),
      "proof-invalid",
    ],
    "another gate's partial as that gate's": [
      (other) => ({ partial: async (_own, of) => of(other) }),
      "seal-open-failed",
    ],
    "a partial of another generation": [
      () => ({ partial: async (own) => ({ ...own, generation: own.generation + 1n }) }),
      "version-moved",
    ],
  };
  for (const [what, [make, code]] of Object.entries(cheats))
    it(`one that gives ${what}: it is named, the others open it`, async () => {
      const [liar, other] = gates as [Fronted, Fronted];
      liar.behave(cheating(chain, liar, make(other)));
      const released = await requester.release("shared", decided);
      expect(released.plaintext.tag).to.deep.equal(tag);
      expect(shown(released.failures)).to.deep.equal([[0, code]]);
      expect(released.gates).not.to.include(liar.address);
    });

  const wrongProof: Cheat = {
    partial: async (own) => ({ ...own, proof: own.proof.map((byte) => byte ^ 1) }),
  };
  it("a lying proof of a true partial: harmless while all partials are true, and named as soon as one is not", async () => {
    const [first, second] = gates as [Fronted, Fronted];
    first.behave(cheating(chain, first, wrongProof));
    const released = await requester.release("shared", decided);
    expect(released.plaintext.tag).to.deep.equal(tag);
    expect(released.gates).to.include(first.address);
    second.behave(
      cheating(chain, second, { partial: async (own) => ({ ...own, point: second.hpke.publicKey }) }),
    );
    const told = await requester.release("shared", decided);
    expect(told.plaintext.tag).to.deep.equal(tag);
    expect(shown(told.failures)).to.deep.equal([
      [0, "proof-invalid"],
      [1, "proof-invalid"],
    ]);
  });

  const receipts: Record<string, Cheat["receipt"]> = {
    "no receipt": () => undefined,
    "a receipt that another gate signed": () => ({ time: 1, signature: `0x${"1b".repeat(65)}` }),
    "a receipt about another time": (own) => ({ ...own, time: own.time + 3600 }),
    "a receipt whose time is no number of seconds": (own) => ({ ...own, time: -1.5 }),
    "a receipt at the end of time": (own) => ({ ...own, time: "1e999" }),
  };
  for (const [what, receipt] of Object.entries(receipts))
    it(`one that gives ${what}: its partial serves, and it is named`, async () => {
      const liar = gates[0]!;
      liar.behave(cheating(chain, liar, { receipt: receipt! }));
      const released = await requester.release("shared", decided);
      expect(released.plaintext.tag).to.deep.equal(tag);
      expect(released.gates).to.include(liar.address);
      const { good, failures } = await released.receipts;
      expect(shown(failures)).to.deep.equal([[0, "receipt-invalid"]]);
      expect(good).to.have.length(2);
      for (const each of good) checkReceipt(chain, each);
    });

  it("more than n - t at fault: an error that names each, for people and for programs", async () => {
    const liar = gates[2]!;
    gates[0]!.behave(dead);
    gates[1]!.behave(garbage);
    liar.behave(cheating(chain, liar, { partial: async (own) => ({ ...own, point: liar.hpke.publicKey }) }));
    const error = await expectCode("threshold-not-met", () => requester.release("shared", decided));
    const { failures } = error.cause as { failures: GateFailure[] };
    expect(shown(failures)).to.deep.equal([
      [0, "service-unreachable"],
      [1, "service-answer-invalid"],
      [2, "proof-invalid"],
    ]);
    for (const turn of [0, 1, 2]) expect(error.message).to.contain(addressOf(turn));
    for (const turn of [3, 4]) expect(error.message).not.to.contain(addressOf(turn));
    expect(error.message).to.contain("Only 2 of the 3");
  });

  it("one killed in the middle of its answer, and one dead: the others open it", async () => {
    await again([0]);
    gates[1]!.behave(dead);
    const asked = requester.release("shared", decided);
    await killable.halfway();
    await killable.kill();
    const released = await asked;
    expect(released.plaintext.tag).to.deep.equal(tag);
    // A machine that is slow enough has asked the others and opened before it knew of both.
    const atFault = [addressOf(1), killable.address].map((gate) => [gate, "service-unreachable"]);
    expect(atFault).to.deep.include.members(released.failures.map(({ gate, code }) => [gate, code]));
    // Gone for good, it is one of the dead.
    gates[2]!.behave(dead);
    const error = await expectCode("threshold-not-met", () => requester.release("shared", decided));
    expect((error.cause as { failures: GateFailure[] }).failures).to.have.length(3);
  });
});
