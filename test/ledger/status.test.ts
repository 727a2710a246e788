/** A request's status, which gates ask for by hand: the same as the contract's own, and nothing where the node says nothing. */
import { expect } from "chai";
import { id } from "ethers";
import { DiptychError } from "../../src/core/errors.ts";
import { type Chain, type Decided, IndexLedger } from "../../src/ledger/index.ts";
import { contractOf } from "../../src/ledger/ledgerContract.ts";
import { statuses } from "../../src/ledger/request.ts";
import { read } from "../../src/ledger/transactions.ts";
import { expectCode } from "../expectCode.ts";
import {
  enrolPatient,
  issueAndPublish,
  type Owner,
  random32,
  theRequester,
  through,
  world,
} from "../world.ts";

describe("ledger: a request's status", () => {
  let chain: Chain;
  let owner: Owner;
  let emrId: Uint8Array;
  let decided: Decided;

  before(async () => {
    chain = (await world()).chains.storage;
    owner = await enrolPatient();
    const published = await issueAndPublish(owner.patient);
    ({ emrId } = published);
    const requester = await theRequester("role:doctor");
    ({ decided } = await requester.request("storage", published.ledgerRecordIds.storage));
  });

  it("is what the contract says through its ABI, at every block", async () => {
    const ledger = new IndexLedger(chain);
    await owner.patient.close(emrId, ["full"]);
    const { requestId, block } = decided;
    const found: string[] = [];
    for (const at of [block - 1, block, undefined]) {
      const status = await ledger.status(requestId, at);
      const number = await read<bigint>(contractOf(chain), "status", [requestId], "tell", at);
      expect(status).to.equal(statuses[Number(number)]);
      expect(await ledger.status(`0x${requestId.slice(2).toUpperCase()}`, at)).to.equal(status);
      found.push(status);
    }
    expect(found).to.deep.equal(["unknown", "live", "closed"]);
    expect(await ledger.status(random32())).to.equal("unknown");
  });

  it("is refused for what is no request id, and never made up", async () => {
    const ledger = new IndexLedger(chain);
    for (const wrong of [
      "",
      "0x",
      decided.requestId.slice(2),
      `${decided.requestId}00`,
      `0x${"zz".repeat(32)}`,
    ])
      await expectCode("argument-invalid", () => ledger.status(wrong));
    const saying = (call: () => Promise<string>) =>
      new IndexLedger(through(chain, { call })).status(decided.requestId);
    for (const answer of ["0x", "0x01", `0x${"00".repeat(64)}`])
      await expectCode("transaction-reverted", () => saying(async () => answer));
    const refusing = (error: object) => () => Promise.reject(Object.assign(new Error("no"), error));
    await expectCode("chain-unreachable", () => saying(refusing({ code: "ECONNREFUSED" })));
    const data = `${id("IndexLedgerRecordUnknown(bytes32)").slice(0, 10)}${"00".repeat(32)}`;
    await expectCode("record-unknown", () => saying(refusing({ code: "CALL_EXCEPTION", data })));
    const own = new DiptychError("node-behind", "…");
    await expectCode("node-behind", () => saying(() => Promise.reject(own)));
  });
});
