/** The authority's desk: what it keeps, what its people decide, and how their commands reach it. */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { request as ask } from "node:http";
import { join } from "node:path";
import { expect } from "chai";
import { BaseWallet, SigningKey, Wallet } from "ethers";
import { generateSigningKey } from "../../src/ces/index.ts";
import {
  anchor,
  approve,
  attest,
  certify,
  listCertificates,
  revoke,
  revokeCertificate,
  showAuthority,
} from "../../src/cli/authority/deciding.ts";
import { Desk } from "../../src/cli/authority/desk.ts";
import { letOperatorsIn, reachOperator } from "../../src/cli/authority/operating.ts";
import { ReviewBook } from "../../src/cli/authority/reviewBook.ts";
import { listRequests, refuse, showRequest } from "../../src/cli/authority/reviewing.ts";
import { revocationEvidence } from "../../src/cli/authority/revocationRequest.ts";
import { parseDuration } from "../../src/cli/frame/typed.ts";
import { Home } from "../../src/cli/home/home.ts";
import { authorityAccounts } from "../../src/cli/up/authorityProcess.ts";
import { hex, randomBytes } from "../../src/core/bytes.ts";
import { AttributeRegistry } from "../../src/ledger/index.ts";
import { applicationMessage, signMessage } from "../../src/ledger/typedData.ts";
import { checkCertificate, requestCertificate } from "../../src/record/index.ts";
import { type KeyStore, memoryKeyStore } from "../../src/roles/keyStore.ts";
import { AuthorityClient } from "../../src/services/authorityClient.ts";
import { serveAuthority } from "../../src/services/authorityServer.ts";
import type { SignedApplication } from "../../src/services/wire.ts";
import { expectCode } from "../expectCode.ts";
import { world } from "../world.ts";
import { act, makeHome } from "./acting.ts";
import { entitledStore } from "./entitled.ts";
import { scratch } from "./run.ts";

type Json = Record<string, unknown>;

const name = "Example authority";
const nextYear = () => Math.floor(Date.now() / 1000) + 365 * 86_400;

describe("cli: the authority's desk", function () {
  this.timeout(120_000);
  const folder = scratch();
  let keyStore: KeyStore;
  let desk: Desk;
  const doctorKeys = generateSigningKey("p256");
  const openDesk = async (store: KeyStore) =>
    Desk.open({
      name,
      keyStore: store,
      chains: (await world()).chains,
      accounts: await authorityAccounts(store),
    });
  const certificateRequest = async (commonName: string) =>
    requestCertificate(await doctorKeys, { commonName });

  /** An application for attributes, signed by a new account. */
  async function applicationFor(...attributes: string[]): Promise<SignedApplication> {
    const { chains } = await world();
    const wallet = new BaseWallet(new SigningKey(hex(randomBytes(32))));
    const message = {
      ...{ authority: name, attributes, evidence: "card" },
      ...{ nonce: hex(randomBytes(32)), expiry: Math.floor(Date.now() / 1000) + 60 },
    };
    const signature = await signMessage(wallet, applicationMessage, chains.shared, message);
    return { ...message, side: "shared", account: wallet.address, signature };
  }

  before(async () => {
    keyStore = await entitledStore();
    desk = await openDesk(keyStore);
  });

  it("keeps what is handed in and what was decided, through a restart", async () => {
    const enrolment = await desk.enrol(await certificateRequest("Dr. Example"), "staff card");
    const application = await desk.apply(await applicationFor("role:nurse"));
    const refused = await desk.apply(await applicationFor("role:doctor"));
    await desk.refuse(refused, "No.");
    await desk.settled();
    const again = await openDesk(keyStore);
    expect(again.requests().map(({ id }) => id)).to.deep.equal([enrolment, application]);
    expect(again.requests(true)).to.deep.equal(desk.requests(true));
    expect(again.application(refused)).to.deep.equal({ state: "refused", reason: "No." });
    await expectCode("application-unknown", () => again.refuse(refused, "No, again."));
    await expectCode("application-unknown", () => again.application(enrolment));
    await expectCode("application-unknown", () => again.certify(application, nextYear()));
    await expectCode("application-unknown", () => again.approve(enrolment, nextYear()));

    expect(again.request("next").id).to.equal(enrolment);
    expect(again.request("next", "application").id).to.equal(application);
    await expectCode("application-unknown", () => again.request("next", "revocation"));
    const certificate = await again.certify("next", nextYear());
    const { certificate: served } = again.enrolment(enrolment);
    expect(hex(served!)).to.equal(certificate);
    const { certificateAuthority: authority } = again.credentials();
    const checked = await checkCertificate({
      ...{ chain: [served!], authority, at: new Date(), revoked: () => false },
    });
    expect(checked.subject).to.equal("CN=Dr. Example");
    const { sent } = await again.approve(application, nextYear());
    expect(sent).to.have.length(2);
    const review = again.request(application);
    if (review.kind !== "application") throw new Error("not an application");
    for (const chain of Object.values((await world()).chains))
      expect(await new AttributeRegistry(chain).holds(review.account, ["role:nurse"])).to.deep.equal([true]);
    desk = await openDesk(keyStore);
    expect(desk.requests()).to.deep.equal([]);
  });

  it("takes nothing in that isn't signed, that is asked twice, or that nobody may have", async () => {
    const good = await applicationFor("role:nurse");
    await expectCode("signature-invalid", () => desk.apply({ ...good, evidence: "other" }));
    const id = await desk.apply(good);
    await expectCode("signature-invalid", () => desk.apply(good));
    const identity = await applicationFor(`id:${Wallet.createRandom().address}`);
    await expectCode("attribute-invalid", () => desk.apply(identity));
    await expectCode("certificate-invalid", () => desk.enrol(randomBytes(40), "x"));
    expect(desk.requests().map((review) => review.id)).to.deep.equal([id]);
    await desk.refuse(id.slice(0, 8), "Enough.");
    await expectCode("application-unknown", () => desk.request(id.slice(0, 3)));
  });

  it("answers an application's id once it is on disk, and not at all when it can't be", async () => {
    const disk = memoryKeyStore();
    let full = false;
    const set = async (entry: string, secret: Uint8Array) => {
      await new Promise(setImmediate);
      if (full) throw new Error("no space left");
      await disk.set(entry, secret);
    };
    const slow = await openDesk({ ...disk, set });
    const id = await slow.apply(await applicationFor("role:nurse"));
    expect((await openDesk(disk)).application(id).state).to.equal("pending");
    full = true;
    const served = await serveAuthority(slow);
    try {
      const client = new AuthorityClient(served.url);
      const next = await applicationFor("role:nurse");
      await expectCode("service-refused", () => client.apply(next));
      full = false;
      const kept = await client.apply(await applicationFor("role:nurse"));
      expect((await openDesk(disk)).application(kept).state).to.equal("pending");
    } finally {
      await served.close();
    }
  });

  it("takes in no more than people can review", async () => {
    const book = await ReviewBook.open(memoryKeyStore());
    const submit = () => book.take({ kind: "application", account: "0x", attributes: [], evidence: "" });
    for (let i = 0; i < 1000; i++) submit();
    await expectCode("rate-limited", submit);
    book.take({ kind: "revocation", subject: "", fingerprint: "", evidence: "" });
    await book.settled();
  });

  it("says what it would send, and sends what it said", async () => {
    const account = Wallet.createRandom().address;
    const { estimates, sent } = await desk.attest(account, ["role:nurse", "level = 3"], nextYear(), true);
    expect(sent).to.deep.equal([]);
    expect(estimates!.map(({ side }) => side)).to.deep.equal(["storage", "shared"]);
    const { chains } = await world();
    const holds = (names: string[]) => new AttributeRegistry(chains.storage).holds(account, names);
    expect(await holds(["role:nurse", "level = 3"])).to.deep.equal([false, false]);
    const done = await desk.attest(account, ["role:nurse", "level = 3"], nextYear());
    for (const [i, { gas }] of done.sent.entries())
      expect(Number(estimates![i]!.gas) / Number(gas)).to.be.within(0.9, 1.3);
    expect(await holds(["role:nurse", "level = 3"])).to.deep.equal([true, true]);
    expect((await desk.revoke(account, ["role:nurse"], true)).estimates).to.have.length(2);
    expect((await desk.revoke(account, ["role:nurse", "role:doctor"])).sent).to.have.length(2);
    expect((await desk.revoke(account, ["role:nurse"], true)).estimates).to.deep.equal([]);
    expect(await holds(["role:nurse", "level = 3"])).to.deep.equal([false, true]);
    await expectCode("usage", () => desk.attest(account, ["role:nurse"], 1));
    await expectCode("attribute-invalid", () => desk.attest(account, [], nextYear()));
    const nobody = await openDesk(memoryKeyStore());
    await expectCode("transaction-reverted", () => nobody.attest(account, ["role:nurse"], nextYear(), true));
  });

  it("a doctor's wish to end a key needs that key", async () => {
    const { fingerprint } = desk.issued()[0]!;
    const evidence = revocationEvidence(fingerprint, "Stolen.");
    const others = await requestCertificate(await generateSigningKey("ed25519"), {
      commonName: "Dr. Example",
    });
    await expectCode("application-unknown", () => desk.enrol(others, evidence));
    const id = await desk.enrol(await certificateRequest("Dr. Example"), evidence);
    expect(desk.request(id)).to.include({ kind: "revocation", fingerprint, evidence: "Stolen." });
    expect(desk.enrolment(id)).to.deep.equal({ state: "pending", reason: "", certificate: undefined });
    await desk.revokeCertificate(fingerprint);
    expect(desk.enrolment(id).state).to.equal("approved");
    const { chains } = await world();
    const revoked = await new AttributeRegistry(chains.shared).certificateRevoked(
      Buffer.from(fingerprint.slice(2), "hex"),
    );
    expect(revoked).to.equal(true);
  });

  it("its people's commands reach the process that has the role, and the home's owner only", async function () {
    if (process.platform === "win32") this.skip();
    const path = join(folder, "home");
    const home = await makeHome(path);
    const at = async (run: Parameters<typeof act>[1]) => act(path, run);
    await expectCode("key-missing", () => at((context) => listRequests(context, {})));
    const operators = await letOperatorsIn(home, desk);
    const socket = home.path("run", "authority.sock");
    expect(statSync(socket).mode & 0o777).to.equal(0o600);

    const application = await desk.apply(await applicationFor("role:nurse"));
    const enrolment = await desk.enrol(await certificateRequest("Dr. \u001b[2JOther"), "staff card\u001b[2J");
    const listed = await at((context) => listRequests(context, {}));
    expect((listed.json.requests as Json[]).map(({ id }) => id)).to.deep.equal([application, enrolment]);
    const shown = await at((context) => showRequest(context, enrolment.slice(0, 6)));
    expect(shown.text).to.contain("staff card [2J").and.not.contain("\u001b");
    const rehearsed = await at((context) => approve(context, { dryRun: true }, application));
    expect((rehearsed.json.transactions as Json[])[0]!.gas).to.be.a("bigint");
    await expectCode("application-unknown", () => at((context) => certify(context, {}, application)));
    await expectCode("usage", () => at((context) => approve(context, { for: "soon" }, application)));
    const approved = await at((context) => approve(context, { for: "1h" }, application));
    expect(approved.json.transactions).to.have.length(2);
    await expectCode("usage", () => at((context) => refuse(context, { reason: "" }, enrolment)));
    await at((context) => refuse(context, { reason: "No card." }, enrolment));
    expect(desk.enrolment(enrolment).reason).to.equal("No card.");
    const account = Wallet.createRandom().address;
    await expectCode("usage", () => at((context) => attest(context, {}, "0x12", ["role:nurse"])));
    await at((context) => attest(context, {}, account, ["role:nurse"]));
    const gone = await at((context) => revoke(context, {}, account, ["role:nurse"]));
    expect(gone.json.transactions).to.have.length(2);
    const { certificates } = (await at((context) => listCertificates(context))).json as {
      certificates: Json[];
    };
    const fingerprint = String(certificates[0]!.fingerprint);
    const again = await at((context) => revokeCertificate(context, {}, fingerprint));
    expect(again.json.transactions).to.deep.equal([]);
    const about = await at((context) => showAuthority(context));
    expect(about.json).to.deep.include({ name, anchored: { storage: false, shared: false }, pending: 0 });
    // The shared world's own authority is anchored: only the consortium may put another in its place.
    await expectCode("transaction-reverted", () => at((context) => anchor(context, { dryRun: true })));

    const answer = await new Promise<string>((resolve, reject) => {
      ask({ socketPath: socket, method: "POST" }, (said) => {
        let text = "";
        said.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
        });
        said.on("end", () => resolve(text));
      })
        .once("error", reject)
        .end(JSON.stringify({ method: "constructor", args: [] }));
    });
    expect(JSON.parse(answer).error.code).to.equal("service-refused");
    await operators.close();
    expect(await reachOperator(home, new AbortController().signal)).to.equal(undefined);
  });

  it("a dead process's socket is nobody; a path too long for a socket is no trouble", async function () {
    if (process.platform === "win32") this.skip();
    const home = await Home.make(join(folder, "x".repeat(90)));
    const { signal } = new AbortController();
    const operators = await letOperatorsIn(home, desk);
    const place = home.path("run", "authority.json");
    const said = readFileSync(place, "utf8");
    expect(JSON.parse(said).socket.length).to.be.lessThan(100);
    expect(await (await reachOperator(home, signal))!.requests()).to.deep.equal([]);
    await operators.close();
    writeFileSync(place, said);
    expect(await reachOperator(home, signal)).to.equal(undefined);
  });

  it("durations are read as people write them", async () => {
    expect(["90", "90s", "30m", "12h", "7d", "1y"].map((text) => parseDuration(text, "--for"))).to.deep.equal(
      [...[90, 90, 1800, 43_200, 604_800, 31_536_000]],
    );
    for (const bad of ["", "0", "-1d", "1w", "1.5h", "101y", "1d2h"])
      await expectCode("usage", () => parseDuration(bad, "--for"));
  });
});
