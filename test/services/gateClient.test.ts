/** A requester before gates that fall silent, fail or lie: any two good ones of three are enough, the others are named. */
import { expect } from "chai";
import { unhex } from "../../src/core/bytes.ts";
import type { Chain, Decided } from "../../src/ledger/index.ts";
import type { Requester } from "../../src/roles/requester.ts";
import { askingOrder } from "../../src/services/gateClient.ts";
import { expectCode } from "../expectCode.ts";
import { enrolPatient, issueAndPublish, type Owner, theRequester, world } from "../world.ts";
import {
  type Behaviour,
  dead,
  endless,
  firstThenOthers,
  honest,
  lying,
  type OddGate,
  oldGeneration,
  otherPlace,
  refuses,
  says,
  slow,
  startOddGates,
} from "./gates.ts";

describe("services: opening an index with t of n gates", () => {
  let chain: Chain;
  let gates: OddGate[];
  let close: () => void;
  let owner: Owner;
  let requester: Requester;
  let decided: Decided;
  let tag: Uint8Array;

  before(async () => {
    chain = (await world()).chains.shared;
    ({ gates, close } = await startOddGates(chain));
    owner = await enrolPatient({ gates: { shared: gates.map((gate) => gate.address) } });
    const { ledgerRecordIds } = await issueAndPublish(owner.patient);
    requester = await theRequester("role:researcher");
    // Which gates are asked first depends on the request: the first, which misbehaves, always is.
    do ({ decided } = await requester.request("shared", ledgerRecordIds.shared));
    while (askingOrder(unhex(decided.requestId), 3)[0] !== 0);
    tag = (await requester.release("shared", decided)).plaintext.tag;
  });
  after(() => close?.());

  const named = (failures: readonly { gate: string; code: string }[]) =>
    failures.map(({ gate, code }) => [gates.findIndex((each) => each.address === gate) + 1, code]);

  const bad: Record<string, [Behaviour, code: string]> = {
    dead: [dead, "service-unreachable"],
    "speaking HTML": [says("<html>"), "service-answer-invalid"],
    "speaking other JSON": [says("[]"), "service-answer-invalid"],
    "leaving out the release": [says("{}"), "service-answer-invalid"],
    "giving hex that is none": [says('{"encHash":"zz","sealed":"0x"}'), "bytes-invalid"],
    "giving an unsealed answer": [
      async (order, gate, answer) => {
        const { sealed: _, ...rest } = await gate.gate.release(order);
        answer.end(JSON.stringify({ ...rest, sealed: "0x00" }));
      },
      "seal-open-failed",
    ],
    "speaking without end": [endless, "service-answer-invalid"],
    "failing inside": [refuses(500, "service-failed"), "service-refused"],
    "refusing what is granted": [refuses(403, "not-releasable"), "not-releasable"],
    "lying with a wrong partial": [lying, "proof-invalid"],
    "using another generation": [oldGeneration, "version-moved"],
    "claiming another's place": [otherPlace, "seal-open-failed"],
  };
  for (const [what, [behaviour, code]] of Object.entries(bad))
    it(`one gate ${what}: opened by the others, and it is named`, async () => {
      firstThenOthers(gates, behaviour);
      const released = await requester.release("shared", decided);
      expect(released.plaintext.tag).to.deep.equal(tag);
      expect(named(released.failures)).to.deep.equal([[1, code]]);
      expect([...released.gates].sort()).to.deep.equal([gates[1]!.address, gates[2]!.address].sort());
    });

  it("one gate that never answers: nobody waits for it", async () => {
    for (const gate of gates) gate.behaviour = honest;
    gates[1]!.behaviour = slow;
    const released = await requester.release("shared", decided);
    expect(released.failures).to.deep.equal([]);
    expect([...released.gates].sort()).to.deep.equal([gates[0]!.address, gates[2]!.address].sort());
  });

  const hopeless: Record<string, [Behaviour, Behaviour]> = {
    "two dead": [dead, dead],
    "one dead, one lying": [dead, lying],
    "one lying, one speaking garbage": [lying, says("no")],
    "two lying": [lying, lying],
  };
  for (const [what, behaviours] of Object.entries(hopeless))
    it(`${what}: too few, and both are named`, async () => {
      for (const [i, gate] of gates.entries()) gate.behaviour = behaviours[i] ?? honest;
      const error = await expectCode("threshold-not-met", () => requester.release("shared", decided));
      expect(error.message).to.contain("Only 1 of the 2");
      expect(error.message).to.contain(gates[0]!.address).and.contain(gates[1]!.address);
      expect(error.message).not.to.contain(gates[2]!.address);
    });

  it("when so many refuse that the rest can't open it, that is the answer", async () => {
    for (const gate of gates) gate.behaviour = refuses(403, "not-releasable");
    gates[2]!.behaviour = honest;
    await expectCode("not-releasable", () => requester.release("shared", decided));
  });

  it("asks again when gates wait for their node", async () => {
    let refusals = 0;
    firstThenOthers(gates, dead);
    gates[2]!.behaviour = async (order, gate, answer) => {
      if (refusals++ === 0) await refuses(503, "node-behind")(order, gate, answer);
      else await honest(order, gate, answer);
    };
    const released = await requester.release("shared", decided);
    expect(refusals).to.equal(2);
    expect(named(released.failures)).to.deep.equal([[1, "service-unreachable"]]);
  });

  it("asks again when the gates have released another version", async () => {
    let answers = 0;
    for (const gate of gates)
      gate.behaviour = async (order, own, answer) => {
        const good = await own.gate.release(order);
        const other = answers++ < 3 ? { ...good, encHash: `0x${"00".repeat(32)}` } : good;
        answer.end(JSON.stringify(other));
      };
    expect((await requester.release("shared", decided)).plaintext.tag).to.deep.equal(tag);
    expect(answers).to.be.at.least(5);
  });

  it("after a new dealing the gates serve with their new shares", async () => {
    for (const gate of gates) gate.behaviour = honest;
    const addresses = gates.map((gate) => gate.address);
    await owner.patient.gates.set("shared", { gates: [...addresses].reverse(), threshold: 3 });
    const released = await requester.release("shared", decided);
    expect(released.plaintext.tag).to.deep.equal(tag);
    expect([...released.gates].sort()).to.deep.equal([...addresses].sort());
  });

  it("a caller's signal ends it", async () => {
    for (const gate of gates) gate.behaviour = slow;
    const stop = new AbortController();
    const asked = requester.release("shared", decided, { signal: stop.signal }).then(
      () => undefined,
      (error: unknown) => error,
    );
    stop.abort(new Error("the caller's reason"));
    expect(await asked).to.have.property("message", "the caller's reason");
  });
});
