/** How a node given by URL is asked: what comes together goes together, and each gets its own answer. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { isError } from "ethers";
import { NodeProvider } from "../../src/ledger/nodeProvider.ts";

type Asked = { id: number; method: string; params: unknown[] };

describe("ledger: a node given by URL", () => {
  let server: Server;
  let provider: NodeProvider;
  /** What came, a request each. */
  let came: (Asked | Asked[])[];
  let answer: (asked: Asked | Asked[]) => unknown;

  const echo = ({ id, params }: Asked) => ({ id, result: params });
  const all = (asked: Asked | Asked[]) => (Array.isArray(asked) ? asked.map(echo) : echo(asked));

  before(async () => {
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const asked = JSON.parse(Buffer.concat(chunks).toString()) as Asked | Asked[];
      came.push(asked);
      response.setHeader("content-type", "application/json").end(JSON.stringify(answer(asked)));
    });
    await new Promise<void>((wake) => server.listen(0, "127.0.0.1", wake));
  });
  after(() => void server.close());

  beforeEach(() => {
    came = [];
    answer = all;
    const { port } = server.address() as AddressInfo;
    provider = new NodeProvider(`http://127.0.0.1:${port}`, 31_337, {
      staticNetwork: true,
      batchStallTime: 5,
    });
  });
  afterEach(() => provider.destroy());

  it("questions that come together go in one request, and answers in any order reach who asked", async () => {
    answer = (asked) => [all(asked)].flat().reverse();
    const found = await Promise.all([1, 2, 3].map((i) => provider.send("echo", [i, "é"])));
    expect(found).to.deep.equal([1, 2, 3].map((i) => [i, "é"]));
    expect(came).to.have.length(1);
    expect((came[0] as Asked[]).map(({ method }) => method)).to.deep.equal(["echo", "echo", "echo"]);
  });

  it("a question alone is no list: some nodes know none", async () => {
    expect(await provider.send("echo", ["x"])).to.deep.equal(["x"]);
    expect(await provider.send("echo", ["y"])).to.deep.equal(["y"]);
    expect(came.map((each) => Array.isArray(each))).to.deep.equal([false, false]);
    expect(new Set((came as Asked[]).map(({ id }) => id)).size).to.equal(2);
  });

  it("a hundred at most go at once, and a megabyte", async () => {
    await Promise.all(Array.from({ length: 201 }, (_, i) => provider.send("echo", [i])));
    expect(came.map((each) => [each].flat().length).sort((a, b) => b - a)).to.deep.equal([100, 100, 1]);
    came = [];
    const long = "x".repeat(600_000);
    const found = await Promise.all([1, 2].map(() => provider.send("echo", [long])));
    expect(found).to.deep.equal([[long], [long]]);
    expect(came).to.have.length(2);
  });

  it("an error, or no answer, is only for who asked", async () => {
    const refused = { error: { code: -32_000, message: "no such thing" } };
    const answers = (each: Asked): unknown[] =>
      [[echo(each)], [{ id: each.id, ...refused }], []][each.params[0] as number]!;
    answer = (asked) => [asked].flat().flatMap(answers);
    const outcomes = await Promise.allSettled([0, 1, 2].map((i) => provider.send("echo", [i])));
    expect(outcomes.map(({ status }) => status)).to.deep.equal(["fulfilled", "rejected", "rejected"]);
    const [, error, missing] = outcomes as PromiseRejectedResult[];
    expect(isError(error!.reason, "UNKNOWN_ERROR")).to.equal(true);
    expect(isError(missing!.reason, "BAD_DATA")).to.equal(true);
    answer = () => ({ id: null, ...refused });
    const none = await Promise.allSettled([0, 1].map((i) => provider.send("echo", [i])));
    expect(none.map(({ status }) => status)).to.deep.equal(["rejected", "rejected"]);
  });

  it("a node that answers with something else, or a provider that was ended, fails all", async () => {
    answer = () => null;
    const outcomes = await Promise.allSettled([0, 1].map((i) => provider.send("echo", [i])));
    expect(outcomes.map(({ status }) => status)).to.deep.equal(["rejected", "rejected"]);
    answer = all;
    const under = provider.send("echo", [1]).then(
      () => "answered",
      (error: unknown) => (isError(error, "UNSUPPORTED_OPERATION") ? "ended" : String(error)),
    );
    provider.destroy();
    expect(await under).to.equal("ended");
    expect(await provider.send("echo", [1]).catch((error: Error) => error)).to.be.an("error");
  });
});
