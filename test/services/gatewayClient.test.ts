/** A client of a gateway that lies: what it gets is what the CIDs name, or an error. */
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { GatewayClient } from "../../src/cloud/gatewayClient.ts";
import { type Block, carBytes, encodeManifest, objectToBlocks } from "../../src/cloud/index.ts";
import { concat, randomBytes } from "../../src/core/bytes.ts";
import type { ErrorCode } from "../../src/core/errors.ts";
import { expectCode } from "../expectCode.ts";
import { deadUrl } from "../world.ts";

describe("services: a client of a lying gateway", () => {
  let server: Server;
  let client: GatewayClient;
  let answer: RequestListener;
  let blocks: [Block, Block, Block];
  let other: Block[];

  before(async () => {
    server = createServer((request, response) => answer(request, response));
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    client = new GatewayClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const view = async () => {
      const parts = await Promise.all([200, 30].map((size) => objectToBlocks(randomBytes(size))));
      const links = parts.map((part) => part.cid);
      const manifest = await encodeManifest({
        capsule: randomBytes(9),
        keyring: randomBytes(9),
        parts: links,
      });
      return [manifest, ...parts.flatMap((part) => part.blocks)] as [Block, Block, Block];
    };
    [blocks, other] = [await view(), await view()];
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const fetchIt = (signal?: AbortSignal) =>
    client.fetch(
      {
        side: "storage",
        gateway: client.origin,
        cid: blocks[0].cid.toString(),
        time: 0,
        nonce: "",
        signature: "",
        requestId: "",
        index: { version: 1, tag: "", signature: "" },
      },
      signal === undefined ? {} : { signal },
    );
  const says = (bytes: Uint8Array, status = 200) => {
    answer = (_request, response) => void response.writeHead(status).end(bytes);
  };

  it("takes exactly the blocks under the root", async () => {
    says(await carBytes([blocks[0].cid], blocks));
    const found = await fetchIt();
    expect([...found.keys()]).to.deep.equal(blocks.map(({ cid }) => cid.toString()));
  });

  const flipped = ({ cid, bytes }: Block): Block => ({
    cid,
    bytes: bytes.map((byte, i) => (i === 5 ? byte ^ 1 : byte)),
  });
  const lies: Record<string, [make: () => Promise<Uint8Array>, code: ErrorCode]> = {
    "wrong bytes in a part": [
      () => carBytes([blocks[0].cid], [blocks[0], blocks[1], flipped(blocks[2])]),
      "block-mismatch",
    ],
    "a wrong manifest": [
      () => carBytes([blocks[0].cid], [flipped(blocks[0]), blocks[1], blocks[2]]),
      "block-mismatch",
    ],
    "a missing part": [() => carBytes([blocks[0].cid], blocks.slice(0, 2)), "block-missing"],
    "nothing under the root": [() => carBytes([blocks[0].cid], []), "block-missing"],
    "a block that nobody asked for": [
      () => carBytes([blocks[0].cid], [...blocks, other[1]!]),
      "block-unexpected",
    ],
    "a part before the manifest": [
      () => carBytes([blocks[0].cid], [blocks[1], blocks[0], blocks[2]]),
      "block-unexpected",
    ],
    "a part twice": [() => carBytes([blocks[0].cid], [...blocks, blocks[2]]), "block-unexpected"],
    "another root, all in order": [() => carBytes([other[0]!.cid], other), "block-unexpected"],
    "the root and another": [
      () => carBytes([blocks[0].cid, other[0]!.cid], [...blocks, ...other]),
      "block-unexpected",
    ],
    "no root": [() => carBytes([], blocks), "block-unexpected"],
    "a cut archive": [async () => (await carBytes([blocks[0].cid], blocks)).slice(0, -3), "encoding-invalid"],
    "bytes after the archive": [
      async () => concat(await carBytes([blocks[0].cid], blocks), Uint8Array.of(1, 2, 3)),
      "encoding-invalid",
    ],
    "a block that says it has gigabytes": [
      async () => concat(await carBytes([blocks[0].cid], []), Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f)),
      "block-unexpected",
    ],
    nothing: [async () => new Uint8Array(), "encoding-invalid"],
    "a web page": [async () => new TextEncoder().encode("<html>"), "encoding-invalid"],
  };
  for (const [what, [make, code]] of Object.entries(lies))
    it(`refuses ${what}: ${code}`, async () => {
      says(await make());
      await expectCode(code, () => fetchIt());
    });

  it("a stream without end is the caller's to end", async () => {
    let ended: () => void = () => undefined;
    const closed = new Promise<void>((resolve) => {
      ended = resolve;
    });
    const stop = new AbortController();
    const chunk = randomBytes(65_536);
    answer = (_request, response) => {
      let sent = 0;
      const more = () => {
        do {
          if (++sent === 20) stop.abort();
        } while (!response.destroyed && response.write(chunk));
      };
      response.on("drain", more).on("close", ended);
      more();
    };
    const outcome = await fetchIt(stop.signal).catch((error: unknown) => error);
    expect(outcome).to.have.property("name", "AbortError");
    await closed;
  });

  it("passes on what a gateway may refuse with, and nothing that only the client can know", async () => {
    const refusals: [status: number, body: string, code: ErrorCode][] = [
      [403, `{"code":"not-releasable","message":"no"}`, "not-releasable"],
      [409, `{"code":"version-moved","message":"no"}`, "version-moved"],
      [400, `{"code":"ces-verification-failed","message":"the doctor lied"}`, "service-refused"],
      [500, `{"code":"service-failed","message":"inside"}`, "service-refused"],
      [429, "slow down", "rate-limited"],
      [502, "<html>bad gateway</html>", "service-refused"],
      [404, "[]", "service-refused"],
    ];
    for (const [status, body, code] of refusals) {
      says(new TextEncoder().encode(body), status);
      const error = await expectCode(code, () => fetchIt());
      expect(error.message).to.contain("the gateway");
    }
  });

  it("follows no redirect, and says when nobody is there", async () => {
    answer = (_request, response) => void response.writeHead(302, { location: "https://example.org/" }).end();
    await expectCode("service-unreachable", () => fetchIt());
    answer = (_request, response) => void response.socket!.destroy();
    await expectCode("service-unreachable", () => fetchIt());
    client = new GatewayClient(await deadUrl());
    await expectCode("service-unreachable", () => fetchIt());
  });
});
