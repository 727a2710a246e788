/** `diptych up` as people use it: it runs, heals, is stopped, is killed, and starts again in the same home. */
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { expect } from "chai";
import { JsonRpcProvider, Wallet } from "ethers";
import { type RotateOptions, rotateGate } from "../../src/cli/gate/rotating.ts";
import { showGates } from "../../src/cli/gate/status.ts";
import type { PageConfig } from "../../src/cli/up/pageConfig.ts";
import { AuthorityDeskClient } from "../../src/services/index.ts";
import { expectCode } from "../expectCode.ts";
import { act } from "./acting.ts";
import { scratch } from "./run.ts";
import { diptych, isAlive, Running, untilGone } from "./running.ts";

type Finding = { what: string; ok: boolean; code?: string };
type Listed = { name: string; pid: number; state: string; url?: string };

describe("cli: diptych up", function () {
  this.timeout(240_000);
  const folder = scratch();
  const home = join(folder, "home");
  const at = (...args: string[]) => diptych("--home", home, ...args);
  const listed = () => JSON.parse(readFileSync(join(home, "run", "up.json"), "utf8")) as Listed[];
  let world: Running;
  let pids: number[] = [];
  const extra = Wallet.createRandom().address;

  before(async () => {
    world = new Running("--home", home, "up", "--ports", "0", "--gates", "2", "--officer", extra);
    await world.event(({ event }) => event === "ready");
    pids = listed().map(({ pid }) => pid);
  });
  after(() => world.end("SIGKILL"));

  it("starts chains and services, all of which answer", async () => {
    expect(listed().map(({ name }) => name)).to.have.members([
      "chains",
      "gateway",
      "authority",
      "relayer",
      "page",
      "gate-storage-1",
      "gate-storage-2",
      "gate-shared-1",
      "gate-shared-2",
    ]);
    const { status, json } = await at("config", "check");
    const findings = json.findings as Finding[];
    expect(findings.filter(({ ok }) => !ok)).to.deep.equal([]);
    expect([status, json.ok, findings.length]).to.deep.equal([0, true, 11]);
    for (const { url } of listed())
      if (url !== undefined) expect(url).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it("serves the page, which its services and nodes answer, and whose try-it officer may decide", async () => {
    const { page, config } = await world.event(({ event }) => event === "ready");
    expect(listed().find(({ name }) => name === "page")!.url).to.equal(page);
    expect(await (await fetch(String(page))).text()).to.contain("<title>Diptych</title>");
    const told = (await (await fetch(`${page}/diptych.json`)).json()) as PageConfig;
    const { officers, authorityName, ...rest } = told;
    expect(rest).to.deep.equal(config);
    const connect = /connect-src ([^;]+)/.exec(
      (await fetch(String(page))).headers.get("content-security-policy")!,
    );
    const services = listed().flatMap(({ name, url }) => (name === "page" || url === undefined ? [] : [url]));
    const { storage, shared } = told.chains;
    expect(connect![1]!.split(" ")).to.have.members(["'self'", ...services, storage.rpc, shared.rpc]);

    for (const side of ["storage", "shared"] as const) {
      const { rpc } = told.chains[side];
      const node = new JsonRpcProvider(rpc, undefined, { staticNetwork: true, cacheTimeout: -1 });
      try {
        const [officer, rich] = [await node.getSigner(3), await node.getSigner(4)];
        expect(officers).to.deep.equal([officer.address, extra]);
        const chain = { side, ...told.chains[side] };
        const desk = await AuthorityDeskClient.open({
          ...{ url: told.authority!, signer: officer, chain, authority: authorityName },
        });
        expect(await desk.requests()).to.deep.equal([]);
        await desk.close();
        // What a page of any origin may do with a node's own account.
        const to = Wallet.createRandom().address;
        const sent = await fetch(rpc, {
          method: "POST",
          headers: { "content-type": "application/json", origin: String(page) },
          body: JSON.stringify({
            ...{ jsonrpc: "2.0", id: 1, method: "eth_sendTransaction" },
            params: [{ from: rich.address, to, value: "0x1" }],
          }),
        });
        expect(sent.headers.get("access-control-allow-origin")).to.equal("*");
        await node.waitForTransaction(String((await sent.json()).result));
        expect(await node.getBalance(to)).to.equal(1n);
      } finally {
        node.destroy();
      }
    }
  });

  it("is the only one in its home", async () => {
    const { status, json } = await at("up", "--ports", "0", "--no-services");
    expect([status, (json.error as Finding).code]).to.deep.equal([7, "home-locked"]);
  });

  it("finds a taken port before it starts anything", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const other = await diptych(
      "--home",
      join(folder, "third"),
      "up",
      "--ports",
      String(port),
      "--no-services",
    );
    server.close();
    const { code, message } = other.json.error as { code: string; message: string };
    expect([other.status, code]).to.deep.equal([6, "start-failed"]);
    expect(message).to.contain(String(port)).and.contain("--ports");
    expect(other.stderr).to.not.contain("starting");
  });

  it("stopped while it starts, it ends at once and leaves nothing", async () => {
    const early = join(folder, "early");
    const world = new Running("--home", early, "up", "--ports", "0");
    while (!existsSync(join(early, "run", "chains.log")))
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await world.end("SIGINT")).to.equal(0);
    expect(world.events).to.deep.equal([
      { event: "process", name: "chains", state: "ended", restarts: 0, pid: world.events[0]!.pid },
      { event: "stopped" },
    ]);
    expect(isAlive(Number(world.events[0]!.pid))).to.equal(false);
    expect(existsSync(join(early, "config.json"))).to.equal(false);
  });

  it("starts a killed gate again, where it was", async () => {
    const gate = listed().find(({ name }) => name === "gate-shared-1")!;
    process.kill(gate.pid, "SIGKILL");
    const again = await world.event(
      ({ name, state, restarts }) => name === gate.name && state === "running" && restarts === 1,
    );
    expect(again.pid).to.not.equal(gate.pid);
    expect(again.url).to.equal(gate.url);
    const { status, json } = await at("gate", "status");
    expect([status, json.ok, (json.gates as unknown[]).length]).to.deep.equal([0, true, 4]);
    pids = listed().map(({ pid }) => pid);
  });

  it("tells which services don't answer, and their class", async () => {
    const config = JSON.parse(readFileSync(join(home, "config.json"), "utf8"));
    const elsewhere = join(folder, "elsewhere.json");
    config.gateway = "http://user:secret@127.0.0.1:1";
    config.chains.shared.genesisHash = `0x${"00".repeat(32)}`;
    writeFileSync(elsewhere, JSON.stringify(config));
    const { status, json, stderr } = await at("config", "check", elsewhere);
    const bad = (json.findings as Finding[]).filter(({ ok }) => !ok);
    expect(bad.map(({ code }) => code)).to.deep.equal(["chain-mismatch", "service-unreachable"]);
    expect(status).to.equal(6);
    expect(JSON.stringify(json) + stderr).to.not.contain("secret");
  });

  it("a second home connects to the same chains, and not to others", async () => {
    const other = join(folder, "other");
    const { local: _, ...elsewhere } = JSON.parse(readFileSync(join(home, "config.json"), "utf8"));
    writeFileSync(join(folder, "remote.json"), JSON.stringify(elsewhere));
    const connected = await diptych("--home", other, "connect", join(folder, "remote.json"));
    expect(connected.status).to.equal(0);
    const up = await diptych("--home", other, "up", "--ports", "0");
    expect([up.status, (up.json.error as Finding).code]).to.deep.equal([7, "home-mismatch"]);
    const config = JSON.parse(readFileSync(join(home, "config.json"), "utf8"));
    config.chains.storage.ledger = config.chains.storage.keyRegistry;
    delete config.chains.storage.genesisHash;
    writeFileSync(join(folder, "moved.json"), JSON.stringify(config));
    const refused = await diptych("--home", other, "connect", join(folder, "moved.json"));
    expect([refused.status, (refused.json.error as Finding).code]).to.deep.equal([7, "home-mismatch"]);
  });

  it("a gate of one's own: runs, is registered, and changes its keys", async () => {
    const run = new Running("--home", home, "gate", "run", "--side", "shared", "--port", "0", "--register");
    const ready = await run.event(({ event }) => event === "ready");
    expect(ready).to.include({ side: "shared", registered: true, coming: false });
    const here = (work: Parameters<typeof act>[1]) => act(home, work);
    const status = () => here((context) => showGates(context, [String(ready.url)]));
    const rotate = (options: RotateOptions = {}) =>
      here((context) => rotateGate(context, { side: "shared", ...options }));
    const served = await status();
    expect([served.status, served.json.ok]).to.deep.equal([0, true]);
    await expectCode("home-locked", rotate);
    expect(await run.end("SIGINT")).to.equal(0);
    expect((await status()).status).to.equal(6);
    const coming = (await rotate()).json.coming as { address: string };
    expect(coming.address).to.not.equal(ready.address);
    const finished = await rotate({ finish: true });
    expect(finished.json).to.deep.equal({
      side: "shared",
      address: coming.address,
      erased: ready.address,
      keySetsLeft: 0,
    });
    await expectCode("usage", () => rotate({ finish: true }));
    const bad = join(folder, "seed");
    writeFileSync(bad, `${"ab".repeat(31)} not a seed`);
    const refused = await at("gate", "run", "--side", "shared", "--seed-file", bad);
    expect(refused.status).to.equal(2);
    expect(refused.stderr).to.not.contain("abab");
  });

  it("killed, it leaves no process behind; the next start says what is lost", async () => {
    expect(pids.every(isAlive)).to.equal(true);
    await world.end("SIGKILL");
    await untilGone(pids);
    // As if a patient had worked here.
    writeFileSync(join(home, "keys", "patient-anna.age"), "sealed");
    const next = new Running("--home", home, "up", "--ports", "0", "--no-services");
    const ready = await next.event(({ event }) => event === "ready");
    expect(ready.replayNeeded).to.equal(true);
    const { status, json } = await at("config", "check");
    const codes = (json.findings as Finding[]).flatMap(({ code }) => code ?? []);
    expect([status, codes]).to.deep.equal([7, ["home-mismatch", "home-mismatch"]]);
    const own = listed().map(({ pid }) => pid);
    expect(await next.end("SIGINT")).to.equal(0);
    expect(own.some(isAlive)).to.equal(false);
    expect(next.events.at(-1)).to.deep.equal({ event: "stopped" });
    expect(listed()).to.deep.equal([]);
  });
});
