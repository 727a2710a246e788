/** Letterboxes of a gateway: sealed letters on disk, small boxes, room for all, and nothing told of whose they are. */
import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { LetterboxClient, letterboxOf } from "../../src/cloud/index.ts";
import { letterPrefix } from "../../src/cloud/letterboxClient.ts";
import { concat, equal, hex, randomBytes } from "../../src/core/bytes.ts";
import { hash, sha256 } from "../../src/core/hash.ts";
import { buildService, listen, type Served } from "../../src/services/httpServer.ts";
import { LetterFolder, type LetterLimits, serveLetterboxes } from "../../src/services/letterboxServer.ts";
import { expectCode } from "../expectCode.ts";

const random32 = () => hex(randomBytes(32));

describe("services: letterboxes", () => {
  let folder: string;
  let served: Served | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "diptych-letters-"));
  });
  afterEach(async () => {
    await served?.close();
    served = undefined;
    await rm(folder, { recursive: true, force: true });
  });

  async function start(limits: Partial<LetterLimits> = {}): Promise<LetterboxClient> {
    await served?.close();
    const service = await buildService({ requestsPerMinute: 10_000 });
    serveLetterboxes(service, await LetterFolder.open(folder, limits));
    served = await listen(service, {});
    return new LetterboxClient(served.url);
  }

  /** Sends what no client would; resolves to the status, or undefined when the connection just ends. */
  function raw(
    path: string,
    headers: Record<string, string | number>,
    body: Uint8Array,
    half = false,
  ): Promise<number | undefined> {
    return new Promise((resolve) => {
      const sent = request(
        `${served!.url}/v1/letterboxes/${path}`,
        { method: "PUT", headers: { "content-type": "application/octet-stream", ...headers } },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      ).on("error", () => resolve(undefined));
      if (!half) sent.end(body);
      else sent.write(body, () => setTimeout(() => sent.destroy(), 20));
    });
  }

  it("a box's id is of both the EMR and the record key, and of nothing else", () => {
    const [emrId, recordKey] = [randomBytes(32), randomBytes(65)];
    const box = letterboxOf({ emrId, recordKey });
    expect(box).to.match(/^0x[0-9a-f]{64}$/);
    expect(letterboxOf({ emrId, recordKey })).to.equal(box);
    expect(letterboxOf({ emrId: randomBytes(32), recordKey })).to.not.equal(box);
    expect(letterboxOf({ emrId, recordKey: randomBytes(65) })).to.not.equal(box);
    expect(letterboxOf({ emrId: new Uint8Array(32), recordKey: new Uint8Array(65).fill(4) })).to.equal(
      "0x0fa8ba3c9d51bdccf87d8665ea6b550310af3d1f1ab323eaae187d3a38b6bd1f",
    );
  });

  it("carries a letter, lists it, and is empty once it was taken out", async () => {
    const client = await start();
    const box = random32();
    const letter = concat(...Array.from({ length: 6 }, () => randomBytes(50_000)));
    expect(await client.list(box)).to.deep.equal([]);
    const id = await client.put(box, letter);
    expect(id).to.equal(hex(hash("diptych/letter/v1", letter)));
    expect(id).to.equal(hex(sha256(concat(letterPrefix(letter.length), letter))));
    const [listed, ...more] = await client.list(box);
    expect(more).to.deep.equal([]);
    expect(listed).to.include({ id, size: letter.length });
    expect(listed!.until - listed!.time).to.equal(30 * 86_400);
    expect(Math.abs(listed!.time - Date.now() / 1000)).to.be.below(60);
    expect(equal(await client.get(box, id), letter)).to.equal(true);
    await expectCode("letter-unknown", () => client.get(random32(), id));
    await client.remove(random32(), id);
    await client.remove(box, id);
    await client.remove(box, id);
    expect(await client.list(box)).to.deep.equal([]);
    await expectCode("letter-unknown", () => client.get(box, id));
    expect(await readdir(folder)).to.deep.equal(["arriving"]);
  });

  it("tells how far a letter is, there and back", async () => {
    const client = await start();
    const box = random32();
    const letter = concat(...Array.from({ length: 6 }, () => randomBytes(50_000)));
    const told: Record<"up" | "down", number[]> = { up: [], down: [] };
    const id = await client.put(box, letter, { progress: (done) => void told.up.push(done) });
    await client.get(box, id, { progress: (done) => void told.down.push(done) });
    for (const steps of Object.values(told)) {
      expect([steps[0], steps.at(-1)]).to.deep.equal([0, letter.length]);
      expect([...steps].sort((a, b) => a - b)).to.deep.equal(steps);
    }
  });

  it("the same letter twice, or at once, lies there once", async () => {
    const client = await start({ total: 3 * 4096 });
    const box = random32();
    const letter = randomBytes(100);
    await Promise.all([client.put(box, letter), client.put(box, letter)]);
    await client.put(box, letter);
    expect(await client.list(box)).to.have.length(1);
    // What came twice was counted once.
    await Promise.all([client.put(random32(), letter), client.put(random32(), letter)]);
    await expectCode("letterbox-full", () => client.put(random32(), letter));
  });

  it("survives a start anew, and clears away what hadn't come in whole", async () => {
    const box = random32();
    const letter = randomBytes(5000);
    const id = await (await start()).put(box, letter);
    await writeFile(join(folder, "arriving", "7"), "half");
    await writeFile(join(folder, "README"), "not a letter");
    const client = await start();
    expect((await client.list(box)).map((each) => each.id)).to.deep.equal([id]);
    expect(equal(await client.get(box, id), letter)).to.equal(true);
    expect(await readdir(join(folder, "arriving"))).to.deep.equal([]);
  });

  it("refuses what is too long, too many, too much, and makes room again", async () => {
    const client = await start({ letter: 10_000, perBox: 2, total: 40_000 });
    const box = random32();
    await expectCode("letterbox-full", () => client.put(box, randomBytes(10_001)));
    const first = await client.put(box, randomBytes(10_000));
    await client.put(box, randomBytes(10_000));
    await expectCode("letterbox-full", () => client.put(box, randomBytes(10)));
    await client.put(random32(), randomBytes(10_000));
    await expectCode("letterbox-full", () =>
      client
        .put(random32(), randomBytes(10_000).subarray(1))
        .then(() => client.put(random32(), randomBytes(10))),
    );
    await client.remove(box, first);
    await client.put(box, randomBytes(10));
  });

  it("small letters count as the files that they are; a network has its share of a day", async () => {
    const client = await start({ perNetworkADay: 3 * 4096 });
    for (let i = 0; i < 3; i++) await client.put(random32(), randomBytes(1));
    await expectCode("rate-limited", () => client.put(random32(), randomBytes(1)));
  });

  it("throws away what is too old", async () => {
    const box = random32();
    const id = await (await start()).put(box, randomBytes(10));
    const long = Date.now() / 1000 - 31 * 86_400;
    await utimes(join(folder, `${box.slice(2)}.${id.slice(2)}`), long, long);
    const client = await start();
    expect(await client.list(box)).to.deep.equal([]);
    await expectCode("letter-unknown", () => client.get(box, id));
    expect(await readdir(folder)).to.deep.equal(["arriving"]);
  });

  it("keeps nothing that isn't the letter its id names, or that doesn't come in whole", async () => {
    const client = await start({ total: 8192 });
    const box = random32().slice(2);
    const letter = randomBytes(6000);
    const id = hex(hash("diptych/letter/v1", letter)).slice(2);
    const at = `${box}/${id}`;
    const bad: [path: string, body: Uint8Array, headers?: Record<string, string>][] = [
      [`${at}?size=6000`, randomBytes(6000)],
      [`${at}?size=5999`, letter.subarray(0, 5999)],
      [`${at}?size=6000`, letter.subarray(0, 5999)],
      [`${at}?size=6000`, concat(letter, letter)],
      [`${at}?size=0`, new Uint8Array()],
      [`${at}?size=-1`, letter],
      [`${at}?size=6e3`, letter],
      [at, letter],
      [`${at}?size=6000`, letter, { "content-type": "text/plain" }],
      [`${at}?size=6000`, letter, { "content-type": "application/json" }],
      [`${box}/..%2F..%2Fpasswd?size=6000`, letter],
      [`${box}/${id.toUpperCase()}?size=6000`, letter],
    ];
    for (const [path, body, headers = {}] of bad) expect(await raw(path, headers, body), path).to.equal(400);
    expect(
      await raw(`${at}?size=6000`, { "content-length": "6000" }, letter.subarray(0, 3000), true),
    ).to.equal(undefined);
    expect(await client.list(box)).to.deep.equal([]);
    // None of them holds room.
    let free = false;
    while (!free)
      free = await client.put(box, letter).then(
        () => true,
        () => false,
      );
    expect(await readdir(join(folder, "arriving"))).to.deep.equal([]);
  });

  it("a gateway that gives another letter is found out", async () => {
    const client = await start();
    const box = random32();
    const id = await client.put(box, randomBytes(500));
    await writeFile(join(folder, `${box.slice(2)}.${id.slice(2)}`), randomBytes(500));
    await expectCode("service-answer-invalid", () => client.get(box, id));
  });
});
