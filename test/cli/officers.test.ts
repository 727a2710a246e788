/** The authority's desk over HTTP: officers with wallets read and decide, and nobody else does. */
import { expect } from "chai";
import { type HDNodeWallet, Wallet } from "ethers";
import { generateSigningKey } from "../../src/ces/index.ts";
import { DecisionBook } from "../../src/cli/authority/decisionBook.ts";
import { Desk } from "../../src/cli/authority/desk.ts";
import { DeskForOfficers } from "../../src/cli/authority/officersDesk.ts";
import { revocationEvidence } from "../../src/cli/authority/revocationRequest.ts";
import { authorityAccounts } from "../../src/cli/up/authorityProcess.ts";
import { exchangeJson } from "../../src/cloud/http.ts";
import { hex, unhex, utf8 } from "../../src/core/bytes.ts";
import { sha256 } from "../../src/core/hash.ts";
import {
  AttributeRegistry,
  applicationMessage,
  type Chain,
  type DecisionKind,
  type DeskDecisions,
  type DeskOrder,
  decisionMessages,
  type MessageKind,
  openDeskMessage,
  type Side,
  signMessage,
} from "../../src/ledger/index.ts";
import { fingerprintOf, requestCertificate } from "../../src/record/index.ts";
import { type KeyStore, memoryKeyStore } from "../../src/roles/keyStore.ts";
import { serveAuthority } from "../../src/services/authorityServer.ts";
import type { Served } from "../../src/services/httpServer.ts";
import {
  AuthorityClient,
  AuthorityDeskClient,
  type DeskRequest,
  Officers,
  type SignedDecision,
  type SignedSession,
} from "../../src/services/index.ts";
import { expectCode } from "../expectCode.ts";
import { random32, world } from "../world.ts";
import { entitledStore } from "./entitled.ts";

const name = "Example authority";
const now = () => Math.floor(Date.now() / 1000);
const nextYear = () => now() + 365 * 86_400;

describe("cli: officers at the authority's desk", function () {
  this.timeout(120_000);
  const officer = Wallet.createRandom();
  const stranger = Wallet.createRandom();
  const doctorKeys = generateSigningKey("p256");
  let chains: Record<Side, Chain>;
  let keyStore: KeyStore;
  let desk: Desk;
  let served: Served;
  let client: AuthorityClient;
  const open: Served[] = [];

  async function serve(store: KeyStore, authority = name): Promise<{ desk: Desk; served: Served }> {
    const options = {
      ...{ name: authority, keyStore: store, chains },
      accounts: await authorityAccounts(store),
    };
    const made = await Desk.open(options);
    const officers = new Officers({
      ...{ name: authority, chains, officers: [officer.address.toLowerCase()] },
      desk: await DeskForOfficers.open(options, made),
    });
    const running = await serveAuthority(made, { officers, requestsPerMinute: 10_000 });
    open.push(running);
    return { desk: made, served: running };
  }

  before(async () => {
    ({ chains } = await world());
    keyStore = await entitledStore();
    ({ desk, served } = await serve(keyStore));
    client = new AuthorityClient(served.url);
  });
  after(async () => {
    for (const each of open) await each.close();
    await desk.settled();
  });

  async function apply(...attributes: string[]): Promise<string> {
    const account = Wallet.createRandom();
    const message = {
      authority: name,
      attributes,
      evidence: "staff card 77",
      nonce: random32(),
      expiry: now() + 60,
    };
    const signature = await signMessage(account, applicationMessage, chains.shared, message);
    return client.apply({ ...message, side: "shared", account: account.address, signature });
  }
  const enrol = async (commonName: string, evidence = "diploma 12") =>
    client.enrol(await requestCertificate(await doctorKeys, { commonName }), evidence);

  const openDesk = (signer = officer, side: Side = "storage", url = served.url) =>
    AuthorityDeskClient.open({ url, signer, chain: chains[side], authority: name });
  const requestOf = async (at: AuthorityDeskClient, id: string): Promise<DeskRequest> =>
    (await at.requests("all")).find((each) => each.id === id)!;

  async function sign<What extends object>(
    kind: MessageKind<DeskOrder & What>,
    what: What,
    {
      side = "storage",
      signer = officer,
      ...changes
    }: Partial<SignedSession> & { signer?: HDNodeWallet } = {},
  ): Promise<SignedSession & What> {
    const message = { authority: name, nonce: random32(), expiry: now() + 600, ...what, ...changes };
    const signature = await signMessage(signer, kind, chains[side], message);
    return { ...message, side, officer: signer.address, signature };
  }
  const decision = async <K extends DecisionKind>(
    kind: K,
    what: DeskDecisions[K],
    changes: Parameters<typeof sign>[2] = {},
  ) =>
    ({
      kind,
      ...(await sign(decisionMessages[kind] as MessageKind<DeskOrder>, what, changes)),
    }) as unknown as SignedDecision;

  const post = (path: string, body: unknown) =>
    exchangeJson({ service: "the authority", url: `${served.url}/v1/desk/${path}`, body });

  it("an officer reads what waits, on either chain, and approves it on both", async () => {
    const id = await apply("role:nurse", "level = 3");
    for (const side of ["storage", "shared"] as const) {
      const at = await openDesk(officer, side);
      expect(at.officer).to.equal(officer.address);
      expect(at.until - now()).to.be.within(700, 900);
      expect(await requestOf(at, id)).to.include({
        kind: "application",
        state: "pending",
        evidence: "staff card 77",
      });
    }
    const at = await openDesk();
    const request = await requestOf(at, id);
    if (request.kind !== "application") throw new Error("it is an application");
    const until = nextYear();
    const { transactions } = await at.approve(request, until);
    expect(transactions).to.have.length(2);
    for (const chain of Object.values(chains))
      expect(
        await new AttributeRegistry(chain).holds(request.account, ["role:nurse", "level = 3"]),
      ).to.deep.equal([true, true]);
    expect(await client.application(id)).to.deep.equal({ state: "approved", reason: "" });
    expect(await requestOf(at, id)).to.include({ state: "approved", decidedBy: officer.address });
    expect((await at.requests()).map((each) => each.id)).to.not.include(id);

    const mine = (await at.attestations()).find(
      ({ account }) => account.toLowerCase() === request.account.toLowerCase(),
    )!;
    expect(mine.attributes).to.have.deep.members([
      { text: "role:nurse", expiry: { storage: until, shared: until } },
      { text: "level = 3", expiry: { storage: until, shared: until } },
    ]);
    expect((await at.revokeAttributes(request.account, ["role:nurse"])).transactions).to.have.length(2);
    expect((await at.revokeAttributes(request.account, ["role:nurse"])).transactions).to.deep.equal([]);
    const [last] = await at.decisions();
    expect(last).to.include({ kind: "revoke-attributes", officer: officer.address, done: true });
  });

  it("certifies a doctor, refuses another, and ends a key at its holder's wish", async () => {
    const [id, bad] = [await enrol("Dr. Good"), await enrol("Dr. Bad")];
    const at = await openDesk();
    const until = nextYear();
    expect(await at.certify(await requestOf(at, id), until)).to.deep.equal({ transactions: [] });
    const { certificate } = await client.enrolment(id);
    const fingerprint = hex(fingerprintOf(certificate!));
    expect(await at.certificates()).to.deep.equal([
      {
        subject: "CN=Dr. Good",
        fingerprint,
        notAfter: until,
        issued: (await requestOf(at, id)).decided,
        revoked: false,
      },
    ]);
    await at.refuse(await requestOf(at, bad), "The diploma is another's.");
    expect((await client.enrolment(bad)).reason).to.equal("The diploma is another's.");

    const wish = await enrol("Dr. Good", revocationEvidence(fingerprint, "lost the laptop"));
    expect(await requestOf(at, wish)).to.include({
      kind: "revocation",
      fingerprint,
      evidence: "lost the laptop",
    });
    expect((await at.revokeCertificate(fingerprint)).transactions).to.have.length(2);
    expect((await at.certificates())[0]).to.include({ revoked: true });
    expect(await requestOf(at, wish)).to.include({ state: "approved", decidedBy: officer.address });
  });

  it("nobody reads without a session: no token, a made-up one, another authority's, one that was closed", async () => {
    await apply("role:secret");
    const elsewhere = await serve(memoryKeyStore());
    const foreign = await sign(openDeskMessage, {});
    const { token } = await exchangeJson({
      ...{ service: "another authority", url: `${elsewhere.served.url}/v1/desk/sessions` },
      body: foreign,
    });
    const mine = String((await post("sessions", await sign(openDeskMessage, {}))).token);
    const other = mine.endsWith("0") ? "1" : "0";
    const tokens = [
      undefined,
      "",
      "Bearer",
      `Bearer ${token}`,
      `Bearer 0x${"00".repeat(32)}`,
      mine,
      `Basic ${mine}`,
    ];
    tokens.push(`Bearer ${mine.slice(0, -1)}${other}`, `Bearer ${mine.slice(0, -2)}`);
    for (const path of [
      "requests",
      "requests?state=all",
      "requests?state=odd",
      "certificates",
      "attestations",
      "decisions",
    ])
      for (const authorization of tokens) {
        const response = await fetch(`${served.url}/v1/desk/${path}`, {
          headers: authorization === undefined ? {} : { authorization },
        });
        const text = await response.text();
        expect([response.status, JSON.parse(text).code], `${path} ${authorization}`).to.deep.equal([
          401,
          "session-ended",
        ]);
        expect(text).to.not.contain("staff card");
      }
    const good = await fetch(`${served.url}/v1/desk/requests`, {
      headers: { authorization: `Bearer ${mine}` },
    });
    expect(good.headers.get("cache-control")).to.equal("no-store");
    expect(await good.text()).to.contain("staff card");
    const at = await openDesk();
    await at.close();
    await expectCode("session-ended", () => at.requests());
    // Others' sessions go on.
    expect(
      (await fetch(`${served.url}/v1/desk/requests`, { headers: { authorization: `Bearer ${mine}` } }))
        .status,
    ).to.equal(200);
    // Public answers tell nothing of the evidence.
    const id = await apply("role:x");
    expect(await (await fetch(`${served.url}/v1/applications/${id}`)).text()).to.not.contain("card");
  });

  it("a session ends with the message that opened it", async () => {
    const { token } = await post("sessions", await sign(openDeskMessage, {}, { expiry: now() + 2 }));
    const read = async () =>
      (await fetch(`${served.url}/v1/desk/requests`, { headers: { authorization: `Bearer ${token}` } }))
        .status;
    expect(await read()).to.equal(200);
    let status = 200;
    while (status === 200) status = await read();
    expect(status).to.equal(401);
  });

  it("refuses to be opened by forged, foreign, stale and used messages, and by those who are no officers", async () => {
    await expectCode("not-officer", () => openDesk(stranger));
    const good = await sign(openDeskMessage, {});
    const approval = await decision("refuse", { request: "00".repeat(16), reason: "no" });
    const { kind: _, ...taken } = approval as SignedDecision & Record<string, unknown>;
    const bad: object[] = [
      { ...good, side: "shared" },
      { ...good, nonce: random32() },
      { ...good, expiry: good.expiry + 1 },
      { ...good, signature: `0x${"00".repeat(65)}` },
      // An officer's name over a stranger's signature.
      { ...(await sign(openDeskMessage, {}, { signer: stranger })), officer: officer.address },
      await sign(openDeskMessage, {}, { authority: "Another authority" }),
      await sign(openDeskMessage, {}, { expiry: now() - 1 }),
      await sign(openDeskMessage, {}, { expiry: now() + 1000 }),
      // A decision's signature opens nothing.
      { ...good, nonce: taken.nonce, expiry: taken.expiry, signature: taken.signature },
    ];
    for (const each of bad) await expectCode("signature-invalid", () => post("sessions", each));
    await post("sessions", good);
    await expectCode("signature-invalid", () => post("sessions", good));
  });

  it("refuses decisions that are replayed, changed, foreign, stale, or nobody's to make", async () => {
    const at = await openDesk();
    const id = await apply("role:pharmacist");
    const request = await requestOf(at, id);
    if (request.kind !== "application") throw new Error("it is an application");
    const { account, attributes } = request;
    const what = { request: id, account, attributes, until: nextYear() };
    const good = await decision("approve", what);
    await expectCode("not-officer", async () =>
      post("decisions", await decision("approve", what, { signer: stranger })),
    );
    const bad: object[] = [
      { ...good, until: what.until + 86_400 },
      { ...good, attributes: ["role:government"] },
      { ...good, account: stranger.address },
      { ...good, side: "shared" },
      { ...good, signature: `0x${"00".repeat(65)}` },
      { ...(await decision("approve", what, { signer: stranger })), officer: officer.address },
      await decision("approve", what, { authority: "Another authority" }),
      await decision("approve", what, { expiry: now() - 1 }),
      await decision("approve", what, { expiry: now() + 1000 }),
    ];
    for (const each of bad) await expectCode("signature-invalid", () => post("decisions", each));
    // What was signed isn't what lies on the desk.
    for (const change of [
      { account: stranger.address },
      { attributes: ["role:government"] },
      { attributes: [...attributes, "role:government"] },
      { request: "00".repeat(16) },
      { request: id.slice(0, 8) },
    ]) {
      const signed = await decision("approve", { ...what, ...change });
      if ("request" in change && change.request.length < 32)
        await expectCode("service-refused", () => post("decisions", signed));
      else await expectCode("application-unknown", () => post("decisions", signed));
    }
    await expectCode("service-refused", async () =>
      post("decisions", await decision("approve", { ...what, until: now() - 1 })),
    );
    expect((await requestOf(at, id)).state).to.equal("pending");
    expect(await new AttributeRegistry(chains.storage).holds(account, attributes)).to.deep.equal([false]);

    // Of two at once, one; and not again.
    const twice = await Promise.allSettled([post("decisions", good), post("decisions", good)]);
    expect(twice.map(({ status }) => status).sort()).to.deep.equal(["fulfilled", "rejected"]);
    await expectCode("signature-invalid", () => post("decisions", good));
    await expectCode("application-unknown", async () => post("decisions", await decision("approve", what)));
    await at.revokeAttributes(account, attributes);
    await expectCode("signature-invalid", () => post("decisions", good));
    expect(await new AttributeRegistry(chains.storage).holds(account, attributes)).to.deep.equal([false]);
  });

  it("a certificate is issued for just the key that the officer saw", async () => {
    const at = await openDesk();
    const id = await enrol("Dr. Swap");
    const { subject, requestHash } = (await requestOf(at, id)) as DeskRequest & { kind: "enrolment" };
    const { request } = desk.request(id) as { request?: string };
    expect(requestHash).to.equal(hex(sha256(unhex(request!))));
    for (const change of [{ subject: "CN=Dr. Other" }, { requestHash: random32() }])
      await expectCode("application-unknown", async () =>
        post(
          "decisions",
          await decision("certify", { request: id, subject, requestHash, until: nextYear(), ...change }),
        ),
      );
    expect((await client.enrolment(id)).certificate).to.equal(undefined);
  });

  it("keeps who decided, and which messages were used, through a restart", async () => {
    const id = await apply("role:clerk");
    const at = await openDesk();
    const session = await sign(openDeskMessage, {});
    await post("sessions", session);
    const refusal = await decision("refuse", { request: id, reason: "No such clinic." });
    await post("decisions", refusal);
    await desk.settled();
    const decisions = await at.decisions();
    expect(decisions[0]).to.deep.include({ ...refusal, done: true });

    const again = await serve(keyStore);
    const there = await openDesk(officer, "shared", again.served.url);
    expect(await there.decisions()).to.deep.equal(decisions);
    expect(await requestOf(there, id)).to.include({ decidedBy: officer.address, reason: "No such clinic." });
    for (const [path, body] of [
      ["sessions", session],
      ["decisions", refusal],
    ] as const)
      await expectCode("signature-invalid", () =>
        exchangeJson({ service: "the authority", url: `${again.served.url}/v1/desk/${path}`, body }),
      );
    // A token of before opens nothing.
    await expectCode("session-ended", async () => {
      const { token } = await post("sessions", await sign(openDeskMessage, {}));
      await exchangeJson({
        ...{ service: "the authority", url: `${again.served.url}/v1/desk/requests` },
        headers: { authorization: `Bearer ${token}` },
      });
    });
  });

  it("the book of decisions lets the oldest go, but none that could be used again", async () => {
    const store = await entitledStore();
    const book = await DecisionBook.open(store, 2);
    const order = async (expiry: number) => ({
      ...{ time: now(), done: true },
      opened: { ...(await sign(openDeskMessage, {})), expiry },
    });
    for (const expiry of [now() - 10, now() - 9, now() + 60, now() + 60]) await book.add(await order(expiry));
    const expiries = book.list().map((each) => ("opened" in each ? each.opened.expiry > now() : undefined));
    expect(expiries).to.deep.equal([true, true]);
    await book.add(await order(now() + 60));
    expect(book.list()).to.have.length(3);
    expect((await DecisionBook.open(store, 2)).list()).to.deep.equal(book.list());
    // What was dropped is gone from the store, too.
    expect(await store.get("authority/desk/0")).to.equal(undefined);
    expect(utf8(JSON.stringify(book.list()[0]))).to.deep.equal(await store.get("authority/desk/2"));
  });

  it("opening the desk again and again makes no decision forgotten", async () => {
    const store = await entitledStore();
    const book = await DecisionBook.open(store, 2);
    const expiry = now() - 10;
    const refused = { ...(await decision("refuse", { request: "ab", reason: "no" })), expiry };
    await book.add({ time: now(), done: true, decision: refused });
    for (let i = 0; i < 4; i++)
      await book.add({ time: now(), done: true, opened: { ...(await sign(openDeskMessage, {})), expiry } });
    const kept = (await DecisionBook.open(store, 2)).list();
    expect(kept).to.deep.equal(book.list());
    expect(kept.map((each) => "decision" in each)).to.deep.equal([true, false]);
  });

  it("pages of other origins may bear a session's token, and end it", async () => {
    const asked = await fetch(`${served.url}/v1/desk/sessions`, {
      method: "OPTIONS",
      headers: {
        ...{ origin: "https://page.example", "access-control-request-method": "DELETE" },
        "access-control-request-headers": "authorization",
      },
    });
    const { headers } = asked;
    expect([asked.status, headers.get("access-control-allow-origin")]).to.deep.equal([204, "*"]);
    expect(headers.get("access-control-allow-headers")).to.equal("content-type, authorization");
    expect(headers.get("access-control-allow-methods")).to.equal("GET, POST, DELETE");
    expect(headers.has("access-control-allow-credentials")).to.equal(false);
  });

  it("an authority without officers has no desk over HTTP", async () => {
    const { authorityUrl } = await world();
    const response = await fetch(`${authorityUrl}/v1/desk/requests`);
    expect(response.status).to.equal(404);
  });
});
