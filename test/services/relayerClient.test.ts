/** A relayer's service, and the signer that patients give their acts to. */
import { type RequestListener, request } from "node:http";
import { expect } from "chai";
import { type JsonRpcProvider, Wallet } from "ethers";
import type { Side } from "../../src/ledger/chain.ts";
import { type Chain, IndexLedger } from "../../src/ledger/index.ts";
import { Patient } from "../../src/roles/index.ts";
import { RelayerSigner } from "../../src/services/index.ts";
import { expectCode } from "../expectCode.ts";
import {
  deadUrl,
  enrolPatient,
  issueAndPublish,
  nodeAccount,
  random32,
  sides,
  surroundings,
  through,
  world,
} from "../world.ts";
import { type OwnRelayer, orderOf, PennilessOwner, sentBy, serveOwnRelayer } from "./relaying.ts";
import { passOn, serveFront } from "./servedGates.ts";

describe("services: a relayer over HTTP", () => {
  let chains: Record<Side, Chain>;
  let chain: Chain;
  let own: OwnRelayer & { url: string };
  const lines: string[] = [];
  const closers: (() => unknown)[] = [];
  const serve = async (...options: Parameters<typeof serveOwnRelayer>) => {
    const made = await serveOwnRelayer(...options);
    closers.push(made.close);
    return made;
  };
  const front = async (listener: RequestListener) => {
    const made = await serveFront(listener);
    closers.push(made.close);
    return made.url;
  };
  const signerTo = (url: string, sighting = 600) => new RelayerSigner(url, chain, { sighting });
  const sendTo = (url: string, data: string) => signerTo(url).sendTransaction({ to: chain.ledger, data });

  before(async () => {
    ({ chains } = await world());
    chain = chains.shared;
    const log = { stream: { write: (line: string) => void lines.push(line) } };
    own = await serve({ serve: { log } });
  });
  after(() => Promise.all(closers.map((close) => close())));

  it("a patient stores, changes and blocks; the relayer pays, the owner only signs", async () => {
    const relayers = { storage: new RelayerSigner(own.url, chains.storage), shared: signerTo(own.url) };
    const { patient, keyStore } = await enrolPatient({ relayers });
    const held = () =>
      Promise.all(sides.map(async (side) => chains[side].provider.getBalance(await patient.address(side))));
    const before = await held();
    const { emrId, ledgerRecordIds } = await issueAndPublish(patient);
    await patient.change(emrId, { shared: [2, 3] });
    const { address } = Wallet.createRandom();
    await patient.block(emrId, address);
    expect(await held()).to.deep.equal(before);
    for (const side of sides) {
      const ledger = new IndexLedger(chains[side]);
      expect((await ledger.record(ledgerRecordIds[side])).owner).to.equal(await patient.address(side));
      expect(await ledger.isBlocked(ledgerRecordIds[side], address)).to.equal(true);
    }
    // The same patient in another program, without a relayer: pays itself.
    const alone = await Patient.open({ ...(await surroundings()), confirmations: 0, keyStore });
    await alone.restore();
    await alone.unblock(emrId, address);
    expect(await held()).to.not.deep.equal(before);
  });

  it("an answer that is lost on its way: the same act again, and one transaction", async () => {
    const honest = passOn(own.url);
    let lost = 0;
    const url = await front((asked, answer) => {
      if (asked.method !== "POST" || lost++ > 0) return honest(asked, answer);
      asked.pipe(
        request(`${own.url}${asked.url}`, { method: "POST", headers: asked.headers }, (given) => {
          given.resume();
          given.on("end", () => asked.socket.destroy());
        }),
      );
    });
    const before = await sentBy(own.wallets.shared.address);
    const sent = await sendTo(url, await new PennilessOwner(chain).publish());
    expect((await sent.wait())?.status).to.equal(1);
    expect(lost).to.equal(2);
    const after = await sentBy(own.wallets.shared.address);
    expect(after.map((count, i) => count - before[i]!)).to.deep.equal([0, 1]);
  });

  it("a relayer that is down: says what to do", async () => {
    const url = await deadUrl();
    const data = await new PennilessOwner(chain).publish();
    for (const act of [() => sendTo(url, data), () => signerTo(url).settle(Wallet.createRandom().address)]) {
      const refusal = await expectCode("service-unreachable", act);
      expect(refusal.message).to.contain("again later").and.contain("pay for it yourself");
    }
  });

  describe("a relayer that lies is found out on the ledger", () => {
    const answering = (answer: () => Promise<unknown>) =>
      front(async (_asked, reply) => {
        reply.setHeader("content-type", "application/json").end(JSON.stringify(await answer()));
      });
    const lies: [string, () => Promise<unknown>][] = [
      ["a hash that never comes", async () => ({ hash: random32() })],
      [
        "another transaction",
        async () => {
          const to = Wallet.createRandom().address;
          return { hash: (await (await nodeAccount(chain, 6)).sendTransaction({ to })).hash };
        },
      ],
      ["no hash", async () => ({ hash: "0xnothing" })],
      ["nothing", async () => ({})],
    ];
    for (const [what, answer] of lies)
      it(what, async () => {
        const url = await answering(answer);
        const data = await new PennilessOwner(chain).publish();
        const refusal = await expectCode("service-answer-invalid", () => sendTo(url, data));
        expect(refusal.message).to.contain("pay yourself");
      });

    it("the chains it serves", async () => {
      const about = { chains: { shared: { chainId: 1, ledger: chain.ledger, account: chain.ledger } } };
      const url = await answering(async () => about);
      await expectCode("chain-mismatch", () => signerTo(url).getAddress());
    });

    it("what is under way", async () => {
      const url = await answering(async () => ({ underWay: "nothing" }));
      await expectCode("service-answer-invalid", () => signerTo(url).settle(chain.ledger));
    });
  });

  it("settles once what it has under way for the owner is mined", async () => {
    const node = chain.provider as JsonRpcProvider;
    let deliver: () => void = () => undefined;
    const broadcastTransaction = (raw: string) => {
      deliver = () => void node.broadcastTransaction(raw);
      return Promise.reject(new Error("no answer"));
    };
    const slow = await serve({ at: { shared: through(chain, { broadcastTransaction }) } });
    const owner = new PennilessOwner(chain);
    const { hash } = await slow.relayer.relay(orderOf(chain, await owner.publish()));
    let settled = false;
    const settling = signerTo(slow.url)
      .settle(owner.wallet.address)
      .then(() => {
        settled = true;
      });
    await signerTo(slow.url).settle(Wallet.createRandom().address);
    expect(settled).to.equal(false);
    deliver();
    await settling;
    expect((await node.getTransactionReceipt(hash))?.status).to.equal(1);
  });

  it("is no signer for anything else", async () => {
    const signer = signerTo(own.url);
    expect(await signer.getAddress()).to.equal(own.wallets.shared.address);
    for (const act of [
      () => signer.signMessage(),
      () => signer.signTypedData(),
      () => signer.signTransaction(),
      () => signer.sendTransaction({ to: chain.keyRegistry, data: "0x1234" }),
    ])
      await expectCode("argument-invalid", act);
  });

  it("refusals come through as they are", async () => {
    const poor = await serve({ wallet: Wallet.createRandom() });
    const owner = new PennilessOwner(chain);
    const data = await owner.publish();
    await expectCode("relay-unaffordable", () => sendTo(poor.url, data));
    await expectCode("service-refused", () => sendTo(own.url, `${data}00`));
    const elsewhere = new RelayerSigner(own.url, { ...chain, chainId: 5 });
    await expectCode("chain-mismatch", () => elsewhere.getAddress());
    await expectCode("record-unknown", async () => sendTo(own.url, await owner.close()));
    const health = await fetch(`${poor.url}/health`);
    expect(health.status).to.equal(503);
    const { ok, reasons } = (await health.json()) as { ok: boolean; reasons: { code: string }[] };
    expect([ok, ...reasons.map(({ code }) => code)]).to.deep.equal([
      false,
      "relay-unaffordable",
      "relay-unaffordable",
    ]);
  });

  it("one address has so many acts a minute, good or bad", async () => {
    const strict = await serve({ serve: { relaysPerMinute: 2 } });
    const data = await new PennilessOwner(chain).publish();
    await expectCode("service-refused", () => sendTo(strict.url, "0x00"));
    await (await sendTo(strict.url, data)).wait();
    await expectCode("rate-limited", () => sendTo(strict.url, data));
  });

  it("tells how it stands, and its log names no owner, no act and no address", async () => {
    const owner = new PennilessOwner(chain);
    const data = await owner.publish();
    await (await sendTo(own.url, data)).wait();
    const health = await fetch(`${own.url}/health`);
    expect([health.status, ((await health.json()) as { ok: boolean }).ok]).to.deep.equal([200, true]);
    const metrics = await (await fetch(`${own.url}/metrics`)).text();
    expect(metrics).to.match(/diptych_relayer_relays_total\{side="shared",outcome="relayed"\} [1-9]/);
    expect(metrics).to.match(/diptych_relayer_gas_today\{side="shared"\} [1-9]/);
    const paths = ((await (await fetch(`${own.url}/openapi.json`)).json()) as { paths: object }).paths;
    expect(paths).to.include.all.keys("/v1/relays", "/v1/relayer", "/v1/relays/{side}/{owner}", "/health");
    const relays = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === "relay");
    expect(relays.at(-1)).to.include({ side: "shared", outcome: "relayed" });
    const said = JSON.stringify(relays).toLowerCase();
    for (const secret of [owner.wallet.address, data.slice(10, 80), "127.0.0.1"])
      expect(said).to.not.contain(secret.toLowerCase());
  });
});
