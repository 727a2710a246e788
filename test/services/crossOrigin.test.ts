/** What pages of other origins may do with services: call them with signed messages, and nothing that rides on a cookie. */
import { expect } from "chai";
import type { JsonRpcProvider } from "ethers";
import { KeyRegistry } from "../../src/ledger/index.ts";
import { buildService, listen, type Served } from "../../src/services/httpServer.ts";
import { sides, world } from "../world.ts";
import { serveOwnRelayer } from "./relaying.ts";

const page = "https://page.example";

function preflight(url: string, method: string, headers = "content-type"): Promise<Response> {
  return fetch(url, {
    method: "OPTIONS",
    headers: {
      origin: page,
      "access-control-request-method": method,
      "access-control-request-headers": headers,
    },
  });
}

const allowed = (response: Response, what: string) =>
  (response.headers.get(`access-control-allow-${what}`) ?? "").toLowerCase().split(", ");

describe("services: pages of other origins", () => {
  it("may call gateway, authority and gates: only what is used, without credentials, and remember it", async () => {
    const { gatewayUrl, authorityUrl, chains, gates } = await world();
    const gate = await new KeyRegistry(chains.shared).gate(gates.shared[0]!);
    const [methods, headers] = [["get", "post"], ["content-type"]];
    for (const [url, moreMethods, moreHeaders] of [
      [`${gatewayUrl}/v1/uploads`, ["put", "delete"], ["diptych-roots"]],
      [`${authorityUrl}/v1/keys`, [], []],
      [`${gate.url}/v1/releases`, [], []],
    ] as const) {
      const response = await preflight(url, "POST");
      expect(response.status).to.equal(204);
      expect(response.headers.get("access-control-allow-origin")).to.equal("*");
      expect(response.headers.has("access-control-allow-credentials")).to.equal(false);
      expect(allowed(response, "methods")).to.have.members([...methods, ...moreMethods]);
      expect(allowed(response, "headers")).to.have.members([...headers, ...moreHeaders]);
      expect(Number(response.headers.get("access-control-max-age"))).to.equal(86_400);
    }
  });

  it("read answers and refusals, being too many included", async () => {
    const service = await buildService({ requestsPerMinute: 2 });
    const served: Served = await listen(service, {});
    try {
      const read = async (path: string) => {
        const { status, headers } = await fetch(`${served.url}${path}`, { headers: { origin: page } });
        return [
          status,
          headers.get("access-control-allow-origin"),
          headers.get("access-control-expose-headers"),
        ];
      };
      // What browsers ask beforehand is none of the two.
      for (let i = 0; i < 5; i++)
        expect((await preflight(`${served.url}/health`, "POST")).status).to.equal(204);
      expect(await read("/health")).to.deep.equal([200, "*", "retry-after"]);
      expect(await read("/nothing")).to.deep.equal([404, "*", "retry-after"]);
      expect(await read("/health")).to.deep.equal([200, "*", "retry-after"]);
      expect(await read("/health")).to.deep.equal([429, "*", "retry-after"]);
    } finally {
      await served.close();
    }
  });

  it("read whether a gate or a relayer can serve, and not what its operator counts", async () => {
    const relayer = await serveOwnRelayer();
    try {
      const { chains, gates } = await world();
      const gate = await new KeyRegistry(chains.shared).gate(gates.shared[0]!);
      for (const url of [gate.url, relayer.url]) {
        const read = async (path: string) => {
          const { status, headers } = await fetch(`${url}${path}`, { headers: { origin: page } });
          return [status, headers.get("access-control-allow-origin")];
        };
        expect(await read("/health")).to.deep.equal([200, "*"]);
        for (const path of ["/metrics", "/%6detrics", "/metrics?a=b"])
          expect(await read(path), path).to.deep.equal([200, null]);
      }
    } finally {
      await relayer.close();
    }
  });

  it("reach the nodes of local chains likewise", async () => {
    const { chains } = await world();
    for (const side of sides) {
      const { url } = (chains[side].provider as JsonRpcProvider)._getConnection();
      const asked = await preflight(url, "POST");
      expect([asked.status, asked.headers.get("access-control-allow-origin")]).to.deep.equal([200, "*"]);
      expect(allowed(asked, "headers")).to.deep.equal(["*"]);
      const answer = await fetch(url, {
        method: "POST",
        headers: { origin: page, "content-type": "application/json" },
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] }),
      });
      expect(answer.headers.get("access-control-allow-origin")).to.equal("*");
      expect(Number((await answer.json()).result)).to.equal(chains[side].chainId);
    }
  });
});
