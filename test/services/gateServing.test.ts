/** A gate as an HTTP service: its limits, what its operator sees, and how it ends. */
import { expect } from "chai";
import type { Block, BlockTag, Provider } from "ethers";
import { hex } from "../../src/core/bytes.ts";
import type { Chain, Decided } from "../../src/ledger/index.ts";
import { type GateServeOptions, type Served, serveGate } from "../../src/services/gateServer.ts";
import { Gate } from "../../src/services/index.ts";
import { OwnNode } from "../../src/services/ownNode.ts";
import { expectCode } from "../expectCode.ts";
import {
  enrolPatient,
  enrolRequester,
  issueAndPublish,
  mine,
  random32,
  theRequester,
  through,
  world,
} from "../world.ts";
import { askRelease, giveMoney, type OwnGate, orderOf, registerGate } from "./ownGates.ts";

describe("services: a gate over HTTP", () => {
  let chain: Chain;
  let keys: OwnGate;
  let decided: Decided;
  let others: Decided;
  let served: Served | undefined;

  /** Serves a gate of the seed, at a node that answers otherwise where `overrides` says so. */
  async function serve(
    options: GateServeOptions = {},
    overrides: Partial<Provider> = {},
    confirmations: number | "finalized" = 1,
  ): Promise<string> {
    const gate = await Gate.open(through(chain, overrides), keys.seed, confirmations);
    served = await serveGate(gate, { upkeep: false, ...options });
    return served.url;
  }

  async function health(url: string): Promise<{ status: number; body: Record<string, unknown> }> {
    const answer = await fetch(`${url}/health`);
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }

  before(async () => {
    const { chains, gates } = await world();
    chain = chains.storage;
    keys = await registerGate(chain);
    const { patient } = await enrolPatient({
      gates: { storage: [keys.address, ...gates.storage.slice(0, 2)] },
    });
    const { ledgerRecordIds } = await issueAndPublish(patient);
    ({ decided } = await (await theRequester("role:doctor")).request("storage", ledgerRecordIds.storage));
    const other = await enrolRequester(["role:doctor"]);
    ({ decided: others } = await other.request("storage", ledgerRecordIds.storage));
    await mine(chain);
  });
  afterEach(async () => {
    await served?.close();
    served = undefined;
  });

  it("one requester's allowance is counted for each client address: a stranger elsewhere can't use it up", async () => {
    const url = await serve({ releasesPerMinute: 2 });
    for (let i = 0; i < 2; i++) expect((await askRelease(url, orderOf(decided))).status).to.equal(200);
    const flood = await askRelease(url, orderOf(decided));
    expect([flood.status, flood.body.code]).to.deep.equal([429, "rate-limited"]);
    expect(Number(flood.headers["retry-after"])).to.be.within(1, 60);
    expect((await askRelease(url, orderOf(decided), "127.0.0.2")).status).to.equal(200);
    expect((await askRelease(url, orderOf(others))).status).to.equal(200);
  });

  it("whoever has one IPv6 address has its /64: it is one client address", async () => {
    const url = await serve({ releasesPerMinute: 2, trustedProxies: ["127.0.0.1"] });
    const askFrom = async (address: string) => {
      const headers = { "content-type": "application/json", "x-forwarded-for": address };
      const body = JSON.stringify(orderOf(decided));
      return (await fetch(`${url}/v1/releases`, { method: "POST", headers, body })).status;
    };
    expect(await askFrom("2001:db8:1:2::1")).to.equal(200);
    expect(await askFrom("2001:db8:1:2:3:4:5:6")).to.equal(200);
    expect(await askFrom("2001:db8:1:2:ffff::")).to.equal(429);
    expect(await askFrom("2001:db8:1:3::1")).to.equal(200);
  });

  it("an address's allowance counts whomever it asks for, and says when to come again", async () => {
    const url = await serve({ requestsPerMinute: 2 });
    for (const order of [decided, others])
      expect((await askRelease(url, orderOf(order))).status).to.equal(200);
    const flood = await askRelease(url, orderOf(decided));
    expect([flood.status, flood.body.code]).to.deep.equal([429, "rate-limited"]);
    expect(Number(flood.headers["retry-after"])).to.be.within(1, 60);
  });

  it("beyond the releases that it does at a time it says so, and the one under way is finished before it ends", async () => {
    let go: () => void = () => undefined;
    const going = new Promise<void>((resolve) => {
      go = resolve;
    });
    let asked: () => void = () => undefined;
    const reached = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const call: Provider["call"] = async (transaction) => {
      asked();
      await going;
      return chain.provider.call(transaction);
    };
    const url = await serve({ releasesAtOnce: 1 }, { call });
    const first = askRelease(url, orderOf(decided));
    await reached;
    const second = await askRelease(url, orderOf(others));
    expect([second.status, second.body.code]).to.deep.equal([503, "service-busy"]);
    expect(second.headers["retry-after"]).to.equal("1");
    const closing = served!.close();
    served = undefined;
    go();
    expect((await first).status).to.equal(200);
    await closing;
    const late = await askRelease(url, orderOf(decided)).catch((error: { code: string }) => error.code);
    expect(late).to.equal("ECONNREFUSED");
  });

  it("health says what block it goes by, and warns of an account without money", async () => {
    const url = await serve();
    const { status, body } = await health(url);
    expect(status).to.equal(200);
    expect(body).to.include({ ok: true });
    expect(Number(body.head) - Number(body.block)).to.equal(1);
    expect(body.headAgeSeconds).to.be.within(0, 30);
    expect(body.warnings).to.deep.equal([
      `Account ${keys.address} has no money for gas: receipts and complaints stay off the chain.`,
    ]);
    await giveMoney(chain, keys.address);
    expect((await health(url)).body.warnings).to.deep.equal([]);
  });

  const head = async (tag: BlockTag, changes: Partial<Block>) =>
    Object.create(
      (await chain.provider.getBlock(tag))!,
      Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, { value }])),
    ) as Block;
  const now = () => Math.floor(Date.now() / 1000);
  const send = (method: string, answer: unknown) => ({
    send: (asked: string, params: unknown[]) =>
      asked === method
        ? Promise.resolve(answer)
        : (chain.provider as unknown as { send: (m: string, p: unknown[]) => unknown }).send(asked, params),
  });
  const refused = Object.assign(new Error("could not coalesce error"), { code: "UNKNOWN_ERROR" });
  const nodes: Record<string, [overrides: object, code: string, confirmations?: "finalized"]> = {
    "whose head is old": [
      { getBlock: (tag: BlockTag) => head(tag, { timestamp: now() - 40 }) },
      "node-behind",
    ],
    "whose clock, or this machine's, is off": [
      { getBlock: (tag: BlockTag) => head(tag, { timestamp: now() + 40 }) },
      "node-behind",
    ],
    "that is gone": [{ getBlock: () => Promise.reject(new Error("gone")) }, "chain-unreachable"],
    "on another chain": [send("eth_chainId", "0x1"), "chain-mismatch"],
    "without the contracts": [{ getCode: async () => "0x" }, "contract-missing"],
    "whose engine knows no finalized block": [
      {
        getBlock: (tag: BlockTag) =>
          tag === "finalized" ? Promise.reject(refused) : chain.provider.getBlock(tag),
      },
      "finality-unknown",
      "finalized",
    ],
  };
  for (const [what, [overrides, code, confirmations]] of Object.entries(nodes))
    it(`with a node ${what} it is unhealthy and releases nothing, and says why`, async () => {
      const url = await serve({}, overrides, confirmations);
      const { status, body } = await health(url);
      expect(status).to.equal(503);
      expect(body.ok).to.equal(false);
      expect((body.reasons as { code: string }[]).map((reason) => reason.code)).to.deep.equal([code]);
      const release = await askRelease(url, orderOf(decided));
      expect([release.status, release.body.code]).to.deep.equal([503, code]);
    });

  it("notices a node that was replaced while it runs", async () => {
    let chainId = chain.chainId;
    const provider = chain.provider as unknown as { send: (m: string, p: unknown[]) => Promise<unknown> };
    const changing = {
      send: (method: string, params: unknown[]) =>
        method === "eth_chainId" ? Promise.resolve(chainId) : provider.send(method, params),
    };
    const node = new OwnNode(through(chain, changing as Partial<Provider>), 0);
    await node.demandRight();
    chainId = 1;
    await expectCode("chain-mismatch", () => node.demandRight());
    chainId = chain.chainId;
    await node.demandRight();
  });

  it("counts what it did for Prometheus", async () => {
    const url = await serve({ processMetrics: true });
    await askRelease(url, orderOf(decided));
    await askRelease(url, orderOf(decided));
    await askRelease(url, { ...orderOf(decided), nonce: random32() });
    const answer = await fetch(`${url}/metrics`);
    expect(answer.headers.get("content-type")).to.contain("text/plain");
    const lines = (await answer.text()).split("\n");
    for (const line of [
      'diptych_gate_releases_total{outcome="released"} 2',
      'diptych_gate_releases_total{outcome="not-releasable"} 1',
      "diptych_gate_release_seconds_count 3",
      "diptych_gate_releases_under_way 0",
      "diptych_gate_block_lag 1",
      "diptych_gate_shares_ready 1",
      "diptych_gate_receipts_held 1",
      "diptych_gate_receipts_pending 1",
      "diptych_gate_complaints 0",
    ])
      expect(lines).to.include(line);
    const age = lines.find((line) => line.startsWith("diptych_gate_head_age_seconds"))!;
    expect(Number(age.split(" ")[1])).to.be.within(-1, 30);
    expect(lines.some((line) => line.startsWith("process_resident_memory_bytes"))).to.equal(true);
  });

  it("logs each release as a line of JSON, without secrets and clients' addresses", async () => {
    const lines: string[] = [];
    const url = await serve({ log: { stream: { write: (line) => lines.push(line) } } });
    const { body } = await askRelease(url, orderOf(decided), "127.0.0.3");
    await askRelease(url, { ...orderOf(decided), nonce: random32() });
    const { seed, hpke, wallet } = keys;
    const log = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const outcomes = log.filter(({ msg }) => msg === "release").map(({ outcome }) => outcome);
    expect(outcomes).to.deep.equal(["released", "not-releasable"]);
    expect(log.find(({ outcome }) => outcome === "released")).to.include({ requestId: decided.requestId });
    const secrets = [hex(seed), wallet.privateKey, hex(hpke.privateKey), String(body.sealed), "127.0.0.3"];
    for (const secret of secrets) expect(lines.join("")).not.to.contain(secret.replace(/^0x/, ""));
  });

  it("describes itself: every route, and what a missing receipt means", async () => {
    const url = await serve();
    const document = (await (await fetch(`${url}/openapi.json`)).json()) as Record<string, never>;
    expect(Object.keys(document.paths!).sort()).to.deep.equal([
      "/health",
      "/metrics",
      "/v1/complaints",
      "/v1/gate",
      "/v1/receipts",
      "/v1/releases",
    ]);
    const receipts = JSON.stringify(document.paths!["/v1/receipts"]);
    expect(receipts).to.contain("A receipt proves a release; its absence proves nothing");
    expect(receipts).to.contain("once it was started anew, those from before are gone");
    expect(JSON.stringify(document.info)).to.contain("at whoever's asking; its absence proves nothing");
    const about = await (await fetch(`${url}/v1/gate`)).json();
    expect(about).to.deep.include({
      address: keys.address,
      accounts: [{ address: keys.address, hpkeKey: hex(keys.hpke.publicKey) }],
      chainId: chain.chainId,
      keyRegistry: chain.keyRegistry,
    });
  });

  it("many releases at once share what they look up; whether each is releasable is asked for each, at both blocks", async () => {
    let blocks = 0;
    const calls: string[] = [];
    const counted: Partial<Provider> = {
      getBlock: (tag) => {
        blocks += 1;
        return chain.provider.getBlock(tag as BlockTag);
      },
      call: (transaction) => {
        calls.push(String(transaction.data).slice(0, 10));
        return chain.provider.call(transaction);
      },
    };
    const gate = await Gate.open(through(chain, counted), keys.seed, 1);
    await gate.release(orderOf(decided));
    [blocks, calls.length] = [0, 0];
    await Promise.all(Array.from({ length: 20 }, () => gate.release(orderOf(decided))));
    expect(blocks).to.be.lessThan(12);
    const [status] = [...new Set(calls)].filter(
      (selector) => calls.filter((each) => each === selector).length === 40,
    );
    expect(status).to.be.a("string");
    // The record and its key set, if a block came in between.
    expect(calls.length - 40).to.be.lessThan(5);
  });
});
