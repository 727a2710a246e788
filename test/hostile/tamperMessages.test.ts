/** One byte changed in each message between the roles and the services: refused with the right code, and nothing opens. */
import { expect } from "chai";
import type { FetchOrder } from "../../src/cloud/gatewayClient.ts";
import { parseManifestUrl } from "../../src/cloud/manifest.ts";
import { hex, utf8 } from "../../src/core/bytes.ts";
import type { ErrorCode } from "../../src/core/errors.ts";
import { checkReceipt, fetchMessage, signMessage } from "../../src/ledger/index.ts";
import { fetchCredentials } from "../../src/roles/credentials.ts";
import { memoryKeyStore } from "../../src/roles/keyStore.ts";
import { Requester } from "../../src/roles/requester.ts";
import { AuthorityClient } from "../../src/services/authorityClient.ts";
import { askGate } from "../../src/services/gateAsking.ts";
import { fundedWallet, random32, surroundings, world } from "../world.ts";
import {
  flipped,
  outcomeOf,
  placesIn,
  post,
  type Story,
  serveBytes,
  tamperedFields,
  theStory,
} from "./tampering.ts";

describe("hostile bytes: one byte changed in a message", function () {
  this.timeout(180_000);
  let story: Story;
  let liar: Awaited<ReturnType<typeof serveBytes>>;

  before(async () => {
    [story, liar] = [await theStory(), await serveBytes()];
  });
  after(() => liar?.close());

  const order = () => {
    const { ledgerRecordId, epoch, requester, nonce, purpose, responseKey, expiry } = story.decided;
    return { ledgerRecordId, epoch, requester, nonce, purpose, responseKey, expiry };
  };

  it("a gate's answer: refused, or changed where nothing is believed", async () => {
    const answer = await fetch(`${story.gate.url}/v1/releases`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(order()),
    });
    const bytes = new Uint8Array(await answer.arrayBuffer());
    const gate = { ...story.gate, url: liar.url };
    liar.say(bytes);
    const genuine = await askGate(gate, 1, story.question);
    checkReceipt(story.chain, genuine.receipt!);
    const codes: ErrorCode[] = [
      "seal-open-failed",
      "bytes-invalid",
      "version-moved",
      "service-answer-invalid",
    ];
    const met = new Set<string>();
    for (const at of placesIn(bytes.length, 50)) {
      liar.say(flipped(bytes, at));
      let answered: Awaited<ReturnType<typeof askGate>> | undefined;
      const outcome = await outcomeOf(async () => {
        answered = await askGate(gate, 1, story.question);
      });
      met.add(outcome);
      if (answered === undefined) {
        expect(outcome, `byte ${at}`).to.be.oneOf(codes);
        continue;
      }
      expect(answered.partial, `byte ${at}`).to.deep.equal(genuine.partial);
      const { receipt } = answered;
      if (receipt !== undefined && JSON.stringify(receipt) !== JSON.stringify(genuine.receipt))
        expect(await outcomeOf(() => checkReceipt(story.chain, receipt))).to.equal("receipt-invalid");
    }
    for (const code of codes) expect(met).to.include(code);
  });

  it("a gate's answer to another requester, another gate's answer: seal-open-failed", async () => {
    const answer = await fetch(`${story.gate.url}/v1/releases`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(order()),
    });
    liar.say(new Uint8Array(await answer.arrayBuffer()));
    const gate = { ...story.gate, url: liar.url };
    const other = { ...gate, address: story.requester.address };
    expect(await outcomeOf(() => askGate(gate, 2, story.question))).to.equal("seal-open-failed");
    expect(await outcomeOf(() => askGate(other, 1, story.question))).to.equal("seal-open-failed");
    const asker = { ...story.question, requestId: flipped(story.question.requestId, 3) };
    expect(await outcomeOf(() => askGate(gate, 1, asker))).to.equal("seal-open-failed");
  });

  it("an order to a gate: not releasable, or no order at all", async () => {
    const url = `${story.gate.url}/v1/releases`;
    expect((await post(url, order())).status).to.equal(200);
    for (const { field, order: tampered } of tamperedFields(order(), 2)) {
      const { status, code } = await post(url, tampered);
      // An address in other capitals is the same address.
      if (JSON.stringify(tampered).toLowerCase() === JSON.stringify(order()).toLowerCase()) continue;
      expect(status, field).to.be.within(400, 499);
      expect(code, field).to.be.oneOf([
        "not-releasable",
        "grant-ended",
        "record-unknown",
        "argument-invalid",
      ]);
    }
  });

  it("a requester's order to the gateway: signature-invalid, or no order at all", async () => {
    const { gatewayUrl } = await world();
    const { plaintext, record } = story.released;
    const account = await fundedWallet();
    const message = {
      gateway: gatewayUrl,
      requestId: story.decided.requestId,
      cid: parseManifestUrl(plaintext.url).toString(),
      time: Math.floor(Date.now() / 1000),
      nonce: random32(),
    };
    const signature = await signMessage(account, fetchMessage, story.chain, message);
    const signed: FetchOrder = {
      side: "storage",
      ...message,
      signature,
      index: { version: record.version, tag: hex(plaintext.tag), signature: hex(plaintext.dIndex) },
    };
    // Of a stranger, with the index in hand: as it stands it is refused too, so nothing below can be served.
    const refusals = [
      "signature-invalid",
      "argument-invalid",
      "not-releasable",
      "record-unknown",
      "grant-ended",
    ];
    for (const each of [{ field: "none", order: signed }, ...tamperedFields(signed, 2)]) {
      const { status, code } = await post(`${gatewayUrl}/v1/fetches`, each.order);
      expect(status, each.field).to.be.within(400, 499);
      expect(code, each.field).to.be.oneOf([
        ...refusals,
        "version-moved",
        "block-missing",
        "service-refused",
      ]);
    }
  });

  it("what the authority says of itself: refused, but for its name, which nothing rests on here", async () => {
    const { authority } = await world();
    const { name, abePublicKey, certificateAuthority } = authority.credentials();
    const said = utf8(
      JSON.stringify({
        name,
        abePublicKey: hex(abePublicKey),
        certificateAuthority: hex(certificateAuthority),
      }),
    );
    const ask = () => fetchCredentials(new AuthorityClient(liar.url), Object.values(story.chains));
    liar.say(said);
    expect((await ask()).name).to.equal(name);
    const codes = ["service-answer-invalid", "abe-key-invalid", "anchor-mismatch"];
    const met = new Set<string>();
    for (const at of placesIn(said.length, 18)) {
      liar.say(flipped(said, at));
      let found: Awaited<ReturnType<typeof ask>> | undefined;
      const outcome = await outcomeOf(async () => {
        found = await ask();
      });
      met.add(outcome);
      if (found === undefined) expect(outcome, `byte ${at}`).to.be.oneOf(codes);
      else expect(found.name, `byte ${at}`).not.to.equal(name);
    }
    for (const code of ["abe-key-invalid", "anchor-mismatch"]) expect(met).to.include(code);
  });

  it("a sealed attribute key on its way: not kept", async () => {
    const { authority } = await world();
    const keyStore = memoryKeyStore();
    const account = await fundedWallet();
    // The real authority behind a line that changes one byte of what it answers to one path.
    const { createServer } = await import("node:http");
    let at = 0;
    const at0 = await surroundings();
    const line = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = chunks.length === 0 ? null : Buffer.concat(chunks);
      const headers = body === null ? {} : { "content-type": "application/json" };
      const answer = await fetch(`${at0.authority}${request.url}`, {
        method: request.method!,
        headers,
        body,
      });
      const bytes = new Uint8Array(await answer.arrayBuffer());
      response.statusCode = answer.status;
      response.end(request.url === "/v1/keys" ? flipped(bytes, at) : bytes);
    });
    await new Promise<void>((resolve) => line.listen(0, "127.0.0.1", resolve));
    try {
      const url = `http://127.0.0.1:${(line.address() as { port: number }).port}`;
      const requester = await Requester.open({ ...at0, authority: url, keyStore, account });
      await authority.approve(await requester.apply(["role:tampered"], "synthetic"));
      for (at of [0, 5, 14, 20, 150, 400]) {
        const outcome = await outcomeOf(() => requester.collectKey());
        expect(outcome, `byte ${at}`).to.be.oneOf(["seal-open-failed", "service-answer-invalid"]);
        expect(await outcomeOf(() => requester.attributeKey())).to.equal("key-missing");
      }
      at = -1;
      expect(await requester.collectKey()).to.include("role:tampered");
    } finally {
      line.closeAllConnections();
      await new Promise((resolve) => line.close(resolve));
    }
  });

  it("a request for an attribute key, and an application: signature-invalid, or none at all", async () => {
    const { authorityUrl } = await world();
    const account = await fundedWallet();
    const { keyRequestMessage, applicationMessage } = await import("../../src/ledger/index.ts");
    const { name } = (await world()).authority.credentials();
    const common = { authority: name, nonce: random32(), expiry: Math.floor(Date.now() / 1000) + 500 };
    const keyRequest = { ...common, hpkeKey: story.decided.responseKey };
    const application = { ...common, nonce: random32(), attributes: ["role:doctor"], evidence: "card" };
    const on = { side: "storage", account: account.address };
    for (const [path, sent, signature] of [
      ["keys", keyRequest, await signMessage(account, keyRequestMessage, story.chain, keyRequest)],
      ["applications", application, await signMessage(account, applicationMessage, story.chain, application)],
    ] as const)
      for (const { field, order: tampered } of tamperedFields({ ...on, ...sent, signature }, 3)) {
        const { status, code } = await post(`${authorityUrl}/v1/${path}`, tampered);
        if (JSON.stringify(tampered).includes(account.address.toLowerCase()) && status === 200) continue;
        expect(status, `${path}, ${field}`).to.be.within(400, 499);
        expect(code, `${path}, ${field}`).to.be.oneOf(["signature-invalid", "argument-invalid"]);
      }
  });
});
